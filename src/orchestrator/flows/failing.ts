/** What the failure of a step leads to: another try, what its policy gives instead, or the failure of what is around it (F5). */
import { errorPort } from '../../shared/flows/graph.ts';
import type { StepError } from '../../shared/model/run.ts';
import type { StepMarks, StepRow } from '../store/tables.ts';
import { type Batch, write } from './batch.ts';
import type { CompiledStep } from './compile.ts';
import { cancelInside, close, endRun, finish, succeed } from './finish.ts';
import { itemDone } from './map-results.ts';
import { waitBefore } from './policy.ts';
import { type ActiveRun, keyOf, type Scope } from './run-memory.ts';
import type { WorkDeps } from './work-deps.ts';

export const jobCancelled = 'job_cancelled';

/**
 * What a failure leads to, from the inside out: the step's own next try, what its policy gives instead (F5), the next try
 * of its item, and then the failure of the item or of the run.
 */
export async function failStep(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  error: StepError,
  batch: Batch,
): Promise<void> {
  const { policy } = one.step;
  closeItems(deps, run, scope, one, batch);
  row.error = error;
  const tries = (row.marks?.tries ?? 0) + 1;
  // What somebody has cancelled is not tried again (J3).
  const final = error.code === jobCancelled;
  if (!final && one.type.executes === 'hold' && tries < (policy?.attempts ?? 1)) {
    tryAgain(deps, run, scope, one, row, { tries }, waitBefore(policy, tries), batch);
  } else if (policy?.onError === 'default') {
    row.marks = { ...row.marks, usedDefault: true };
    row.cacheKey = null;
    const outputs = policy.defaultOutputs ?? {};
    succeed(deps, run, scope, one, row, outputs, await deps.values.keep(outputs), batch);
  } else if (policy?.onError === 'port') {
    finish(deps, run, scope, one, row, 'failed', await deps.values.keep({ [errorPort.name]: { ...error } }), batch);
  } else if (!final && mayTryItemAgain(scope)) {
    scope.tries += 1;
    const marks = { itemTries: (row.marks?.itemTries ?? 0) + 1, tries: 0 };
    tryAgain(deps, run, scope, one, row, marks, waitBefore(scope.map?.one.step.policy, scope.tries), batch);
  } else {
    row.state = 'failed';
    row.finishedAt ??= deps.clock.now();
    close(deps, run, row, batch);
    write(batch, row);
    await failed(deps, run, scope, one, error, batch);
  }
}

function mayTryItemAgain({ map, tries }: Scope): boolean {
  return map !== null && tries + 1 < (map.one.step.policy?.attempts ?? 1);
}

/** The step waits for its next try. In a Map that failed, what had finished stays; what failed is done again. */
function tryAgain(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  marks: Pick<StepMarks, 'tries' | 'itemTries'>,
  waitMs: number,
  batch: Batch,
): void {
  const isMap = one.type.executes === 'container';
  Object.assign(row, {
    state: 'ready',
    jobId: null,
    nodeId: null,
    finishedAt: null,
    error: null,
    // A Map that has begun looks for what its items had come to; its time begins anew.
    startedAt: isMap ? deps.clock.now() : null,
    marks: { ...row.marks, ...marks, ...(isMap ? { staleSeq: run.seq } : {}) },
  });
  close(deps, run, row, batch);
  write(batch, row);
  batch.full = true; // A Map reads again what this batch writes of its items.
  scope.found.set(one.step.id, { ...row });
  const step = scope.level.level.indexOf.get(one.step.id) ?? -1;
  if (waitMs === 0) run.tasks.push({ kind: 'start', scope, step });
  else deps.later(run, waitMs, { kind: 'start', scope, step });
}

/** Where the step is a Map: its items end with it. */
function closeItems(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep, batch: Batch): void {
  const map = run.open.get(keyOf(one.step.id, scope.path))?.map;
  if (map === undefined) return;
  map.closed = true;
  cancelInside(deps, run, map, batch);
  map.counts.running = 0;
  if (map.scope.map === null) run.progress.total -= map.counts.total - map.counts.done - map.counts.failed;
}

/** A failed step fails its run; inside a Map, its item, and what that means is the Map's policy. */
export async function failed(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  error: StepError,
  batch: Batch,
): Promise<void> {
  const { map } = scope;
  if (map === null) {
    if (one.type.executes !== 'container') run.progress.failed += 1;
    endRun(deps, run, 'failed', { ...error, message: `${one.step.name}: ${error.message}` }, batch);
    return;
  }
  scope.closed = true;
  cancelInside(deps, run, scope, batch);
  if (map.limits.onItemError !== 'fail') {
    itemDone(run, map, scope, { ok: false });
    return;
  }
  map.counts.failed += 1;
  if (map.scope.map === null) run.progress.failed += 1;
  const outer = run.open.get(keyOf(map.one.step.id, map.scope.path));
  if (outer === undefined) return;
  const message = `Item ${scope.index + 1}: ${error.message}`;
  await failStep(deps, run, map.scope, map.one, outer.row, { ...error, message }, batch);
}
