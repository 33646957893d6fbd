import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Values } from '../../shared/flows/step-type.ts';
import { runName } from '../../shared/flows/steps/input.ts';
import { refusal, validateFlow } from '../../shared/flows/validate.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import { runLimitOf } from '../../shared/model/flow-settings.ts';
import { finishedJobStates } from '../../shared/model/job.ts';
import { isRunOver } from '../../shared/model/run.ts';
import type { BlobStore, FlowService, LiveHub, RunService } from '../services.ts';
import { patch, put, type Store } from '../store/store.ts';
import { holds as holdTable, jobs as jobTable, type RunRow, runs, type StepRow, steps } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { createTurns } from '../turns.ts';
import { createAnnouncer } from './announce.ts';
import { cutFlow, startFrom } from './basis.ts';
import { readBefore } from './before.ts';
import { createChildren, endingOf } from './children.ts';
import { type CompiledFlow, compileFlow } from './compile.ts';
import { createEndings } from './endings.ts';
import { createHoldDesk } from './holds/desk.ts';
import { reopenMap, takenUpAgain } from './resume.ts';
import { readRunInputs } from './run-inputs.ts';
import { createRunLine } from './run-line.ts';
import { keyOf } from './run-memory.ts';
import { flowOf, getRow, lastRuns, listRuns, listSteps, runDetail, runValue, stepDetail } from './run-queries.ts';
import { summaryOf } from './run-summary.ts';
import { type Before, createRunner, type RunnerJobs } from './runner.ts';
import { type StartRun, triggerRows } from './start-run.ts';
import { createRunValues } from './values.ts';
import { noWork } from './work-done.ts';

export interface RunServiceDeps {
  readonly store: Store;
  readonly jobs: RunnerJobs;
  readonly blobs: Pick<BlobStore, 'put' | 'open'>;
  readonly live: LiveHub;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: IdSource;
  /** For Sub-flow steps; where it is left out, there are no other flows. */
  readonly flows?: Pick<FlowService, 'freeze'>;
  /** Told of approvals that were asked for, decided or withdrawn. */
  approvalsChanged?(ids: readonly string[]): void;
  /** Told of errors that are nobody's mistake but the program's. */
  unexpected(error: unknown, what: string): void;
}

