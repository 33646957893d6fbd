/** F7: what changes in the store when a run that has ended goes on. */
import { AppError } from '../../shared/errors.ts';
import { type Change, put, remove, type Store } from '../store/store.ts';
import { type RunRow, runs, type StepRow, steps } from '../store/tables.ts';
import { downstreamOf } from './basis.ts';
import type { CompiledFlow } from './compile.ts';

/**
 * The run as it goes on: rows up to `seq` that failed or were cancelled are done again (policy.ts, isStale), so nothing else
 * has to be written, however many items there are.
 */
export function takenUpAgain(row: RunRow, now: number, seq: number): { row: RunRow; changes: Change[] } {
  const again: RunRow = {
    ...row,
    state: 'running',
    error: null,
    outputs: null,
    finishedAt: null,
    resumedAt: now,
    resumedSeq: seq,
  };
  return { row: again, changes: [put(runs, again)] };
}

/** Opens a Map at the top again for its failed items; what came after it is forgotten. Rejects `bad_request`, `conflict`. */
export async function reopenMap(store: Store, runId: string, flow: CompiledFlow, mapId: string): Promise<Change[]> {
  const one = flow.steps.get(mapId);
  if (one?.type.executes !== 'container' || one.step.parent !== undefined)
    throw new AppError('bad_request', `"${mapId}" is no Map at the top of the flow`);
  const row = await store.get(steps, { runId, stepId: mapId, path: '' });
  if (row === null || (row.items?.failed ?? 0) === 0) throw new AppError('conflict', 'No item of this Map has failed');
  const after = downstreamOf(flow, mapId);
  after.delete(mapId);
  return [remove(steps, { runId, stepId: [...after, ...insideOf(flow, after)] }), put(steps, reopened(row))];
}

function reopened(row: StepRow): StepRow {
  return { ...row, state: 'running', outputs: null, error: null, summary: null, finishedAt: null, marks: null };
}

function insideOf(flow: CompiledFlow, around: ReadonlySet<string>): string[] {
  const inside = new Set<string>();
  for (const { step } of flow.steps.values()) {
    for (let at = step; at.parent !== undefined; ) {
      if (around.has(at.parent)) inside.add(step.id);
      const above = flow.steps.get(at.parent);
      if (above === undefined) break;
      at = above.step;
    }
  }
  return [...inside];
}
