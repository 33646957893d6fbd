import type { StepInstance } from '../../../shared/model/run.ts';

export interface AttemptRow {
  step: StepInstance;
  /** Milliseconds. */
  inLine: number | null;
  ran: number | null;
  /** Why one would look at it. */
  note: 'failed' | 'again' | 'slow' | null;
}

/** A step counts as slow when it took twice the usual time, and long enough for anybody to care. */
const slowFactor = 2;
const slowLeast = 1000;

/** Made once: a comparison that makes its own is a hundred times slower, and there are thousands. */
const byPath = new Intl.Collator('en', { numeric: true });

/** Work that nodes did, the remarkable first told from the rest. */
export function attemptRows(steps: readonly StepInstance[], now: number): AttemptRow[] {
  const worked = steps.filter((step) => step.jobId !== undefined || step.nodeId !== undefined);
  const usual = usualTimes(worked);
  return worked
    .toSorted((a, b) => (a.readyAt ?? 0) - (b.readyAt ?? 0) || byPath.compare(a.path, b.path))
    .map((step) => {
      const ran = step.startedAt === undefined ? null : (step.finishedAt ?? now) - step.startedAt;
      const inLine = step.readyAt === undefined ? null : (step.startedAt ?? step.finishedAt ?? now) - step.readyAt;
      return { step, inLine, ran, note: noteOf(step, ran, usual.get(step.stepId) ?? null) };
    });
}

function noteOf(step: StepInstance, ran: number | null, usual: number | null): AttemptRow['note'] {
  if (step.state === 'failed') return 'failed';
  if ((step.attempts ?? 1) > 1) return 'again';
  if (ran !== null && usual !== null && ran > usual * slowFactor && ran > slowLeast) return 'slow';
  return null;
}

/** The usual time of each step that was done often enough to have one. */
function usualTimes(worked: readonly StepInstance[]): ReadonlyMap<string, number> {
  const byStep = Map.groupBy(worked, (step) => step.stepId);
  return new Map(
    [...byStep].flatMap(([stepId, done]) => {
      const times = done.flatMap(({ startedAt, finishedAt }) =>
        startedAt !== undefined && finishedAt !== undefined ? finishedAt - startedAt : [],
      );
      const usual = times.length > 4 ? median(times) : null;
      return usual === null ? [] : [[stepId, usual] as const];
    }),
  );
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