/** Runs of flows: starts them, goes on with them after a restart (F2), answers what is asked of them. */
export function createRunService(deps: RunServiceDeps): RunService {
  const { store, jobs, clock, timers } = deps;
  const values = createRunValues(deps.blobs);
  const announce = createAnnouncer(deps.live, timers);
  const children = createChildren({
    ...{ store, values, timers, unexpected: deps.unexpected },
    flows: deps.flows ?? noFlows,
    start: (what) => startRun(what),
    cancel: (runId) => cancelRun(runId).then(ignored, unlessOver),
    runner: () => runner,
  });
  const desk = createHoldDesk({
    ...{ clock, timers, ids: deps.ids },
    approvalsChanged: (ids) => deps.approvalsChanged?.(ids),
    startChild: children.start,
    cancelChild: children.cancel,
    runner: () => runner,
  });
  const endings = createEndings({ store, timers });
  const hasEnded = (row: RunRow) => {
    line.leave(row);
    endings.tell(row);
    children.ended(row);
  };
  const runner = createRunner({
    ...{ store, jobs, timers, announce, ended: hasEnded },
    work: { clock, values, holds: desk, unexpected: deps.unexpected },
  });
  const queries = { store, jobs, values, active: runner.active };
  const nextNumber = createNumbering(store);
  const checked = createChecker();
  const resuming = new Set<string>();

  /** One run that cannot go on holds up neither the others nor the host. */
  const resume = async (row: RunRow) => {
    try {
      const found = await readBefore(store, row.id);
      runner.begin(row, cutFlow(await flowOf(queries, row), row.basis, found.rows), found);
    } catch (error) {
      deps.unexpected(error, `Run ${row.id} cannot go on`);
      if (!(error instanceof AppError)) return line.leave(row);
      const failure = { code: error.code, message: error.message, next: 'Run the flow again.' };
      await over({ ...row, state: 'failed', error: failure, finishedAt: clock.now() });
    }
  };
  /** A run has ended that was not going on. */
  const over = async (row: RunRow) => {
    const { state, error, finishedAt } = row;
    await store.commit([patch(runs, { id: row.id }, { state, error, finishedAt })]);
    announce.run(row, () => summaryOf(row, undefined));
    hasEnded(row);
  };

  /** Runs in line whose turn has come, or that are being written. */
  const underway = new Map<string, Promise<unknown>>();
  const turns = createTurns();
  const line = createRunLine({
    cancel: (runId) => cancelRun(runId).then(ignored, unlessOver),
    admit: (runId) => {
      const admitted = (underway.get(runId) ?? Promise.resolve()).then(() => goOnInLine(runId));
      underway.set(
        runId,
        admitted.catch((error: unknown) => {
          deps.unexpected(error, `Run ${runId} waits on in line`);
          timers.after(admitAgainMs, () => line.admitAgain(runId));
        }),
      );
    },
  });
  const goOnInLine = async (runId: string) => {
    const row = await store.get(runs, { id: runId });
    if (row?.state === 'waiting') {
      await store.commit([patch(runs, { id: runId }, { state: 'running' })]);
      await resume({ ...row, state: 'running' });
    }
    underway.delete(runId);
  };

  const startRun = (what: StartRun) => {
    const { maxRuns } = runLimitOf(what.file);
    // Where there is a bound, one after the other, so that the order in line is that of the numbers.
    return maxRuns === null || what.flowId === null ? startNow(what) : turns.take(what.flowId, () => startNow(what));
  };
  const startNow = async (what: StartRun) => {
    const { workspaceId, flowId, version, file, options = {} } = what;
    const id = what.id ?? deps.ids.next('run');
    const from = await startFrom({ store, values }, { id, workspaceId }, checked(version.id, file), options);
    const inputs = readRunInputs(file, { ...inputsOf(file, from.inputs), ...what.inputs });
    const createdAt = clock.now();
    const rows = [...(await triggerRows(from.flow, values, { id, at: createdAt, given: what.given })), ...from.rows];
    const number = await nextNumber(workspaceId);
    const state = await line.enter({ id, flowId }, runLimitOf(file));
    const row: RunRow = {
      id,
      workspaceId,
      flowId,
      flowName: file.name,
      versionId: version.id,
      number,
      state,
      startedBy: what.startedBy,
      inputs,
      outputs: null,
      error: null,
      progress: { total: 0, done: 0, failed: 0 },
      weave: [],
      workers: {},
      trigger: what.trigger ?? null,
      parent: what.parent ?? null,
      createdAt,
      finishedAt: null,
      ...(from.basis === null ? {} : { basis: from.basis }),
    };
    const written = store.commit([put(runs, row), ...rows.map((step) => put(steps, step)), ...(what.alongside ?? [])]);
    if (state === 'waiting') underway.set(id, written.then(ignored, ignored));
    try {
      await written;
    } catch (error) {
      if (!line.withdraw(row)) line.leave(row);
      throw error;
    }
    if (state === 'running')
      return summaryOf(row, runner.begin(row, from.flow, rows.length === 0 ? undefined : standing(rows)));
    announce.run(row, () => summaryOf(row, undefined));
    return summaryOf(row, undefined);
  };
  const cancelRun = async (runId: string) => {
    const row = await getRow(queries, runId);
    if (row.state === 'waiting' && line.withdraw(row)) {
      await underway.get(runId);
      underway.delete(runId);
      const cancelled: RunRow = { ...row, state: 'cancelled', finishedAt: clock.now() };
      await over(cancelled);
      return summaryOf(cancelled, undefined);
    }
    await underway.get(runId);
    if (!(await runner.cancel(runId))) throw new AppError('run_finished');
    return summaryOf(await getRow(queries, runId), undefined);
  };
  /** A run whose Sub-flow step or agent does not wait for it any more. */
  const isOrphan = async ({ id, parent }: RunRow) => {
    if (parent === null) return false;
    const { runId, stepId, path, jobId } = parent;
    if (jobId !== undefined) {
      const job = await store.get(jobTable, { id: jobId });
      return job === null || finishedJobStates.includes(job.state);
    }
    const hold = await store.get(holdTable, { runId, stepId, path });
    return hold?.what.kind !== 'flow' || hold.what.runId !== id;
  };

  return {
    start: startRun,
    list: (workspaceId, page) => listRuns(queries, workspaceId, page),
    lastOf: (flowIds) => lastRuns(queries, flowIds),
    detail: (runId) => runDetail(queries, runId),
    steps: (runId, page) => listSteps(queries, runId, page),
    step: (runId, stepId, path) => stepDetail(queries, runId, stepId, path),
    value: (runId, which) => runValue(queries, runId, which),
    cancel: cancelRun,
    decide: ({ runId, stepId, path, approvalId, approved, note, by }) =>
      runner.release(runId, {
        key: keyOf(stepId, path),
        ...{ approvalId, deciderId: by.userId },
        ending: { by: 'decision', approved, note, decidedBy: by.name },
      }),
    async ended(runId, ms) {
      const row = await endings.wait(runId, ms);
      if (row === null) return null;
      const outputs = Object.entries((row.outputs ?? {}) as Values);
      const loaded = outputs.map(async ([name, value]) => [name, await values.load(value)] as const);
      return { run: summaryOf(row, undefined), outputs: Object.fromEntries(await Promise.all(loaded)) };
    },
    async below(child, signal) {
      const before = await store.get(runs, { id: child.id });
      if (before === null || !isRunOver(before.state)) await children.begin(child);
      const row = await endings.wait(child.id, longestWait, signal);
      signal.throwIfAborted();
      if (row === null) return null;
      const ending = await endingOf(values, row);
      return { ending, earlier: before !== null && isRunOver(before.state) };
    },
    async resume(runId, { failedItemsOf } = {}) {
      await runner.left(runId);
      const before = await getRow(queries, runId);
      if (!isRunOver(before.state) || resuming.has(runId)) throw new AppError('run_going_on');
      if (before.state === 'succeeded' && failedItemsOf === undefined) throw new AppError('run_succeeded');
      resuming.add(runId);
      try {
        const flow = await flowOf(queries, before);
        const reopened = failedItemsOf === undefined ? [] : await reopenMap(store, runId, flow, failedItemsOf);
        const again = takenUpAgain(before, clock.now(), await store.max(steps, 'seq', { runId }));
        await store.commit([...reopened, ...again.changes]);
        const found = await readBefore(store, runId);
        line.goesOn(again.row);
        return summaryOf(again.row, runner.begin(again.row, cutFlow(flow, again.row.basis, found.rows), found));
      } finally {
        resuming.delete(runId);
      }
    },
    async resumeAll() {
      const going = await store.list(runs, { where: { state: 'running' } });
      const inLine = await store.list(runs, { where: { state: 'waiting' } });
      for (const row of going) line.goesOn(row);
      for (const row of inLine.toSorted((one, other) => one.number - other.number))
        line.waits(row, runLimitOf((await flowOf(queries, row)).file));
      for (const row of going) await resume(row);
      for (const row of going) if (await isOrphan(row)) children.cancel(row.id);
      line.begin();
      await runner.endOrphans();
    },
    async stop() {
      desk.stop();
      children.stop();
      endings.stop();
      await runner.stop();
      announce.stop();
    },
  };
}

