import type { RunSummary } from '../../shared/model/run.ts';
import type { RunBasis, RunRow } from '../store/tables.ts';
import type { ActiveRun } from './run-memory.ts';
import { weaveOf, workersOf } from './work-done.ts';

/** A run for lists: from its row, and while it goes on from what the runner counts. */
export function summaryOf(row: RunRow, active: ActiveRun | undefined): RunSummary {
  return {
    id: row.id,
    workspaceId: row.workspaceId,
    flowId: row.flowId,
    flowName: row.flowName,
    versionId: row.versionId,
    number: row.number,
    state: row.state,
    startedBy: row.startedBy,
    ...(row.trigger === null ? {} : { trigger: row.trigger }),
    ...(row.parent === null ? {} : { parent: parentOf(row.parent) }),
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.resumedAt == null ? {} : { resumedAt: row.resumedAt }),
    ...(row.basis == null ? {} : basisOf(row.basis)),
    progress: active === undefined ? row.progress : { ...active.progress },
    weave: active === undefined ? row.weave : weaveOf(active.work),
    workers: active === undefined ? row.workers : workersOf(active.work),
  };
}

function basisOf({ from, pinned, only }: RunBasis): Pick<RunSummary, 'from' | 'pinned' | 'only'> {
  return {
    ...(from === undefined ? {} : { from }),
    ...(pinned === undefined ? {} : { pinned: Object.keys(pinned) }),
    ...(only === undefined ? {} : { only }),
  };
}

function parentOf({ runId, stepId, path }: NonNullable<RunRow['parent']>): NonNullable<RunSummary['parent']> {
  return { runId, stepId, path };
}
