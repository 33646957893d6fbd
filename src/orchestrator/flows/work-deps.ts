import type { Clock } from '../../shared/clock.ts';
import type { Values } from '../../shared/flows/step-type.ts';
import type { Job } from '../../shared/model/job.ts';
import type { StepRow } from '../store/tables.ts';
import type { HoldDesk } from './holds/hold-desk.ts';
import type { ActiveRun, Task } from './run-memory.ts';
import type { RunValues } from './values.ts';

export interface WorkDeps {
  readonly clock: Clock;
  readonly values: RunValues;
  readonly holds: HoldDesk;
  /** Told of errors that are nobody's mistake but ours. */
  unexpected(error: unknown, what: string): void;
  job(jobId: string): Promise<Job | null>;
  /** Rejects a StepFailure where the inputs name a file that is not of the run's workspace. */
  checkFiles(run: ActiveRun, inputs: Values): Promise<void>;
  /** Rows of some steps at some item paths. */
  rowsAt(run: ActiveRun, stepIds: readonly string[], paths: readonly string[]): Promise<readonly StepRow[]>;
  /** The finished row of a step with this signature (F6). */
  cached(cacheKey: string): Promise<StepRow | null>;
  /** Adds a task after so many milliseconds, unless the run has ended by then. */
  later(run: ActiveRun, ms: number, task: Task): void;
}
