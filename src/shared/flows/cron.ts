import { Cron } from 'croner';

/** When a schedule comes: times in milliseconds since the Unix epoch. */
export interface CronTimes {
  /** The first time after this one; null where there is none. */
  after(time: number): number | null;
  /** The last time that is not after this one; null where there is none. */
  upTo(time: number): number | null;
}

/** Reads `minute hour day month weekday`, with seconds in front where there are six parts, in an IANA time zone. Null for what is none. */
export function readCron(text: string, zone: string): CronTimes | null {
  // A date or a word such as @hourly would be taken too; only the parts are meant here.
  if (!/^\s*\S+(\s+\S+){4,5}\s*$/.test(text) || text.includes(':') || !isZone(zone)) return null;
  try {
    const cron = new Cron(text.trim(), { timezone: zone, paused: true });
    return {
      after: (time) => cron.nextRun(new Date(time))?.getTime() ?? null,
      upTo: (time) => cron.previousRuns(1, new Date(Math.floor(time / 1_000) * 1_000 + 1_000))[0]?.getTime() ?? null,
    };
  } catch {
    return null;
  }
}

export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
