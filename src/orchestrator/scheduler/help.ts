/** What would help a job that waits. Pure. */
import type { Help, Requirements } from '../../shared/model/job.ts';
import { freeOf, type Room } from '../../shared/room.ts';
import { lastingObstacle, passingObstacle } from './fit.ts';
import type { Need, NodeView } from './snapshot.ts';
import { coreWords, kindName, listed, memoryWords } from './words.ts';

const mostHelps = 6;

/** Empty where a node could take it now. `nodes`: those of the workspace. */
export function helpsFor(need: Need, nodes: readonly NodeView[]): Help[] {
  if (reach(need, nodes).now > 0) return [];
  const helps = [...lessOf(need, nodes), ...without(need, nodes), ...nodes.flatMap((node) => byNode(need, node))];
  const useful = helps
    .filter((help) => help.nodes > 0)
    .sort((one, other) => other.now - one.now || other.nodes - one.nodes);
  const able = nodes.some((node) => lastingObstacle(need, node) === null);
  return [...useful.slice(0, mostHelps), ...(able ? [] : [another(need)])];
}

/** How many nodes could do it, and how many of them at once. */
function reach(need: Need, nodes: readonly NodeView[]): { nodes: number; now: number } {
  const able = nodes.filter((node) => isThere(node) && lastingObstacle(need, node) === null);
  return { nodes: able.length, now: able.filter((node) => passingObstacle(need, node) === null).length };
}
const isThere = ({ presence }: NodeView) => presence === 'here' || presence === 'suspect';

const withRequires = (need: Need, requires: Requirements): Need => ({ ...need, requires });

interface Amount {
  readonly code: Help['code'];
  readonly field: 'cores' | 'ramMb' | 'storageMb' | 'gpuMemoryMb';
  readonly of: (room: Room) => number;
  readonly text: (amount: number) => string;
}
const amounts: readonly Amount[] = [
  { code: 'fewer_cores', field: 'cores', of: ({ cores }) => cores, text: (cores) => `Ask for ${coreWords(cores)}` },
  {
    code: 'less_memory',
    field: 'ramMb',
    of: ({ ramMb }) => ramMb,
    text: (mb) => `Ask for ${memoryWords(mb)} of memory`,
  },
  {
    code: 'less_storage',
    field: 'storageMb',
    of: ({ storageMb }) => storageMb,
    text: (mb) => `Ask for ${memoryWords(mb)} of storage`,
  },
  {
    code: 'less_gpu_memory',
    field: 'gpuMemoryMb',
    of: ({ gpus }) => Math.max(0, ...gpus),
    text: (mb) => `Use a smaller model: ${memoryWords(mb)} GPU memory`,
  },
];

/** Asking for less: the most that some node could give at once, or else that one shares at all. */
function lessOf(need: Need, nodes: readonly NodeView[]): Help[] {
  return amounts.flatMap(({ code, field, of, text }) => {
    const asked = need.requires[field];
    if (asked === undefined) return [];
    const rest = withRequires(need, { ...need.requires, [field]: field === 'gpuMemoryMb' ? 1 : 0 });
    const able = nodes.filter((node) => isThere(node) && lastingObstacle(rest, node) === null);
    const free = Math.max(
      0,
      ...able.flatMap((node) => (passingObstacle(rest, node) === null ? of(freeOf(node.shared, node.taken)) : [])),
    );
    const shared = Math.max(0, ...able.map((node) => of(node.shared)));
    const amount = free > 0 ? free : shared;
    if (amount <= 0 || amount >= asked) return [];
    const requires = { ...need.requires, [field]: amount };
    return [{ code, text: text(amount), ...reach(withRequires(need, requires), nodes), requires }];
  });
}

/** Asking for any tag, any machine, any model. */
function without(need: Need, nodes: readonly NodeView[]): Help[] {
  const { tags, nodeId, model, ...rest } = need.requires;
  const [withTags, withNode, withModel] = [
    tags === undefined ? {} : { tags },
    nodeId === undefined ? {} : { nodeId },
    model === undefined ? {} : { model },
  ];
  const help = (code: Help['code'], text: string, requires: Requirements): Help => ({
    code,
    text,
    ...reach(withRequires(need, requires), nodes),
    requires,
  });
  const helps: Help[] = [];
  if (tags !== undefined && tags.length > 0) {
    helps.push(help('fewer_tags', `Let go of ${listed(tags)}`, { ...rest, ...withNode, ...withModel }));
  }
  if (nodeId !== undefined)
    helps.push(help('any_machine', 'Let any machine do it', { ...rest, ...withTags, ...withModel }));
  if (model !== undefined) {
    helps.push(help('any_model', 'Use a model that is there', { ...rest, ...withTags, ...withNode }));
  }
  return helps;
}

/** What somebody could do about one node. */
function byNode(need: Need, node: NodeView): Help[] {
  const obstacle = lastingObstacle(need, node);
  const letIn = { ...node, workspaces: new Map([[need.workspaceId, 'serves' as const]]) };
  const here = { ...(obstacle?.code === 'waits_for_approval' ? letIn : node), presence: 'here' as const };
  if (lastingObstacle(need, here) !== null) return [];
  const found = { ...reach(need, [here]), nodeId: node.id };
  if (obstacle?.code === 'waits_for_approval') return [{ code: 'let_in_node', text: `Let ${node.name} in`, ...found }];
  if (node.presence === 'paused' || node.presence === 'draining') {
    return [{ code: 'resume_node', text: `Resume ${node.name}`, ...found }];
  }
  if (isThere(node)) return [];
  return [{ code: 'bring_back_node', text: `Bring ${node.name} back`, ...found }];
}

function another({ kind, requires }: Need): Help {
  const { tags = [], model, gpuMemoryMb } = requires;
  const thing =
    gpuMemoryMb !== undefined
      ? `with ${memoryWords(gpuMemoryMb)} on one GPU`
      : model !== undefined
        ? `with the model ${model}`
        : tags.length > 0
          ? `with the ${tags.length === 1 ? 'tag' : 'tags'} ${listed(tags)}`
          : `for ${kindName(kind)} with ${coreWords(requires.cores)} and ${memoryWords(requires.ramMb)} of memory`;
  return { code: 'connect_node', text: `Connect a node ${thing}`, nodes: 1, now: 1 };
}
