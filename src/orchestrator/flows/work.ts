/**
 * What the runner does with a run, task by task: starts steps, takes what jobs answered, feeds Maps, ends the run. Changes
 * gather in a batch; nothing here waits for the store, and nothing is visible before the batch is committed.
 */
import type { StepJob, Values } from '../../shared/flows/step-type.ts';
import type { Job } from '../../shared/model/job.ts';
import { finishedStepStates, type ItemCounts, type StepError } from '../../shared/model/run.ts';
import type { FinishedJob, NewJob } from '../services.ts';
import type { StepRow } from '../store/tables.ts';
import { type Batch, show } from './batch.ts';
import { signatureOf } from './cache.ts';
import type { CompiledStep } from './compile.ts';
import { failed, failStep, jobCancelled } from './failing.ts';
import { endRun, finish, inWords, newRow, open, settled, succeed, unknownError } from './finish.ts';
import { isFullDisk } from './full-disk.ts';
import { openHold, releaseHold, reopenHold } from './holds/holds.ts';
import { gather } from './inputs.ts';
import { feed, openMap } from './items.ts';
import { isCached, isStale, jobRetryOf } from './policy.ts';
import { type ActiveRun, isClosed, keyOf, type Scope, type Task } from './run-memory.ts';
import { sourcesOf } from './sources.ts';
import type { WorkDeps } from './work-deps.ts';
import { addWork } from './work-done.ts';

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
      if (!task.map.closed && !isClosed(task.map.scope)) await feed(deps, run, task.map, batch);
      return;
    case 'timeout':
      await timeOut(deps, run, task.key, task.row, batch);
      return;
    case 'release':
      await releaseHold(deps, run, task, batch);
      return;
    case 'cancel':
      batch.after.push(task.done);
      endRun(deps, run, 'cancelled', null, batch);
  }
}

async function startStep(deps: WorkDeps, run: ActiveRun, scope: Scope, step: number, batch: Batch): Promise<void> {
  const one = scope.level.steps[step];
  if (one === undefined) return;
  const found = scope.found.get(one.step.id);
  const again = found !== undefined && isStale(found, scope.stale);
  if (found !== undefined && !again && finishedStepStates.includes(found.state)) {
    await takeFound(deps, run, scope, one, found, batch);
    return;
  }
  const row =
    found === undefined ? newRow(deps, run, scope, one) : again ? redone(deps, run, scope, one, found) : found;
  const pin = run.row.basis?.pinned?.[one.step.id];
  if (pin !== undefined) {
    takePin(deps, run, scope, one, row, pin, batch);
    return;
  }
  if (!again && found?.jobId != null) {
    await takeJob(deps, run, scope, one, row, found.jobId, batch);
    return;
  }
  const held = again || run.holds.size === 0 ? undefined : run.holds.get(keyOf(one.step.id, scope.path));
  try {
    if (held !== undefined) return await reopenHold(deps, run, { scope, one, row }, held, batch);
    const { inputs, config } = gather(scope.level, one, await sourcesOf(deps, run, scope, one));
    await execute(deps, run, scope, one, row, inputs, config, batch);
  } catch (error) {
    if (isFullDisk(error)) throw error; // The run is taken up again when there is room.
    await failStep(deps, run, scope, one, row, inWords(deps, error, one), batch);
  }
}

/** A fresh row in the place of one that failed or was cancelled. A Map that has begun looks for what its items had come to. */
function redone(deps: WorkDeps, run: ActiveRun, scope: Scope, one: CompiledStep, found: StepRow): StepRow {
  const row = newRow(deps, run, scope, one);
  const hasItems = one.type.executes === 'container' && found.startedAt !== null;
  return hasItems ? { ...row, startedAt: deps.clock.now() } : row;
}

/** F7: the outputs that were given when the run was started stand instead of executing the step. */
function takePin(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  pin: Values,
  batch: Batch,
): void {
  row.startedAt = deps.clock.now();
  row.marks = { ...row.marks, pinned: true };
  if (one.type.executes === 'container' && scope.map === null) run.progress.done += 1;
  finish(deps, run, scope, one, row, 'succeeded', pin, batch);
}

