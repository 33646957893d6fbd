/**
 * The nodes of a pass, so that the best one for a need is found without looking at each. Nodes stand in levels by their
 * rate, each level a set of bits; a need has the set of nodes that may do it at all; the first level where both have a bit
 * in common holds the node. Rates only fall while a pass fills the nodes, so a need never looks above the level where it
 * last found one.
 */
import { chooseGpu, hasRoom, lastingObstacle, take } from './fit.ts';
import { fixedRate, freeShare, highestRate, lowestRate, packRate } from './score.ts';
import type { Need, NodeView, Room } from './snapshot.ts';

const levelsPerUnit = 256;
const levels = Math.ceil((highestRate - lowestRate) * levelsPerUnit) + 1;
const levelOf = (rate: number) => Math.max(0, Math.min(levels - 1, Math.floor((rate - lowestRate) * levelsPerUnit)));

/** The nodes of one rating: jobs of one kind and model. */
interface Ranking {
  readonly fixed: Float64Array;
  readonly level: Int16Array;
  readonly sets: (Uint32Array | undefined)[];
}

/** Needs that are alike in all but a little memory, and the nodes that may take them. */
interface Candidates {
  readonly may: Uint32Array;
  readonly least: Need;
  /** No node of these stands above this level. */
  top: number;
}

export interface Field {
  /** The best node with room; −1 for none. Nodes that are held are passed over but for whom they are held. */
  best(need: Need, key: string): number;
  /** Takes the room, and says which GPU. */
  fill(node: number, need: Need): number | null;
  /** Keeps a node for the jobs of one line, however many others fit. */
  hold(node: number, key: string): void;
  /** The node that comes nearest to having room, among those that would have it if they were empty; −1 for none. */
  nearest(need: Need): number;
  readonly held: number;
  readonly nodes: readonly NodeView[];
}

export function createField(all: readonly NodeView[]): Field {
  const nodes = inOrder(all.filter(({ presence }) => presence === 'here'));
  const words = (nodes.length + 31) >> 5;
  const taken: Room[] = nodes.map((node) => node.taken);
  const heldFor = new Map<number, string>();
  const rankings = new Map<string, Ranking>();
  const candidates = new Map<string, Candidates>();
  const byWorkspace = new Map<string, number[]>();
  const byId = new Map<string, number>();

  const membersOf = (workspaceId: string): readonly number[] => {
    let found = byWorkspace.get(workspaceId);
    if (found === undefined) {
      found = nodes.flatMap((node, index) => (node.workspaces.get(workspaceId) === 'serves' ? [index] : []));
      byWorkspace.set(workspaceId, found);
    }
    return found;
  };
  const possible = ({ workspaceId, requires }: Need): readonly number[] => {
    if (requires.nodeId === undefined) return membersOf(workspaceId);
    if (byId.size === 0) for (const [index, { id }] of nodes.entries()) byId.set(id, index);
    const chosen = byId.get(requires.nodeId);
    return chosen === undefined ? [] : [chosen];
  };
  const node = (index: number) => nodes[index] as NodeView;
  const takenOf = (index: number) => taken[index] as Room;
  const isOpen = (index: number, key: string) => heldFor.size === 0 || (heldFor.get(index) ?? key) === key;
  const canTake = (index: number, need: Need) =>
    hasRoom(need.requires, node(index).shared, takenOf(index)) && lastingObstacle(need, node(index)) === null;

  const candidatesFor = (need: Need, key: string): Candidates => {
    const known = candidates.get(key);
    if (known !== undefined) return known;
    const least = leastOf(need);
    const may = new Uint32Array(words);
    for (const index of possible(need)) if (canTake(index, least)) setBit(may, index);
    const made = { may, least, top: levels - 1 };
    candidates.set(key, made);
    return made;
  };

  const rankingFor = (need: Need): Ranking => {
    const key = `${need.kind}\u0000${need.requires.model ?? ''}`;
    const known = rankings.get(key);
    if (known !== undefined) return known;
    const fixed = Float64Array.from(nodes, (one) => fixedRate(need, one));
    const made: Ranking = { fixed, level: new Int16Array(nodes.length), sets: [] };
    for (const index of nodes.keys()) rank(made, index);
    rankings.set(key, made);
    return made;
  };
  const rank = (ranking: Ranking, index: number) => {
    const level = levelOf(freeShare(node(index).shared, takenOf(index)) + (ranking.fixed[index] ?? 0));
    ranking.level[index] = level;
    let set = ranking.sets[level];
    if (set === undefined) {
      set = new Uint32Array(words);
      ranking.sets[level] = set;
    }
    setBit(set, index);
  };
  const unrank = ({ level, sets }: Ranking, index: number) => {
    const set = sets[level[index] ?? 0];
    if (set !== undefined) clearBit(set, index);
  };

  const spread = (need: Need, key: string): number => {
    const ranking = rankingFor(need);
    const mine = candidatesFor(need, likeness(need));
    const { may, least } = mine;
    let highest = -1;
    for (let level = Math.min(mine.top, ranking.sets.length - 1); level >= 0; level -= 1) {
      const set = ranking.sets[level];
      if (set === undefined) continue;
      for (let word = 0; word < words; word += 1) {
        for (let bits = (set[word] ?? 0) & (may[word] ?? 0); bits !== 0; bits &= bits - 1) {
          const index = (word << 5) + (31 - Math.clz32(bits & -bits));
          if (!hasRoom(least.requires, node(index).shared, takenOf(index))) {
            // Room only shrinks in a pass: nothing that is like this fits there any more.
            clearBit(may, index);
            continue;
          }
          highest = Math.max(highest, level);
          if (!isOpen(index, key) || !canTake(index, need)) continue;
          mine.top = highest;
          return index;
        }
      }
    }
    mine.top = Math.max(highest, 0);
    return -1;
  };

  /** Packing raises the rate of a node that is used, so every node with such a GPU is looked at. */
  const packed = (need: Need, key: string): number => {
    const { may } = candidatesFor(need, likeness(need));
    let best = -1;
    let bestRate = Number.NEGATIVE_INFINITY;
    for (let word = 0; word < words; word += 1) {
      for (let bits = may[word] ?? 0; bits !== 0; bits &= bits - 1) {
        const index = (word << 5) + (31 - Math.clz32(bits & -bits));
        if (!isOpen(index, key) || !hasRoom(need.requires, node(index).shared, takenOf(index))) continue;
        const rate = packRate(need, node(index), takenOf(index));
        if (rate <= bestRate || lastingObstacle(need, node(index)) !== null) continue;
        best = index;
        bestRate = rate;
      }
    }
    return best;
  };

  return {
    nodes,
    best: (need, key) => (need.requires.gpuMemoryMb === undefined ? spread(need, key) : packed(need, key)),
    fill(index, { requires }) {
      const { gpuMemoryMb } = requires;
      const gpu = gpuMemoryMb === undefined ? null : chooseGpu(gpuMemoryMb, node(index).shared, takenOf(index));
      for (const ranking of rankings.values()) unrank(ranking, index);
      taken[index] = take(takenOf(index), requires, gpu);
      for (const ranking of rankings.values()) rank(ranking, index);
      return gpu;
    },
    hold: (index, key) => void heldFor.set(index, key),
    get held() {
      return heldFor.size;
    },
    nearest(need) {
      let best = -1;
      let bestShare = -1;
      for (const index of possible(need)) {
        if (heldFor.has(index) || lastingObstacle(need, node(index)) !== null) continue;
        const share = metShare(need, node(index).shared, takenOf(index));
        if (share <= bestShare) continue;
        best = index;
        bestShare = share;
      }
      return best;
    },
  };
}

