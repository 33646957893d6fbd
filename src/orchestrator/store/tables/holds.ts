/** Steps that wait without working, and what people are asked (F8). */
import type { Approval, ApprovalFallback } from '../../../shared/model/approval.ts';
import { table } from '../store.ts';

/** What a step waits for beside its time. */
export type HeldFor =
  | { readonly kind: 'wait' }
  | { readonly kind: 'approval'; readonly approvalId: string; readonly fallback: ApprovalFallback }
  | { readonly kind: 'flow'; readonly runId: string; readonly flowId: string };

/** One step instance that waits. The row goes in the commit that finishes the step. */
export interface HoldRow {
  runId: string;
  stepId: string;
  path: string;
  kind: HeldFor['kind'];
  /** Null where it waits for a run, however long that takes. */
  due: number | null;
  what: HeldFor;
}
export const holds = table<HoldRow>({
  name: 'holds',
  key: ['runId', 'stepId', 'path'],
  blobs: { holder: 'runId', in: ['what'] },
  columns: {
    runId: 'text',
    stepId: 'text',
    path: 'text',
    kind: 'text',
    due: 'integer',
    what: 'json',
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
