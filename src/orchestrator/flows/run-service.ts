import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Values } from '../../shared/flows/step-type.ts';
import { runName } from '../../shared/flows/steps/input.ts';
import { refusal, validateFlow } from '../../shared/flows/validate.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import { isRunOver } from '../../shared/model/run.ts';
import type { BlobStore, LiveHub, RunService } from '../services.ts';
import { patch, put, type Store } from '../store/store.ts';
import { type RunRow, runs, type StepRow, steps } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { createAnnouncer } from './announce.ts';
import { cutFlow, startFrom } from './basis.ts';
import { readBefore } from './before.ts';
import { type CompiledFlow, compileFlow } from './compile.ts';
import { reopenMap, takenUpAgain } from './resume.ts';
import { readRunInputs } from './run-inputs.ts';
import { flowOf, getRow, lastRuns, listRuns, listSteps, runDetail, stepDetail } from './run-queries.ts';
import { summaryOf } from './run-summary.ts';
import { type Before, createRunner, type RunnerJobs } from './runner.ts';
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
  /** Told of errors that are nobody's mistake but the program's. */
  unexpected(error: unknown, what: string): void;
}

/** Runs of flows: starts them, goes on with them after a restart (F2), answers what is asked of them. */
export function createRunService(deps: RunServiceDeps): RunService {
  const { store, jobs, clock, timers } = deps;
  const values = createRunValues(deps.blobs);
  const announce = createAnnouncer(deps.live, timers);
  const runner = createRunner({ store, jobs, timers, announce, work: { clock, values, unexpected: deps.unexpected } });
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
      if (!(error instanceof AppError)) return;
      const failure = { code: error.code, message: error.message, next: 'Run the flow again.' };
      await store.commit([patch(runs, { id: row.id }, { state: 'failed', error: failure, finishedAt: clock.now() })]);
    }
  };

  return {
    async start({ workspaceId, flowId, version, file, inputs, startedBy, options = {} }) {
      const id = deps.ids.next('run');
      const from = await startFrom({ store, values }, { id, workspaceId }, checked(version.id, file), options);
      const row: RunRow = {
        id,
        workspaceId,
        flowId,
        flowName: file.name,
        versionId: version.id,
        number: await nextNumber(workspaceId),
        state: 'running',
        startedBy,
        inputs: readRunInputs(file, { ...inputsOf(file, from.inputs), ...inputs }),
        outputs: null,
        error: null,
        progress: { total: 0, done: 0, failed: 0 },
        weave: [],
        workers: {},
        trigger: null,
        parent: null,
        createdAt: clock.now(),
        finishedAt: null,
        ...(from.basis === null ? {} : { basis: from.basis }),
      };
      await store.commit([put(runs, row), ...from.rows.map((step) => put(steps, step))]);
      return summaryOf(row, runner.begin(row, from.flow, from.rows.length === 0 ? undefined : standing(from.rows)));
    },
    list: (workspaceId, page) => listRuns(queries, workspaceId, page),
    lastOf: (flowIds) => lastRuns(queries, flowIds),
    detail: (runId) => runDetail(queries, runId),
    steps: (runId, page) => listSteps(queries, runId, page),
    step: (runId, stepId, path) => stepDetail(queries, runId, stepId, path),
    async cancel(runId) {
      await getRow(queries, runId);
      if (!(await runner.cancel(runId))) throw new AppError('run_finished');
      return summaryOf(await getRow(queries, runId), undefined);
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
        return summaryOf(again.row, runner.begin(again.row, cutFlow(flow, again.row.basis, found.rows), found));
      } finally {
        resuming.delete(runId);
      }
    },
    async resumeAll() {
      for (const row of await store.list(runs, { where: { state: 'running' } })) {
        await resume(row);
      }
      await runner.endOrphans();
    },
    async stop() {
      await runner.stop();
      announce.stop();
    },
  };
}

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
