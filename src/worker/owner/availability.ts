/** Whether this node takes jobs now: what its owner said, and the rules by which it steps aside (S8). Pure. */
import { type NodeRules, type NodeStanding, usualRules } from '../../shared/model/this-node.ts';

export interface Circumstances {
  paused: boolean;
  draining: boolean;
  /** Its files are on their way to another drive. */
  moving: boolean;
  asleep: boolean;
  /** Null where this machine can't tell. */
  onBattery: boolean | null;
  idleSeconds: number | null;
}

const hour = 3_600_000;

/** `now` in the machine's own time zone decides about hours. The strongest reason is told. */
export function standingOf(now: Date, rules: NodeRules | undefined, how: Circumstances): NodeStanding {
  const { anyTime, week, pauseOnBattery, pauseInUse, idleMinutes } = rules ?? usualRules;
  const no = (reason: NodeStanding['reason'], until: number | null = null): NodeStanding => ({
    available: false,
    reason,
    until,
  });
  if (how.paused) return no('paused');
  if (how.draining) return no('draining');
  if (how.moving) return no('moving');
  if (how.asleep) return no('asleep');
  if (!anyTime && !isShared(week, now)) return no('hours', nextShared(week, now));
  if (pauseOnBattery && how.onBattery === true) return no('battery');
  const usedFor = how.idleSeconds === null ? null : idleMinutes * 60 - how.idleSeconds;
  if (pauseInUse && usedFor !== null && usedFor > 0) return no('in_use', now.getTime() + usedFor * 1_000);
  return { available: true, reason: null, until: null };
}

const isShared = (week: NodeRules['week'], at: Date) => week[(at.getDay() + 6) % 7]?.includes(at.getHours()) === true;

/** The beginning of the next hour that is shared; null where none is in the whole week. */
function nextShared(week: NodeRules['week'], now: Date): number | null {
  const start = new Date(now);
  start.setMinutes(0, 0, 0);
  for (let hours = 1; hours <= 7 * 24; hours += 1) {
    const at = new Date(start.getTime() + hours * hour);
    if (isShared(week, at)) return at.getTime();
  }
  return null;
}
