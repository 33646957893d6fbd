/**
 * What the runner does with a run, task by task: starts steps, takes what jobs answered, feeds Maps, ends the run. Changes
 * gather in a batch; nothing here waits for the store, and nothing is visible before the batch is committed.
 */

import type { Clock } from '../../shared/clock.ts';
import { StepFailure, type Values } from '../../shared/flows/step-type.ts';
import { runName } from '../../shared/flows/steps/input.ts';
import { defaultRetry, type Job } from '../../shared/model/job.ts';
import { finishedStepStates, type ItemCounts, type RunState, type StepError } from '../../shared/model/run.ts';
import { isBlobRef, limits } from '../../shared/model/values.ts';
import type { FinishedJob, NewJob } from '../services.ts';
import { put } from '../store/store.ts';
import { runs, type StepRow } from '../store/tables.ts';
import { type Batch, show, write } from './batch.ts';
import type { CompiledStep } from './compile.ts';
import { edgesInto, gather, type Sources } from './inputs.ts';
import { type Next, settle } from './plan.ts';
import {
  type ActiveRun,
  isClosed,
  isInside,
  keyOf,
  type OpenMap,
  openItem,
  type Scope,
  type Task,
} from './run-memory.ts';
import { type RunValues, sizeUpTo } from './values.ts';
import { addWork, weaveOf, workersOf } from './work-done.ts';

export interface WorkDeps {
  readonly clock: Clock;
  readonly values: RunValues;
  /** Told of errors that are nobody's mistake but ours. */
  unexpected(error: unknown, what: string): void;
  job(jobId: string): Promise<Job | null>;
  /** Rejects a StepFailure where the inputs name a file that is not of the run's workspace. */
  checkFiles(run: ActiveRun, inputs: Values): Promise<void>;
  /** Rows inside a Map instance, by item and step, where a run is taken up again. */
  foundItems(run: ActiveRun, mapId: string, path: string): Promise<ReadonlyMap<number, ReadonlyMap<string, StepRow>>>;
}

/** Performs one task. */
export async function perform(deps: WorkDeps, run: ActiveRun, task: Task, batch: Batch): Promise<void> {
  switch (task.kind) {
    case 'start':
      if (!isClosed(task.scope)) await startStep(deps, run, task.scope, task.step, batch);
      return;
    case 'job':
      await takeResult(deps, run, task.key, task.finished, batch);
      return;
    case 'items':
      if (!isClosed(task.map.scope)) await feed(deps, run, task.map, batch);
      return;
    case 'cancel':
      batch.after.push(task.done);
      endRun(deps, run, 'cancelled', null, batch);
  }
}

// ---- steps ----

async function startStep(deps: WorkDeps, run: ActiveRun, scope: Scope, step: number, batch: Batch): Promise<void> {
  const one = scope.level.steps[step];
  if (one === undefined) return;
  const found = scope.found.get(one.step.id);
  if (found !== undefined && finishedStepStates.includes(found.state)) {
    takeFound(deps, run, scope, one, found, batch);
    return;
  }
  const row = found ?? newRow(deps, run, scope, one);
  if (found?.jobId != null) {
    await takeJob(deps, run, scope, one, row, found.jobId, batch);
    return;
  }
  try {
    const { inputs, config } = gather(scope.level, one, await sourcesOf(deps, run, scope, one));
    await execute(deps, run, scope, one, row, inputs, config, batch);
  } catch (error) {
    failStep(deps, run, scope, one, row, inWords(deps, error, one), batch);
  }
}

