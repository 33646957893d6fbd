/** When a schedule starts a run. Pure; `since` is durable, so that no time comes twice, whatever the clock does. */
import type { CronTimes } from '../../shared/flows/cron.ts';

export interface Due {
  /** The time to start a run for; null for none. */
  readonly fire: number | null;
  /** Times up to this one have been dealt with. */
  readonly since: number;
  /** When to look again; null for never. */
  readonly next: number | null;
}

/** A time that is no older than this is not missed: the host was busy, or is just starting. */
export const graceMs = 60_000;

/** At most one run for everything that has come due since, however much that is: a clock that jumps causes no flood. */
export function whenDue(times: CronTimes, since: number, now: number, missed: 'skip' | 'once'): Due {
  const first = times.after(since);
  if (first === null || first > now) return { fire: null, since, next: first };
  const last = Math.max(first, times.upTo(now) ?? first);
  const counts = missed === 'once' || now - last <= graceMs;
  return { fire: counts ? last : null, since: last, next: times.after(last) };
}
