/** When a job could start, from how long others usually take. An estimate, and to be shown as one. Pure. */
import type { Requirements } from '../../shared/model/job.ts';
import { give, hasRoom, type Room } from '../../shared/room.ts';
import { lastingObstacle } from './fit.ts';
import type { Need, NodeView } from './snapshot.ts';

/** A job that a node works on. `typicalMs`: how long such jobs take, null where nobody knows. */
export interface RunningView {
  readonly nodeId: string;
  readonly requires: Requirements;
  readonly gpu: number | null;
  readonly startedAt: number;
  readonly typicalMs: number | null;
}
/** A job that comes first. */
export interface AheadView {
  readonly cores: number;
  readonly typicalMs: number | null;
}
export interface Outlook {
  readonly running: readonly RunningView[];
  readonly ahead: readonly AheadView[];
  readonly now: number;
}

/** Seconds until the node has room for it, 0 for now; null for never, or where nobody knows. Others in line not counted. */
export function roomIn(need: Need, node: NodeView, { running, now }: Outlook): number | null {
  if (lastingObstacle(need, node) !== null) return null;
  if (node.presence === 'paused' && node.pause?.until != null) return Math.max(0, (node.pause.until - now) / 1_000);
  if (node.presence !== 'here') return null;
  let taken: Room = node.taken;
  if (hasRoom(need.requires, node.shared, taken)) return 0;
  const ends = running
    .filter(({ nodeId }) => nodeId === node.id)
    .map((job) => ({ job, left: leftOf(job, now) }))
    .sort((one, other) => (one.left ?? Number.POSITIVE_INFINITY) - (other.left ?? Number.POSITIVE_INFINITY));
  for (const { job, left } of ends) {
    if (left === null) return null;
    taken = give(taken, job.requires, job.gpu);
    if (hasRoom(need.requires, node.shared, taken)) return left / 1_000;
  }
  return null;
}

/** What runs longer than usual is taken to run half as long again. */
function leftOf({ startedAt, typicalMs }: RunningView, now: number): number | null {
  if (typicalMs === null) return null;
  const elapsed = Math.max(0, now - startedAt);
  return elapsed < typicalMs ? typicalMs - elapsed : elapsed / 2;
}

/** Seconds until it starts: the first node with room, and the work before it in line spread over the cores that can do it. */
export function startsIn(need: Need, nodes: readonly NodeView[], outlook: Outlook): number | null {
  const waits = nodes.flatMap((node) => roomIn(need, node, outlook) ?? []);
  if (waits.length === 0) return null;
  const work = workAhead(outlook.ahead);
  if (work === null) return null;
  const able = nodes.filter((node) => node.presence === 'here' && lastingObstacle(need, node) === null);
  const cores = able.reduce((sum, { shared }) => sum + shared.cores, 0);
  return Math.min(...waits) + (cores > 0 ? work / cores / 1_000 : 0);
}

/** In core-milliseconds; jobs that nobody knows count as those that are known do. */
function workAhead(ahead: readonly AheadView[]): number | null {
  const known = ahead.filter(({ typicalMs }) => typicalMs !== null);
  if (ahead.length > 0 && known.length === 0) return null;
  const sum = known.reduce((total, { cores, typicalMs }) => total + cores * (typicalMs ?? 0), 0);
  return known.length === 0 ? 0 : (sum * ahead.length) / known.length;
}
