/**
 * How steps end, and what follows: the next steps, the end of an item or of the run; a failure goes outwards to what it fails.
 */
import { errorPort } from '../../shared/flows/graph.ts';
import { StepFailure, type Values } from '../../shared/flows/step-type.ts';
import { runName } from '../../shared/flows/steps/input.ts';
import type { RunState, StepError } from '../../shared/model/run.ts';
import { put } from '../store/store.ts';
import { runs, type StepMarks, type StepRow } from '../store/tables.ts';
import { type Batch, write } from './batch.ts';
import type { CompiledStep } from './compile.ts';
import { endHold, endHolds } from './holds/end-hold.ts';
import { itemDone } from './map-results.ts';
import { type Next, settle } from './plan.ts';
import { waitBefore } from './policy.ts';
import { type ActiveRun, isInside, keyOf, type OpenMap, type OpenStep, type Scope } from './run-memory.ts';
import type { WorkDeps } from './work-deps.ts';
import { weaveOf, workersOf } from './work-done.ts';

/** A step has begun. One that is no job has its time measured here; a job's is the engine's (J5). */
export function open(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  more?: Pick<OpenStep, 'map' | 'held'>,
): void {
  const key = keyOf(one.step.id, scope.path);
  run.open.set(key, { scope, one, row, ...more });
  const seconds = one.step.policy?.timeoutSeconds;
  if (seconds === undefined || one.type.executes === 'job') return;
  const left = (row.startedAt ?? deps.clock.now()) + seconds * 1_000 - deps.clock.now();
  deps.later(run, Math.max(0, left), { kind: 'timeout', key, row });
}

export function newRow(deps: WorkDeps, run: ActiveRun, scope: Scope, { step }: CompiledStep): StepRow {
  run.seq += 1;
  return {
    runId: run.row.id,
    stepId: step.id,
    path: scope.path,
    under: step.parent ?? '',
    state: 'ready',
    outputs: null,
    error: null,
    jobId: null,
    nodeId: null,
    items: null,
    summary: null,
    attempts: 0,
    readyAt: deps.clock.now(),
    startedAt: null,
    finishedAt: null,
    seq: run.seq,
  };
}

export function succeed(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  outputs: Values,
  kept: Values,
  batch: Batch,
): void {
  row.summary = (one.type.summary?.(outputs, one.step.config as never) ?? '') || null;
  finish(deps, run, scope, one, row, 'succeeded', kept, batch);
}

/** A step has come to an end that the flow goes on from: it succeeded, or its failure leads somewhere. */
export function finish(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  state: 'succeeded' | 'failed',
  kept: Values,
  batch: Batch,
): void {
  row.state = state;
  row.outputs = kept;
  row.finishedAt ??= deps.clock.now();
  close(deps, run, row, batch);
  write(batch, row);
  scope.outputs.set(one.step.id, kept);
  settled(deps, run, scope, one, batch);
}

export function settled(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep, batch: Batch): void {
  if (scope.map === null && one.type.executes !== 'container') run.progress.done += 1;
  const outputs = scope.outputs.get(one.step.id);
  const index = scope.level.level.indexOf.get(one.step.id) ?? -1;
  const next = settle(scope.level.level, scope.progress, index, (port) => outputs?.[port] !== undefined);
  goOn(deps, run, scope, next, batch);
}

/** Takes what a settled step led to: ready steps become tasks, skipped ones rows. */
export function goOn(deps: WorkDeps, run: ActiveRun, scope: Scope, next: Next, batch: Batch): void {
  for (const step of next.skipped) skip(deps, run, scope, step, batch);
  for (const step of next.ready) run.tasks.push({ kind: 'start', scope, step });
  if (scope.progress.open === 0 && !scope.closed) closeScope(deps, run, scope, batch);
}

