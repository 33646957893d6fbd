import type { Release, Values } from '../../../shared/flows/step-type.ts';
import type { StepError } from '../../../shared/model/run.ts';
import type { RunParent } from '../../../shared/model/trigger.ts';

/** How a hold ends: what its step is told, or why the step fails. */
export type Ending = Release | { readonly by: 'failure'; readonly error: StepError };

/** How a run of another flow ended. */
export type RunEnding = Extract<Ending, { by: 'run' | 'failure' }>;

/** A run that a Sub-flow step waits for; its id is durable before it is started, so it is started once (F2). */
export interface ChildRun {
  readonly id: string;
  readonly flowId: string;
  readonly inputs: Values;
  readonly parent: RunParent;
}

/** What the holds of all runs share: ids, one timer, and the way to people and to other runs. */
export interface HoldDesk {
  newId(kind: 'approval' | 'run'): string;
  /** Releases the step at this time. */
  wakeAt(at: number, runId: string, key: string): void;
  forget(runId: string, key: string): void;
  /** Approvals that were asked for, decided or withdrawn; after the commit. */
  approvalsChanged(ids: readonly string[]): void;
  /** Starts the run unless it is there already, and releases the step when it has ended. */
  startChild(child: ChildRun): void;
  cancelChild(runId: string): void;
}
