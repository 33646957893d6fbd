import type { Requirements } from '../../shared/model/job.ts';
import type { Room } from '../../shared/room.ts';
import type { WorkspaceUse } from './use.ts';

export type { WorkspaceUse } from './use.ts';

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
  /** Who submitted it: members of a workspace share it fairly (J7). */
  readonly member: string | null;
}

/** Jobs of one need and one member that may be placed now, the first in line first (`inLine`). */
export interface QueueView {
  /** Names the need; the lines of several members share it. */
  readonly key: string;
  readonly member: string | null;
  readonly need: Need;
  readonly jobs: Iterable<WaitingJob>;
  /** When one of this line was last placed; 0 for never. */
  readonly servedAt: number;
}

export type NodePresence = 'here' | 'suspect' | 'paused' | 'draining' | 'lost' | 'away';

/** A model on a node; `loaded` where it answers at once. */
export interface ModelView {
  readonly name: string;
  readonly loaded: boolean;
  readonly sizeMb: number;
}

/** What a node has earned: by kind of job how far it can be trusted (0–1) and how fast it is against the median. */
export interface Standing {
  readonly kinds: ReadonlyMap<string, { readonly trust: number; readonly speed: number }>;
  /** Share (0–1) of what its owner lends that was in use lately. */
  readonly given: number;
}
export const newcomer: Standing = { kinds: new Map(), given: 0 };

/** Why a node takes nothing although it is there, and until when, where that is known. */
export interface Pause {
  readonly reason: 'paused' | 'hours' | 'battery' | 'in_use';
  readonly until: number | null;
}

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
  readonly models: readonly ModelView[];
  readonly standing: Standing;
  /** Where its presence is `paused`. */
  readonly pause: Pause | null;
}

export interface Snapshot {
  readonly nodes: readonly NodeView[];
  readonly queues: readonly QueueView[];
  /** By workspace; those that used nothing lately are absent. */
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