async function timeOut(deps: WorkDeps, run: ActiveRun, key: string, row: StepRow, batch: Batch): Promise<void> {
  const step = run.open.get(key);
  if (step === undefined || step.row !== row || isClosed(step.scope)) return;
  const seconds = step.one.step.policy?.timeoutSeconds ?? 0;
  const message = `It took longer than ${seconds} second${seconds === 1 ? '' : 's'}.`;
  const error = { code: 'step_timeout', message, next: 'Give it more time in "If it fails".' };
  await failStep(deps, run, step.scope, step.one, row, error, batch);
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
  const { inputs: runInputs, createdAt: startedAt } = run.row;
  const context = { stepId: one.step.id, runInputs: runInputs as Values, startedAt, name: one.step.name };
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
      const job = one.type.job(config, inputs, context);
      if (isCached(one) && (await takeCached(deps, run, scope, one, row, config, job, batch))) return;
      open(deps, run, scope, one, row);
      batch.jobs.push({ job: newJob(run, one, job, scope.path), row });
      show(batch, row);
      return;
    }
    case 'hold':
      openHold(deps, run, { scope, one, row }, one.type.hold(config, inputs, context), batch);
      return;
    case 'container':
      await openMap(deps, run, scope, one, row, inputs, config, batch);
  }
}

/** F6: the finished result of an earlier step with the same signature. False where there is none. */
async function takeCached(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  config: Values,
  job: StepJob,
  batch: Batch,
): Promise<boolean> {
  row.cacheKey = signatureOf(run.row.workspaceId, one, config, job);
  const hit = await deps.cached(row.cacheKey);
  if (hit === null) return false;
  row.startedAt = deps.clock.now();
  row.marks = { ...row.marks, cachedFrom: hit.marks?.cachedFrom ?? { runId: hit.runId } };
  row.summary = hit.summary;
  finish(deps, run, scope, one, row, 'succeeded', (hit.outputs ?? {}) as Values, batch);
  return true;
}

function newJob(run: ActiveRun, { step }: CompiledStep, job: Omit<NewJob, 'origin'>, path: string): NewJob {
  const { policy, placement } = step;
  const retry = jobRetryOf(policy);
  return {
    ...job,
    label: (job.label ?? step.name).slice(0, 200),
    requires: { ...job.requires, ...placement },
    runSeconds: policy?.timeoutSeconds ?? job.runSeconds ?? 60,
    ...(retry === undefined ? {} : { retry }),
    ...(policy?.queueSeconds === undefined ? {} : { queueSeconds: policy.queueSeconds }),
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
  open(deps, run, scope, one, row);
  show(batch, row);
  const job = await deps.job(jobId);
  if (job !== null && job.finishedAt !== null) {
    await takeResult(deps, run, keyOf(one.step.id, scope.path), { job, nodeId: job.nodeId }, batch);
  }
}

/** A step that had finished before the host went away: it counts, and is not written again (F1). */
async function takeFound(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  batch: Batch,
): Promise<void> {
  if (scope.map === null && row.items !== null) countItems(run, row.items);
  if (row.state === 'failed' && row.outputs === null) {
    await failed(deps, run, scope, one, row.error ?? unknownError, batch);
    return;
  }
  if (row.outputs !== null) scope.outputs.set(one.step.id, row.outputs as Values);
  const asOne = one.type.executes === 'container' && row.items === null;
  if (scope.map === null && asOne && row.state !== 'skipped') run.progress.done += 1;
  settled(deps, run, scope, one, batch);
}

function countItems(run: ActiveRun, items: ItemCounts): void {
  run.progress.total += items.done + items.failed - 1;
  run.progress.done += items.done;
  run.progress.failed += items.failed;
}

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
    attempts: row.attempts + job.attempts.length,
    startedAt: job.startedAt,
    finishedAt: job.finishedAt,
  });
  if (nodeId !== null) addWork(run.work, row, nodeId, timeOf(job));
  if (job.state !== 'succeeded') return await failStep(deps, run, scope, one, row, jobError(job), batch);
  try {
    const outputs = outputsFrom(one, await deps.values.load(job.result));
    succeed(deps, run, scope, one, row, outputs, await deps.values.keep(outputs), batch);
  } catch (error) {
    if (isFullDisk(error)) throw error; // The run is taken up again when there is room.
    await failStep(deps, run, scope, one, row, inWords(deps, error, one), batch);
  }
}

function outputsFrom({ type, step }: CompiledStep, result: unknown): Values {
  return type.executes === 'job' ? type.fromResult(result, step.config) : {};
}

function jobError(job: Job): StepError {
  if (job.state === 'cancelled')
    return { code: jobCancelled, message: 'Its job was cancelled.', next: 'Run the flow again.' };
  if (job.error === undefined) return unknownError;
  const tries = job.attempts.length > 1 ? ` (tried ${job.attempts.length} times)` : '';
  return { code: job.error.code, message: `${job.error.message}${tries}` };
}

function timeOf(job: Job): number {
  const last = job.attempts.at(-1);
  return (job.finishedAt ?? 0) - (job.startedAt ?? last?.assignedAt ?? job.finishedAt ?? 0);
}
