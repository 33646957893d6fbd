import type { Clock } from '../../shared/clock.ts';
import type { Values } from '../../shared/flows/step-type.ts';
import type { Job } from '../../shared/model/job.ts';
import type { StepRow } from '../store/tables.ts';
import type { ActiveRun } from './run-memory.ts';
import type { RunValues } from './values.ts';

export interface WorkDeps {
  readonly clock: Clock;
  readonly values: RunValues;
  /** Told of errors that are nobody's mistake but ours. */
  unexpected(error: unknown, what: string): void;
  job(jobId: string): Promise<Job | null>;
  /** Rejects a StepFailure where the inputs name a file that is not of the run's workspace. */
  checkFiles(run: ActiveRun, inputs: Values): Promise<void>;
  /** Rows inside a Map instance, by item and step, where a run is taken up again. */
  foundItems(run: ActiveRun, mapId: string, path: string): Promise<ReadonlyMap<number, ReadonlyMap<string, StepRow>>>;
}