/** How much (0–1) of what is needed is free, of what is scarcest. */
function metShare({ requires }: Need, shared: Room, taken: Room): number {
  const { cores, ramMb, storageMb = 0, gpuMemoryMb = 0 } = requires;
  const met = (needed: number, free: number) => (needed > 0 ? Math.max(0, free) / needed : 1);
  const gpu = Math.max(0, ...shared.gpus.map((memory, index) => memory - (taken.gpus[index] ?? 0)));
  return Math.min(
    1,
    met(cores, shared.cores - taken.cores),
    met(ramMb, shared.ramMb - taken.ramMb),
    met(storageMb, shared.storageMb - taken.storageMb),
    met(gpuMemoryMb, gpu),
  );
}

function setBit(set: Uint32Array, index: number): void {
  set[index >> 5] = (set[index >> 5] ?? 0) | (1 << (index & 31));
}
function clearBit(set: Uint32Array, index: number): void {
  set[index >> 5] = (set[index >> 5] ?? 0) & ~(1 << (index & 31));
}

/** By id, so that the order in which nodes are handed in decides nothing. */
function inOrder(nodes: NodeView[]): NodeView[] {
  const isSorted = nodes.every((one, index) => index === 0 || (nodes[index - 1]?.id ?? '') < one.id);
  return isSorted ? nodes : nodes.sort((left, right) => (left.id < right.id ? -1 : left.id > right.id ? 1 : 0));
}

/** Needs that differ only a little in memory or storage look for their node in the same place. */
function likeness({ workspaceId, kind, requires }: Need): string {
  const { cores, ramMb, gpuMemoryMb = '', storageMb, tags = [], nodeId = '', notNodeIds = [], model = '' } = requires;
  const sizes = [cores, classOf(ramMb), gpuMemoryMb, storageMb === undefined ? '' : classOf(storageMb)];
  return [workspaceId, kind, ...sizes, nodeId, model, ...tags, '\u0001', ...notNodeIds].join('\u0000');
}
const classOf = (size: number) => (size < 1 ? 0 : 2 ** Math.floor(Math.log2(size)));

function leastOf(need: Need): Need {
  const { ramMb, storageMb } = need.requires;
  const storage = storageMb === undefined ? {} : { storageMb: classOf(storageMb) };
  return { ...need, requires: { ...need.requires, ramMb: classOf(ramMb), ...storage } };
}