const admitAgainMs = 1_000;
/** Nobody waits longer for a run below, in milliseconds. */
const longestWait = 24 * 60 * 60 * 1_000;
const ignored = () => undefined;

/** What is to be cancelled may have ended meanwhile. */
function unlessOver(error: unknown): void {
  if (!(error instanceof AppError && (error.code === 'run_finished' || error.code === 'not_found'))) throw error;
}

const noFlows: Pick<FlowService, 'freeze'> = { freeze: () => Promise.reject(new AppError('not_found')) };

/** Rows that a run begins with, as if they had been found. */
function standing(rows: readonly StepRow[]): Before {
  return { rows, work: noWork(), seq: rows.length };
}

/** Of the inputs of an earlier run those that the flow still has. */
function inputsOf(file: FlowFile, earlier: Values): Record<string, unknown> {
  const names = new Set(file.steps.filter(({ type }) => type === 'input').map((step) => runName(step)));
  return Object.fromEntries(Object.entries(earlier).filter(([name]) => names.has(name)));
}

const mostChecked = 100;

/** A version is frozen, so it is checked and compiled once; the latest ones are remembered. Throws what refuses a run. */
function createChecker(): (versionId: string, file: FlowFile) => CompiledFlow {
  const known = new Map<string, CompiledFlow>();
  return (versionId, file) => {
    const before = known.get(versionId);
    if (before !== undefined) return before;
    const refused = refusal(validateFlow(file));
    if (refused !== null) throw refused;
    const flow = compileFlow(file);
    known.set(versionId, flow);
    const [oldest] = known.keys();
    if (known.size > mostChecked && oldest !== undefined) known.delete(oldest);
    return flow;
  };
}

/** Numbers runs per workspace, upwards; asks the store once. */
function createNumbering(store: Store): (workspaceId: string) => Promise<number> {
  const last = new Map<string, Promise<number>>();
  return (workspaceId) => {
    const number = (last.get(workspaceId) ?? store.max(runs, 'number', { workspaceId })).then((before) => before + 1);
    last.set(workspaceId, number);
    number.catch(() => last.delete(workspaceId)); // Asked again next time.
    return number;
  };
}