function skip(deps: WorkDeps, run: ActiveRun, scope: Scope, step: number, batch: Batch): void {
  const one = scope.level.steps[step];
  if (one === undefined) return;
  if (scope.map === null) run.progress.done += 1;
  if (scope.found.has(one.step.id)) return;
  write(batch, { ...newRow(deps, run, scope, one), state: 'skipped', finishedAt: deps.clock.now() });
}

function closeScope(deps: WorkDeps, run: ActiveRun, scope: Scope, batch: Batch): void {
  scope.closed = true;
  if (scope.map === null) endRun(deps, run, 'succeeded', null, batch);
  else itemDone(run, scope.map, scope, { ok: true });
}

export const unknownError: StepError = { code: 'step_failed', message: 'The step failed' };

export function inWords(deps: WorkDeps, error: unknown, { step }: CompiledStep): StepError {
  if (error instanceof StepFailure) {
    return { code: error.code, message: error.message, ...(error.next === undefined ? {} : { next: error.next }) };
  }
  deps.unexpected(error, `Step ${step.id} of type ${step.type}`);
  return {
    code: 'step_broken',
    message: 'This step met an error that it does not know.',
    next: 'See the log of the host.',
  };
}

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
  if (one.type.executes === 'hold' && (row.marks?.tries ?? 0) + 1 < (policy?.attempts ?? 1)) {
    const tries = (row.marks?.tries ?? 0) + 1;
    tryAgain(deps, run, scope, one, row, { tries }, waitBefore(policy, tries), batch);
  } else if (policy?.onError === 'default') {
    row.marks = { ...row.marks, usedDefault: true };
    row.cacheKey = null;
    const outputs = policy.defaultOutputs ?? {};
    succeed(deps, run, scope, one, row, outputs, await deps.values.keep(outputs), batch);
  } else if (policy?.onError === 'port') {
    finish(deps, run, scope, one, row, 'failed', await deps.values.keep({ [errorPort.name]: { ...error } }), batch);
  } else if (mayTryItemAgain(scope)) {
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
    ...(isMap ? {} : { startedAt: null }),
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

/** Ends what is still open in a scope, or in all items of a Map. */
function cancelInside(deps: WorkDeps, run: ActiveRun, around: Scope | OpenMap, batch: Batch): void {
  for (const step of [...run.open.values()]) {
    if (isInside(step.scope, around)) cancelOpen(deps, run, step.row, batch);
  }
}

function cancelOpen(deps: WorkDeps, run: ActiveRun, row: StepRow, batch: Batch): void {
  row.state = 'cancelled';
  row.finishedAt = deps.clock.now();
  close(deps, run, row, batch);
  write(batch, row);
  if (row.jobId !== null) batch.cancelJobs.push(row.jobId);
}

function close(deps: WorkDeps, run: ActiveRun, row: StepRow, batch: Batch): void {
  const key = keyOf(row.stepId, row.path);
  const held = run.open.get(key)?.held;
  run.open.delete(key);
  if (held !== undefined) endHold(deps, row, held, batch);
}

export function endRun(
  deps: WorkDeps,
  run: ActiveRun,
  state: Exclude<RunState, 'running' | 'waiting'>,
  error: StepError | null,
  batch: Batch,
): void {
  if (batch.ends) return;
  batch.ends = true;
  run.top.closed = true;
  endHolds(deps, run, batch);
  for (const { row } of [...run.open.values()]) cancelOpen(deps, run, row, batch);
  Object.assign(run.row, {
    state,
    error,
    outputs: outputsOfRun(run),
    finishedAt: deps.clock.now(),
    progress: { ...run.progress },
    weave: weaveOf(run.work),
    workers: workersOf(run.work),
  });
  batch.changes.push(put(runs, { ...run.row }));
}

function outputsOfRun(run: ActiveRun): Values {
  const outputs = run.top.level.steps.filter(({ step }) => step.type === 'output');
  return Object.fromEntries(
    outputs.flatMap(({ step }) => {
      const value = run.top.outputs.get(step.id)?.['value'];
      return value === undefined ? [] : [[runName(step), value]];
    }),
  );
}
