import type { Requirements } from '../../shared/model/job.ts';

/** What a job's place depends on. Jobs with the same need form one queue, so that a pass looks at queues, not at jobs. */
export interface Need {
  readonly workspaceId: string;
  readonly kind: string;
  readonly requires: Requirements;
}

export interface WaitingJob {
  readonly id: string;
  readonly priority: number;
  readonly createdAt: number;
}

/** Jobs of one need that may be placed now, the first in line first (`inLine`). */
export interface QueueView {
  readonly key: string;
  readonly need: Need;
  readonly jobs: Iterable<WaitingJob>;
}

export type NodePresence = 'here' | 'suspect' | 'paused' | 'draining' | 'lost' | 'away';

/** A node as the scheduler sees it: what its owner shares, and what of it is taken. Memory in MiB. */
export interface NodeView {
  readonly id: string;
  readonly name: string;
  readonly presence: NodePresence;
  readonly workspaces: ReadonlyMap<string, 'serves' | 'waits'>;
  readonly executors: readonly string[];
  readonly tags: readonly string[];
  readonly shared: Room;
  readonly taken: Room;
}

export interface Room {
  readonly cores: number;
  readonly ramMb: number;
  /** Memory by GPU, in the order of the node's list of GPUs. */
  readonly gpus: readonly number[];
}

export interface WorkspaceUse {
  /** Cores that its jobs have reserved now. */
  readonly cores: number;
  /** When a job of it was last placed; 0 for never. */
  readonly servedAt: number;
}

export interface Snapshot {
  readonly nodes: readonly NodeView[];
  readonly queues: readonly QueueView[];
  readonly use: ReadonlyMap<string, WorkspaceUse>;
}

export interface Decision {
  readonly jobId: string;
  readonly nodeId: string;
  /** Index of the GPU whose memory it reserves. */
  readonly gpu: number | null;
}

/** What one point of priority is worth in waiting, within a workspace; so everything gets its turn (J7). */
export const priorityWorth = 60_000;

/** Where a job stands in line: less is earlier. It never changes while the job waits. */
export const rankOf = (job: WaitingJob) => job.createdAt - job.priority * priorityWorth;

export function inLine(left: WaitingJob, right: WaitingJob): number {
  const difference = rankOf(left) - rankOf(right);
  if (difference !== 0) return difference;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
