import type { Clock } from '../../shared/clock.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';

/** Bounds guesses: so many failures per caller within a minute, so many for the whole host within an hour. */
export interface Attempts {
  /** Runs `attempt` unless the bound is reached; counts it unless it ends in another way than by `failure`. */
  guard<Value>(caller: string, attempt: () => Promise<Value>): Promise<Value>;
}

const minute = 60_000;
const hour = 60 * minute;
const mostCallers = 10_000;

export function createAttempts(
  clock: Clock,
  options: { perMinute: number; perHour: number; failure: ErrorCode; refusal: ErrorCode },
): Attempts {
  const byCaller = new Map<string, number[]>();
  let all: number[] = [];

  const recent = (times: readonly number[], span: number) => times.filter((time) => time > clock.now() - span);

  const note = (caller: string, at: number) => {
    byCaller.set(caller, [...recent(byCaller.get(caller) ?? [], minute), at]);
    all = [...recent(all, hour), at];
    if (byCaller.size <= mostCallers) return;
    for (const [name, times] of byCaller) if (recent(times, minute).length === 0) byCaller.delete(name);
  };

  const forgive = (caller: string, at: number) => {
    byCaller.set(caller, withoutOne(byCaller.get(caller) ?? [], at));
    all = withoutOne(all, at);
  };

  return {
    // Counted before it is tried, so that many at once do not slip through, and forgiven when it was no wrong guess.
    async guard(caller, attempt) {
      const mine = recent(byCaller.get(caller) ?? [], minute).length;
      if (mine >= options.perMinute || recent(all, hour).length >= options.perHour) throw new AppError(options.refusal);
      const at = clock.now();
      note(caller, at);
      try {
        const value = await attempt();
        forgive(caller, at);
        return value;
      } catch (error) {
        if (!(error instanceof AppError && error.code === options.failure)) forgive(caller, at);
        throw error;
      }
    },
  };
}

function withoutOne(times: readonly number[], time: number): number[] {
  const place = times.indexOf(time);
  return place === -1 ? [...times] : times.toSpliced(place, 1);
}
