import type { StepInstance } from '../../shared/model/run.ts';
import type { NewJob } from '../services.ts';
import { type Change, put } from '../store/store.ts';
import { type StepRow, steps } from '../store/tables.ts';
import { instanceOf } from './run-memory.ts';

/** What one turn of the runner changes. It becomes durable as a whole, and only then visible (data.md, Runs). */
export interface Batch {
  readonly changes: Change[];
  readonly jobs: { readonly job: NewJob; readonly row: StepRow }[];
  readonly cancelJobs: string[];
  readonly seen: Map<string, StepInstance>;
  /** Performed after the commit. */
  readonly after: (() => void)[];
  /** The run ends with this batch. */
  ends: boolean;
  /** What comes next reads what this batch writes: it is committed first. */
  full: boolean;
}

export function newBatch(): Batch {
  return { changes: [], jobs: [], cancelJobs: [], seen: new Map(), after: [], ends: false, full: false };
}

export function sizeOf(batch: Batch): number {
  return batch.changes.length + batch.jobs.length;
}

export function write(batch: Batch, row: StepRow): void {
  batch.changes.push(put(steps, { ...row }));
  show(batch, row);
}

/** Announces a row without writing it. */
export function show(batch: Batch, row: StepRow): void {
  batch.seen.set(`${row.stepId}@${row.path}`, instanceOf(row));
}
