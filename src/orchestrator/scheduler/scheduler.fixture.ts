/** Nodes, lines and passes for the tests of the scheduler. */
import { type Room, take } from '../../shared/room.ts';
import {
  type Decision,
  inLine,
  type NodeView,
  newcomer,
  type QueueView,
  type Snapshot,
  type WaitingJob,
} from './snapshot.ts';
import type { Use, WorkspaceUse } from './use.ts';

export const now = 100_000_000;

export const room = (cores: number, ramMb: number, gpus: readonly number[] = [], storageMb = 0): Room => ({
  cores,
  ramMb,
  storageMb,
  gpus,
});
export const nothing = (gpus: readonly number[] = []): Room =>
  room(
    0,
    0,
    gpus.map(() => 0),
  );

export function node(id: string, fields: Partial<NodeView> = {}): NodeView {
  const shared = fields.shared ?? room(4, 4096);
  return {
    id,
    name: id,
    presence: 'here',
    workspaces: new Map([
      ['ws-1', 'serves'],
      ['ws-2', 'serves'],
    ]),
    executors: ['script', 'ocr'],
    tags: [],
    shared,
    taken: nothing(shared.gpus),
    models: [],
    standing: newcomer,
    pause: null,
    ...fields,
  };
}

export const job = (id: string, fields: Partial<WaitingJob> = {}): WaitingJob => ({
  id,
  priority: 0,
  createdAt: now - 30_000,
  member: null,
  ...fields,
});
export const jobsNamed = (prefix: string, count: number, fields: Partial<WaitingJob> = {}) =>
  Array.from({ length: count }, (_, index) => job(`${prefix}-${String(index).padStart(4, '0')}`, fields));

export const queue = (
  key: string,
  jobs: readonly WaitingJob[],
  need: Partial<QueueView['need']> = {},
  servedAt = 0,
): QueueView => ({
  key,
  member: jobs[0]?.member ?? null,
  need: { workspaceId: 'ws-1', kind: 'script', requires: { cores: 1, ramMb: 256 }, ...need },
  jobs: jobs.toSorted(inLine),
  servedAt,
});

export const snapshot = (
  nodes: readonly NodeView[],
  queues: readonly QueueView[],
  use: ReadonlyMap<string, WorkspaceUse> = new Map(),
): Snapshot => ({ nodes, queues, use });

export const used = (cores: number, fields: Partial<WorkspaceUse> = {}): WorkspaceUse => ({
  cores,
  recent: cores,
  at: now,
  servedAt: now,
  members: new Map<string | null, Use>(),
  ...fields,
});

export const places = (decisions: readonly Decision[]) =>
  Object.fromEntries(decisions.map(({ jobId, nodeId }) => [jobId, nodeId]));

/** The snapshot as it is once the decisions are carried out. */
export function carriedOut(before: Snapshot, decisions: readonly Decision[], at = now): Snapshot {
  const gone = new Set(decisions.map(({ jobId }) => jobId));
  const taken = new Map<string, Room>(before.nodes.map((one) => [one.id, one.taken]));
  const served = new Set<QueueView>();
  for (const { jobId, nodeId, gpu } of decisions) {
    const from = before.queues.find(({ jobs }) => [...jobs].some(({ id }) => id === jobId));
    const was = taken.get(nodeId);
    if (from === undefined || was === undefined) throw new Error('A decision about nothing');
    taken.set(nodeId, take(was, from.need.requires, gpu));
    served.add(from);
  }
  return {
    use: before.use,
    nodes: before.nodes.map((one) => ({ ...one, taken: taken.get(one.id) ?? one.taken })),
    queues: before.queues.map((one) => ({
      ...one,
      servedAt: served.has(one) ? at : one.servedAt,
      jobs: [...one.jobs].filter(({ id }) => !gone.has(id)),
    })),
  };
}