async function execute(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  inputs: Values,
  config: Values,
  batch: Batch,
): Promise<void> {
  const context = { stepId: one.step.id, runInputs: run.row.inputs as Values, name: one.step.name };
  switch (one.type.executes) {
    case 'inline': {
      row.startedAt = deps.clock.now();
      const outputs = one.type.run(context, inputs, config);
      const kept = deps.values.keep(outputs);
      succeed(deps, run, scope, one, row, outputs, kept instanceof Promise ? await kept : kept, batch);
      return;
    }
    case 'job': {
      await deps.checkFiles(run, inputs);
      open(run, scope, one, row);
      batch.jobs.push({ job: newJob(run, one, one.type.job(config, inputs, context), scope.path), row });
      show(batch, row);
      return;
    }
    case 'container':
      await openMap(deps, run, scope, one, row, inputs, config, batch);
  }
}

function newJob(run: ActiveRun, { step }: CompiledStep, job: Omit<NewJob, 'origin'>, path: string): NewJob {
  const { policy, placement } = step;
  const attempts = policy?.attempts ?? 1;
  return {
    ...job,
    label: (job.label ?? step.name).slice(0, 200),
    requires: { ...job.requires, ...placement },
    runSeconds: policy?.timeoutSeconds ?? job.runSeconds ?? 60,
    ...(attempts > 1
      ? { retry: { ...defaultRetry, attempts, retryOn: ['node', 'job'] as const satisfies string[] } }
      : {}),
    origin: { runId: run.row.id, stepId: step.id, path },
  };
}

/** A step whose job was given away before the host went away: its result is there already, or will come. */
async function takeJob(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  jobId: string,
  batch: Batch,
): Promise<void> {
  open(run, scope, one, row);
  show(batch, row);
  const job = await deps.job(jobId);
  if (job !== null && job.finishedAt !== null) {
    await takeResult(deps, run, keyOf(one.step.id, scope.path), { job, nodeId: job.nodeId }, batch);
  }
}

function open(run: ActiveRun, scope: Scope, one: CompiledStep, row: StepRow): void {
  run.open.set(keyOf(one.step.id, scope.path), { scope, one, row });
}

