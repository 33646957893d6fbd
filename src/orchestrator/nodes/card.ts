/** Nodes as people and programs see them. */
import type { Node, NodePause } from '../../shared/model/node.ts';
import type { JobEngine } from '../jobs/engine.ts';
import type { Reputations } from '../reputation/reputation.ts';
import type { Store } from '../store/store.ts';
import { users, workspaces } from '../store/tables.ts';
import type { RosterNode } from './roster.ts';

/** Which workspaces of a node are shown: those somebody may see, or all. */
export type Visible = (workspaceId: string) => boolean;

export interface Names {
  workspaces: ReadonlyMap<string, string>;
  people: ReadonlyMap<string, string>;
}

/** The names that the cards of these nodes show. */
export async function namesFor(store: Store, nodes: readonly RosterNode[]): Promise<Names> {
  const workspaceIds = [...new Set(nodes.flatMap((node) => [...node.workspaces.keys()]))];
  const ownerIds = [...new Set(nodes.flatMap(({ row }) => row.ownerId ?? []))];
  const [inWorkspaces, owners] = await Promise.all([
    workspaceIds.length === 0 ? [] : store.list(workspaces, { where: { id: workspaceIds } }),
    ownerIds.length === 0 ? [] : store.list(users, { where: { id: ownerIds } }),
  ]);
  return {
    workspaces: new Map(inWorkspaces.map(({ id, name }) => [id, name])),
    people: new Map(owners.map(({ id, name }) => [id, name])),
  };
}

/** Jobs named on one card at most; a node with hundreds of cores would fill a page with them. */
const namedJobs = 50;

/** What a card shows beside the node itself. */
export interface CardFacts {
  engine: Pick<JobEngine, 'workOf'>;
  reputations: Pick<Reputations, 'of'>;
}

export function toNode(node: RosterNode, { engine, reputations }: CardFacts, names: Names, visible: Visible): Node {
  const { row } = node;
  const work = engine.workOf(row.id);
  return {
    id: row.id,
    name: row.name,
    colour: row.colour,
    mark: row.mark,
    status: node.hearing,
    available: node.available && !node.draining,
    ...pauseOf(node),
    capabilities: row.capabilities,
    resourceLimits: row.resourceLimits,
    remoteControlEnabled: row.remoteControlEnabled,
    executors: row.executors,
    version: row.version,
    tags: row.tags,
    currentJobs: work.length,
    running: work.slice(0, namedJobs),
    reserved: { cores: node.taken.cores, ramMb: node.taken.ramMb },
    workspaces: [...node.workspaces].flatMap(([id, state]) => {
      const name = names.workspaces.get(id);
      return name === undefined || !visible(id) ? [] : [{ id, name, state }];
    }),
    ownerName: row.ownerId === null ? null : (names.people.get(row.ownerId) ?? null),
    embedded: row.embedded,
    lastSeenAt: node.heardAt === 0 ? null : node.heardAt,
    connectedAt: node.connectedAt,
    createdAt: row.createdAt,
    finished: { done: row.done, nodeFaults: row.nodeFaults },
    reputation: reputations.of(row.id),
  };
}

function pauseOf({ available, draining, pause }: RosterNode): { pause?: NodePause } {
  if (draining) return { pause: { reason: 'draining', until: null } };
  if (available) return {};
  return { pause: { reason: pause?.reason ?? 'paused', until: pause?.until ?? null } };
}
