/** What becomes of a wait when its step is closed. */
import { patch, remove } from '../../store/store.ts';
import { approvals, type HeldFor, holds, type StepRow } from '../../store/tables.ts';
import type { Batch } from '../batch.ts';
import { type ActiveRun, type Held, keyOf } from '../run-memory.ts';
import type { WorkDeps } from '../work-deps.ts';

/** Its row goes; where what it waited for has not come, nobody is asked any more, and the run below is cancelled. */
export function endHold(deps: WorkDeps, { runId, stepId, path }: StepRow, held: Held, batch: Batch): void {
  // A run that ends takes away all of them at once.
  if (!batch.ends) batch.changes.push(remove(holds, { runId, stepId, path }));
  deps.holds.forget(runId, keyOf(stepId, path));
  if (!held.over) withdraw(deps, held.what, batch);
}

/** The waits of a run that ends, also those that have not been taken up again since a restart. */
export function endHolds(deps: WorkDeps, run: ActiveRun, batch: Batch): void {
  if (run.holds.size === 0 && ![...run.open.values()].some(({ held }) => held !== undefined)) return;
  batch.changes.push(remove(holds, { runId: run.row.id }));
  for (const { what } of run.holds.values()) withdraw(deps, what, batch);
  run.holds.clear();
}

function withdraw(deps: WorkDeps, what: HeldFor, batch: Batch): void {
  switch (what.kind) {
    case 'wait':
      return;
    case 'approval':
      batch.changes.push(
        patch(approvals, { id: what.approvalId }, { state: 'withdrawn', decidedAt: deps.clock.now() }),
      );
      batch.after.push(() => deps.holds.approvalsChanged([what.approvalId]));
      return;
    case 'flow':
      batch.after.push(() => deps.holds.cancelChild(what.runId));
  }
}