function newRow(deps: WorkDeps, run: ActiveRun, scope: Scope, { step }: CompiledStep): StepRow {
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

/** A step that had finished before the host went away: it counts, and is not written again (F1). */
function takeFound(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep, row: StepRow, batch: Batch): void {
  if (row.state === 'failed') {
    failed(deps, run, scope, one, row.error ?? unknownError, batch);
    return;
  }
  if (row.state === 'succeeded') scope.outputs.set(one.step.id, (row.outputs ?? {}) as Values);
  if (scope.map === null && row.items !== null) countItems(run, row.items);
  settled(deps, run, scope, one, batch);
}

function countItems(run: ActiveRun, items: ItemCounts): void {
  run.progress.total += items.total - 1;
  run.progress.done += items.done;
  run.progress.failed += items.failed;
}

function succeed(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  outputs: Values,
  kept: Values,
  batch: Batch,
): void {
  row.state = 'succeeded';
  row.outputs = kept;
  row.finishedAt ??= deps.clock.now();
  row.summary = (one.type.summary?.(outputs, one.step.config as never) ?? '') || null;
  close(run, row);
  write(batch, row);
  scope.outputs.set(one.step.id, kept);
  settled(deps, run, scope, one, batch);
}

function settled(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep, batch: Batch): void {
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

// ---- failure ----

const unknownError: StepError = { code: 'step_failed', message: 'The step failed' };

function inWords(deps: WorkDeps, error: unknown, { step }: CompiledStep): StepError {
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

function failStep(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  error: StepError,
  batch: Batch,
): void {
  row.state = 'failed';
  row.error = error;
  row.finishedAt ??= deps.clock.now();
  close(run, row);
  write(batch, row);
  failed(deps, run, scope, one, error, batch);
}

/** A failed step fails its run; inside a Map, its item, and what that means is the Map's policy. */
function failed(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep, error: StepError, batch: Batch): void {
  const { map } = scope;
  if (map === null) {
    run.progress.failed += 1;
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
  const outer = run.open.get(keyOf(map.one.step.id, map.scope.path));
  if (outer === undefined) return;
  const message = `Item ${scope.index + 1}: ${error.message}`;
  failStep(deps, run, map.scope, map.one, outer.row, { ...error, message }, batch);
}

/** Ends what is still open in a scope. */
function cancelInside(deps: WorkDeps, run: ActiveRun, scope: Scope, batch: Batch): void {
  for (const step of [...run.open.values()]) {
    if (isInside(step.scope, scope)) cancelOpen(deps, run, step.row, batch);
  }
}

function cancelOpen(deps: WorkDeps, run: ActiveRun, row: StepRow, batch: Batch): void {
  row.state = 'cancelled';
  row.finishedAt = deps.clock.now();
  close(run, row);
  write(batch, row);
  if (row.jobId !== null) batch.cancelJobs.push(row.jobId);
}

function close(run: ActiveRun, row: StepRow): void {
  run.open.delete(keyOf(row.stepId, row.path));
}

// ---- jobs ----

async function takeResult(
  deps: WorkDeps,
  run: ActiveRun,
  key: string,
  { job, nodeId }: FinishedJob,
  batch: Batch,
): Promise<void> {
  const step = run.open.get(key);
  if (step === undefined || isClosed(step.scope)) return;
  const { scope, one, row } = step;
  Object.assign(row, {
    jobId: job.id,
    nodeId,
    attempts: job.attempts.length,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
  });
  if (nodeId !== null) addWork(run.work, row, nodeId, timeOf(job));
  if (job.state !== 'succeeded') return failStep(deps, run, scope, one, row, jobError(job), batch);
  try {
    const outputs = outputsFrom(one, await deps.values.load(job.result));
    succeed(deps, run, scope, one, row, outputs, await deps.values.keep(outputs), batch);
  } catch (error) {
    failStep(deps, run, scope, one, row, inWords(deps, error, one), batch);
  }
}

function outputsFrom({ type, step }: CompiledStep, result: unknown): Values {
  return type.executes === 'job' ? type.fromResult(result, step.config) : {};
}

function jobError(job: Job): StepError {
  if (job.state === 'cancelled')
    return { code: 'job_cancelled', message: 'Its job was cancelled.', next: 'Run the flow again.' };
  if (job.error === undefined) return unknownError;
  const tries = job.attempts.length > 1 ? ` (tried ${job.attempts.length} times)` : '';
  return { code: job.error.code, message: `${job.error.message}${tries}` };
}

function timeOf(job: Job): number {
  const last = job.attempts.at(-1);
  return (job.finishedAt ?? 0) - (job.startedAt ?? last?.assignedAt ?? job.finishedAt ?? 0);
}

// ---- Maps ----

async function openMap(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  inputs: Values,
  config: Values,
  batch: Batch,
): Promise<void> {
  if (one.type.executes !== 'container') return;
  const items = inputs['items'];
  if (!Array.isArray(items))
    throw new StepFailure('input_wrong', 'A list of items is needed.', 'Wire a list to "Items".');
  if (items.length > limits.mapItems) {
    throw new StepFailure(
      'map_too_large',
      `This list has ${items.length} items; ${limits.mapItems} is the most.`,
      'Split the list.',
    );
  }
  const isNew = row.startedAt === null;
  row.state = 'running';
  row.startedAt ??= deps.clock.now();
  row.items = { total: items.length, done: 0, failed: 0, running: 0 };
  const map: OpenMap = {
    scope,
    one,
    items,
    limits: one.type.limits(config),
    counts: row.items,
    next: 0,
    results: items.map(() => ({})),
    resultBytes: 0,
    found: isNew ? new Map() : await deps.foundItems(run, one.step.id, scope.path),
  };
  open(run, scope, one, row);
  if (isNew) write(batch, row);
  if (scope.map === null) run.progress.total += items.length - 1;
  run.tasks.push({ kind: 'items', map });
}

/** Opens items up to the Map's bound; at the end, gives its results. */
async function feed(deps: WorkDeps, run: ActiveRun, map: OpenMap, batch: Batch): Promise<void> {
  while (map.next < map.items.length && map.counts.running < map.limits.concurrency) {
    const { scope, next } = openItem(run.flow, map, map.next);
    map.next += 1;
    map.counts.running += 1;
    goOn(deps, run, scope, next, batch);
  }
  const step = run.open.get(keyOf(map.one.step.id, map.scope.path));
  if (step === undefined) return;
  show(batch, step.row);
  if (map.resultBytes > mostResultBytes) {
    failStep(deps, run, map.scope, map.one, step.row, resultsTooLarge, batch);
    return;
  }
  if (map.next < map.items.length || map.counts.running > 0) return;
  const outputs = { results: await assemble(deps, map) };
  succeed(deps, run, map.scope, map.one, step.row, outputs, await deps.values.keep(outputs), batch);
}

function itemDone(run: ActiveRun, map: OpenMap, scope: Scope, outcome: { ok: boolean }): void {
  map.counts.running -= 1;
  map.counts[outcome.ok ? 'done' : 'failed'] += 1;
  if (map.scope.map === null) run.progress[outcome.ok ? 'done' : 'failed'] += 1;
  const result = map.results[scope.index];
  const edge = scope.level.results.get('result');
  const value = edge === undefined ? undefined : innerValue(scope, edge.from.step, edge.from.port);
  if (result !== undefined && outcome.ok && value !== undefined) {
    result.value = value;
    map.resultBytes += isBlobRef(value) ? value.size : sizeUpTo(value, mostResultBytes);
  }
  if (result !== undefined && !outcome.ok && map.limits.onItemError === 'null') result.value = null;
  run.tasks.push({ kind: 'items', map });
}

function innerValue(scope: Scope, stepId: string, port: string): unknown {
  const isOwn = stepId === scope.map?.one.step.id;
  return (isOwn ? scope.inner : scope.outputs.get(stepId))?.[port];
}

async function assemble(deps: WorkDeps, map: OpenMap): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const result of map.results) {
    if ('value' in result) values.push(isBlobRef(result.value) ? await deps.values.load(result.value) : result.value);
  }
  return values;
}

/** All results of a Map are held at once when they are put together (S10). */
const mostResultBytes = 64 * 1024 * 1024;
const resultsTooLarge: StepError = {
  code: 'results_too_large',
  message: 'The results of the items are larger than 64 MiB together.',
  next: 'Let each item give less, for example with Transform.',
};

// ---- values ----

/** What a step may read; large values that it needs are loaded first. */
async function sourcesOf(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep): Promise<Sources> {
  const needed = new Set([...edgesInto(scope.level, one.step.id).map(({ from }) => from.step), ...one.mentions]);
  const loaded = new Map<string, Values>();
  for (const id of needed) {
    const outputs = outputsIn(scope, id);
    if (outputs !== undefined && Object.values(outputs).some(isBlobRef)) loaded.set(id, await loadAll(deps, outputs));
  }
  return {
    outputsOf: (id) => loaded.get(id) ?? outputsIn(scope, id),
    inner: scope.inner,
    runInputs: run.row.inputs as Values,
  };
}

function outputsIn(scope: Scope, id: string): Values | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const outputs = at.outputs.get(id);
    if (outputs !== undefined) return outputs;
  }
  return undefined;
}

async function loadAll(deps: WorkDeps, outputs: Values): Promise<Values> {
  const entries = Object.entries(outputs).map(async ([port, value]) => [port, await deps.values.load(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

// ---- the end ----

export function endRun(
  deps: WorkDeps,
  run: ActiveRun,
  state: Exclude<RunState, 'running'>,
  error: StepError | null,
  batch: Batch,
): void {
  if (batch.ends) return;
  batch.ends = true;
  run.top.closed = true;
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
