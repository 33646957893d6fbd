import type { RunSummary } from '../../shared/model/run.ts';
import { formatCount, formatDuration } from '../ui/numbers.ts';

/** How long a run has taken until `now`, or took. */
export const runTook = (run: RunSummary, now: number): number => Math.max(0, (run.finishedAt ?? now) - run.createdAt);

/** How a run stands, in one line: "Running, 31 of 48", "Done in 2 min 41 s", "Failed: No answer in 10 s". */
export function runWords(run: RunSummary): string {
  const { done, failed, total } = run.progress;
  switch (run.state) {
    case 'waiting':
      return 'Waits for its turn';
    case 'running':
      return total > 1 ? `Running, ${formatCount(done + failed)} of ${formatCount(total)}` : 'Running';
    case 'succeeded':
      return `Done in ${formatDuration(runTook(run, run.finishedAt ?? run.createdAt))}`;
    case 'failed':
      return run.error === undefined ? 'Failed' : `Failed: ${run.error.message}`;
    case 'cancelled':
      return total > 0 ? `Stopped at ${Math.round(((done + failed) / total) * 100)}\u2009%` : 'Stopped';
  }
}
