/** Steps that wait without working, and what people are asked (F8). */
import type { Release } from '../../../shared/flows/step-type.ts';
import type { Approval } from '../../../shared/model/approval.ts';
import type { StepError } from '../../../shared/model/run.ts';
import { table } from '../store.ts';

/** How a wait ended that nothing else tells: that its time has come, and what a run gave, is seen where it stands. */
export type HoldOutcome = Extract<Release, { by: 'decision' }> | { readonly by: 'failure'; readonly error: StepError };

/** What a step waits for beside its time. */
export type HeldFor =
  | { readonly kind: 'wait' }
  | { readonly kind: 'approval'; readonly approvalId: string }
  | { readonly kind: 'flow'; readonly runId: string; readonly flowId: string; readonly inputs: unknown };

/** One step instance that waits. The row goes when it has finished; an outcome that is known stands in it until then. */
export interface HoldRow {
  runId: string;
  stepId: string;
  path: string;
  kind: HeldFor['kind'];
  /** Null where it waits for a run, however long that takes. */
  due: number | null;
  what: HeldFor;
  outcome: HoldOutcome | null;
}
export const holds = table<HoldRow>({
  name: 'holds',
  key: ['runId', 'stepId', 'path'],
  columns: {
    runId: 'text',
    stepId: 'text',
    path: 'text',
    kind: 'text',
    due: 'integer',
    what: 'json',
    outcome: 'json',
  },
});

export interface ApprovalRow extends Approval {
  decidedById: string | null;
}
export const approvals = table<ApprovalRow>({
  name: 'approvals',
  key: ['id'],
  columns: {
    id: 'text',
    workspaceId: 'text',
    runId: 'text',
    runNumber: 'integer',
    flowId: 'text',
    flowName: 'text',
    stepId: 'text',
    stepName: 'text',
    path: 'text',
    question: 'text',
    shown: 'json',
    shownCut: 'boolean',
    deciders: 'json',
    requestedAt: 'integer',
    deadline: 'integer',
    fallback: 'text',
    state: 'text',
    decidedBy: 'text',
    decidedById: 'text',
    decidedAt: 'integer',
    note: 'text',
  },
});
