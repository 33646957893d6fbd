import type { Hold } from '../../../shared/flows/step-type.ts';
import { approvalLimits } from '../../../shared/model/approval.ts';
import type { FlowStep } from '../../../shared/model/flow.ts';
import type { ApprovalRow, RunRow, StepRow } from '../../store/tables.ts';
import { forDisplay } from '../shown.ts';

/** The approval that a step asks for. What is shown is bounded: thousands may be pending at once (S10). */
export function approvalOf(
  run: Pick<RunRow, 'id' | 'workspaceId' | 'number' | 'flowId' | 'flowName'>,
  step: Pick<FlowStep, 'id' | 'name'>,
  { path }: Pick<StepRow, 'path'>,
  hold: Extract<Hold, { kind: 'approval' }>,
  { id, now }: { id: string; now: number },
): ApprovalRow {
  const shown = forDisplay(hold.shown ?? null, approvalLimits.shownBytes);
  return {
    id,
    workspaceId: run.workspaceId,
    runId: run.id,
    runNumber: run.number,
    flowId: run.flowId,
    flowName: run.flowName,
    stepId: step.id,
    stepName: step.name,
    path,
    question: hold.question.slice(0, approvalLimits.question),
    shown: shown.value,
    shownCut: shown.cut,
    deciders: hold.deciders,
    requestedAt: now,
    deadline: now + hold.forMs,
    fallback: hold.fallback,
    state: 'pending',
    decidedBy: null,
    decidedById: null,
    decidedAt: null,
    note: null,
  };
}
