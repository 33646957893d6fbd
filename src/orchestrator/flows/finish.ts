/** How steps begin and end, and what follows: the next steps, the end of an item or of the run. */
import { StepFailure, type Values } from '../../shared/flows/step-type.ts';
import { runName } from '../../shared/flows/steps/input.ts';
import type { RunState, StepError } from '../../shared/model/run.ts';
import { put } from '../store/store.ts';
import { runs, type StepRow } from '../store/tables.ts';
import { type Batch, write } from './batch.ts';
import type { CompiledStep } from './compile.ts';
import { endHold, endHolds } from './holds/end-hold.ts';
import { itemDone } from './map-results.ts';
import { type Next, settle } from './plan.ts';
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

/** Ends what is still open in a scope, or in all items of a Map. */
export function cancelInside(deps: WorkDeps, run: ActiveRun, around: Scope | OpenMap, batch: Batch): void {
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

export function close(deps: WorkDeps, run: ActiveRun, row: StepRow, batch: Batch): void {
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
