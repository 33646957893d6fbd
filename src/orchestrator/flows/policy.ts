/** What a step's policy means for the engine (F5). Pure. */
import type { StepPolicy } from '../../shared/model/flow.ts';
import { defaultRetry, type RetryPolicy } from '../../shared/model/job.ts';
import type { StepRow } from '../store/tables.ts';
import type { CompiledStep } from './compile.ts';

const { backoff: usual } = defaultRetry;

/** How the step's job is tried again; undefined where the policy says nothing, and only faults of nodes count (J4). */
export function jobRetryOf(policy: StepPolicy | undefined): RetryPolicy | undefined {
  const { attempts = 1, backoff } = policy ?? {};
  if (attempts === 1) return undefined;
  const waits =
    backoff === undefined ? usual : { first: backoff.firstMs, factor: backoff.factor, max: backoff.maxMs, jitter: 0 };
  return { attempts, backoff: waits, retryOn: ['node', 'job'] };
}

/** Milliseconds before the next try, after so many. */
export function waitBefore(policy: StepPolicy | undefined, tries: number): number {
  const { firstMs, factor, maxMs } = policy?.backoff ?? {
    firstMs: usual.first,
    factor: usual.factor,
    maxMs: usual.max,
  };
  return Math.min(maxMs, firstMs * factor ** (tries - 1));
}

/**
 * Whether a finished row is to be done again: it failed (and its failure led nowhere) or was cancelled, and its number is
 * not above `upTo`: the run, or the Map around it, has been taken up again since.
 */
export function isStale(row: Pick<StepRow, 'state' | 'seq' | 'outputs'>, upTo: number): boolean {
  if (row.seq > upTo) return false;
  return row.state === 'cancelled' || (row.state === 'failed' && row.outputs === null);
}

/** Whether others may take its result, and it theirs (F6). */
export function isCached({ step, type }: CompiledStep): boolean {
  return step.policy?.cache === true && !type.sideEffects && type.executes === 'job';
}
