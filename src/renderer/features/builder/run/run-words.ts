/** Sentences of the run bar. Pure. */
import type { RunSummary } from '../../../../shared/model/run.ts';
import { formatAbout, formatDuration } from '../../../ui/numbers.ts';

/** How long it took, or takes, and about how long it will still take. */
export function timeWords(run: RunSummary, now: number): string {
  const passed = (run.finishedAt ?? now) - run.createdAt;
  switch (run.state) {
    case 'waiting':
      return `Waits for its turn since ${formatDuration(passed)}`;
    case 'running': {
      const left = timeLeft(run, passed);
      return left === null ? formatDuration(passed) : `${formatDuration(passed)}, ${formatAbout(left)} left`;
    }
    case 'succeeded':
      return `Done in ${formatDuration(passed)}`;
    case 'failed':
      return `Failed after ${formatDuration(passed)}`;
    case 'cancelled':
      return `Stopped after ${formatDuration(passed)}`;
  }
}

/** Milliseconds left at the speed so far; null until a tenth is done, which tells the speed. */
export function timeLeft(run: Pick<RunSummary, 'progress'>, passed: number): number | null {
  const { total, done, failed } = run.progress;
  const come = done + failed;
  if (come < 3 || come < total / 10 || come >= total || passed < 2000) return null;
  return (passed / come) * (total - come);
}
