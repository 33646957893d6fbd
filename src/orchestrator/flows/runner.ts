/**
 * The shell around work.ts: one queue of tasks per run, worked off in batches. A batch is committed (with the jobs it
 * submits, in one transaction) before the next begins and before anybody sees it.
 *
 *   tasks ─► perform … perform ─► commit ─► announce ─► next batch
 */
import type { FinishedJob, JobService } from '../services.ts';
import { put, type Store } from '../store/store.ts';
import { type HoldRow, jobs as jobTable, type RunRow, runs, type StepRow, steps } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import type { Announcer } from './announce.ts';
import { type Batch, newBatch, sizeOf } from './batch.ts';
import { readBefore } from './before.ts';
import { cachedResult } from './cache.ts';
import type { CompiledFlow } from './compile.ts';
import { goOn } from './finish.ts';
import { isFullDisk } from './full-disk.ts';
import { checkFiles } from './own-files.ts';
import { type ActiveRun, instanceOf, keyOf, openTop, type ReleaseTask, type Task } from './run-memory.ts';
import { summaryOf } from './run-summary.ts';
import { perform } from './work.ts';
import type { WorkDeps } from './work-deps.ts';
import { noWork, type WorkDone } from './work-done.ts';

/** What a run needs of the queue. */
export type RunnerJobs = Pick<JobService, 'submit' | 'get' | 'cancel' | 'cancelRun' | 'onFinished' | 'onStarted'>;

export interface RunnerDeps {
  readonly store: Store;
  readonly jobs: RunnerJobs;
  readonly timers: Timers;
  readonly announce: Announcer;
  /** Told of a run that has ended, after the commit. */
  ended(row: RunRow): void;
  readonly work: Omit<WorkDeps, 'rowsAt' | 'cached' | 'later' | 'job' | 'checkFiles'>;
}

/** What was durable of a run before this start: the rows of its top level, and who has worked on it. */
export interface Before {
  readonly rows: readonly StepRow[];
  readonly work: WorkDone;
  /** The last number given to a row. */
  readonly seq: number;
  /** What steps wait for. */
  readonly holds?: readonly HoldRow[];
}

export interface Runner {
  /** Begins a run whose row is durable, or takes one up again. */
  begin(row: RunRow, flow: CompiledFlow, before?: Before): ActiveRun;
  active(runId: string): ActiveRun | undefined;
  /** Resolves when nothing of a run that has ended is being done any more, its jobs told included. */
  left(runId: string): Promise<void>;
  /** Ends a wait of a run; resolves when that is durable, with false where it had ended already, or the run is not active. */
  release(runId: string, what: Omit<ReleaseTask, 'kind' | 'done' | 'patience'>): Promise<boolean>;
  /** Resolves when the cancellation is durable; false where the run is not active. */
  cancel(runId: string): Promise<boolean>;
  /** Ends jobs that were left behind by runs which are over. */
  endOrphans(): Promise<void>;
  /** Resolves when nothing is being written any more. Runs go on at the next start. */
  stop(): Promise<void>;
}

/** So many changes at most go into one commit; a long chain of inline steps is cut into several. */
const mostChanges = 256;
/** So often a wait that is to be ended is looked for among what a run takes up again. */
const mostTurns = 100;
const firstPatience = 250;
const mostPatience = 10_000;

export function createRunner(deps: RunnerDeps): Runner {
  const active = new Map<string, ActiveRun>();
  const leaving = new Map<string, ActiveRun>();
  const stopping = new AbortController();
  const work: WorkDeps = {
    ...deps.work,
    job: (jobId) => deps.jobs.get(jobId),
    rowsAt: (run, stepIds, paths) =>
      deps.store.list(steps, { where: { runId: run.row.id, stepId: stepIds, path: paths } }),
    cached: (cacheKey) => cachedResult(deps.store, cacheKey),
    later: (run, ms, task) => {
      const cancel = deps.timers.after(ms, () => {
        run.timers.delete(cancel);
        if (!run.ended && !stopping.signal.aborted) add(run, task);
      });
      run.timers.add(cancel);
    },
    checkFiles: (run, inputs) => checkFiles(deps.store, run.row.workspaceId, inputs, run.knownFiles),
  };

  const add = (run: ActiveRun, task: Task) => {
    run.tasks.push(task);
    start(run);
  };
  const start = (run: ActiveRun) => {
    run.working ??= workOff(run)
      .catch((error: unknown) => startOver(run, error))
      .finally(() => {
        run.working = null;
        if (leaving.get(run.row.id) === run) leaving.delete(run.row.id);
        if (run.tasks.length > 0 && !run.ended && !stopping.signal.aborted) start(run);
      });
  };
  const workOff = async (run: ActiveRun) => {
    while (run.tasks.length > 0 && !run.ended && !stopping.signal.aborted) {
      const batch = newBatch();
      const taken: Task[] = [];
      while (run.tasks.length > 0 && sizeOf(batch) < mostChanges && !batch.ends && !batch.full) {
        const task = run.tasks.shift();
        if (task === undefined) break;
        taken.push(task);
        await perform(work, run, task, batch).catch((error: unknown) => {
          // Nothing of the batch is durable; what somebody waits for is done once the run is taken up again.
          if (isFullDisk(error)) run.tasks.splice(0, Number.POSITIVE_INFINITY, ...new Set([...taken, ...run.tasks]));
          throw error;
        });
      }
      if (!(await commitWithPatience(deps, run, batch, stopping.signal))) return;
      if (batch.ends) finish(run);
      show(run, batch);
      await cancelJobs(deps, run, batch);
    }
  };
  /** What is in memory no longer tells what is durable: the run is taken up again, as after a restart (F2). */
  const startOver = async (run: ActiveRun, error: unknown) => {
    deps.work.unexpected(error, `Run ${run.row.id} is taken up again`);
    run.ended = true;
    cancelTimers(run);
    for (let patience = firstPatience; !stopping.signal.aborted; patience = Math.min(patience * 2, mostPatience)) {
      await pause(deps.timers, patience, stopping.signal);
      const before = await readBefore(deps.store, run.row.id).catch(() => null);
      const row = before === null ? null : await deps.store.get(runs, { id: run.row.id }).catch(() => null);
      if (before === null || row === null || stopping.signal.aborted) continue;
      const again = row.state === 'running' ? begin(row, run.flow, before) : null;
      if (again === null) active.delete(run.row.id);
      for (const task of run.tasks.splice(0)) {
        if (task.kind !== 'cancel' && task.kind !== 'release') continue; // The rest is found again in the store.
        if (again !== null) add(again, task);
        else dropped(task);
      }
      return;
    }
  };
  const finish = (run: ActiveRun) => {
    run.ended = true;
    cancelTimers(run);
    active.delete(run.row.id);
    if (run.working !== null) leaving.set(run.row.id, run);
    for (const task of run.tasks.splice(0)) dropped(task);
    deps.ended(run.row);
  };
  const show = (run: ActiveRun, batch: Batch) => {
    deps.announce.steps(run.row, batch.seen.values());
    deps.announce.run(run.row, () => summaryOf(run.row, run));
    for (const done of batch.after) done();
  };

  const stopListening = [
    deps.jobs.onFinished((finished) => {
      const { origin } = finished.job;
      const run = origin === undefined || origin.partOf !== undefined ? undefined : active.get(origin.runId);
      if (run !== undefined && origin !== undefined) add(run, jobTask(origin, finished));
    }),
    deps.jobs.onStarted(({ job, nodeId }) => {
      const { origin } = job;
      const run = origin === undefined || origin.partOf !== undefined ? undefined : active.get(origin.runId);
      const step = origin === undefined ? undefined : run?.open.get(keyOf(origin.stepId, origin.path));
      if (run === undefined || step === undefined) return;
      Object.assign(step.row, {
        state: 'running',
        nodeId,
        startedAt: job.startedAt ?? deps.work.clock.now(),
        jobId: job.id,
      });
      deps.announce.steps(run.row, [instanceOf(step.row)]);
    }),
  ];

  const begin = (row: RunRow, flow: CompiledFlow, before: Before = { rows: [], work: noWork(), seq: 0 }) => {
    const { active: run, next } = openRun(row, flow, before);
    active.set(row.id, run);
    const batch = newBatch();
    goOn(work, run, run.top, next, batch);
    run.working = commitWithPatience(deps, run, batch, stopping.signal).then((durable) => {
      run.working = null;
      if (!durable) return;
      if (batch.ends) finish(run);
      leaving.delete(row.id);
      show(run, batch);
      start(run);
    });
    return run;
  };

  return {
    begin,
    active: (runId) => active.get(runId),
    left: async (runId) => (await leaving.get(runId)?.working) ?? undefined,
    async release(runId, what) {
      const run = active.get(runId);
      if (run === undefined || stopping.signal.aborted) return false;
      return await new Promise<boolean>((done) => add(run, { ...what, kind: 'release', done, patience: mostTurns }));
    },
    async cancel(runId) {
      const run = active.get(runId);
      if (run === undefined) return false;
      await new Promise<void>((done) => add(run, { kind: 'cancel', done }));
      return true;
    },
    endOrphans: () => endOrphans(deps, (runId) => active.has(runId)),
    async stop() {
      for (const stop of stopListening) stop();
      stopping.abort();
      for (const run of active.values()) cancelTimers(run);
      await Promise.all([...active.values()].map((run) => run.working));
      for (const run of active.values()) for (const task of run.tasks.splice(0)) dropped(task);
    },
  };
}

/** Whoever waits for a task that is not done any more is told. */
function dropped(task: Task): void {
  if (task.kind === 'cancel') task.done();
  if (task.kind === 'release') task.done?.(false);
}

function openRun(row: RunRow, flow: CompiledFlow, { rows, work, seq, holds = [] }: Before) {
  const { scope, next } = openTop(flow, new Map(rows.map((step) => [step.stepId, { ...step }])), row.resumedSeq ?? 0);
  const run: ActiveRun = {
    row: { ...row },
    flow,
    top: scope,
    open: new Map(),
    holds: new Map(holds.map((hold) => [keyOf(hold.stepId, hold.path), hold])),
    tasks: [],
    progress: { total: scope.level.steps.length, done: 0, failed: 0 },
    work,
    knownFiles: new Set(),
    timers: new Set(),
    seq,
    working: null,
    ended: false,
  };
  return { active: run, next };
}

const jobTask = (origin: { stepId: string; path: string }, finished: FinishedJob): Task => ({
  kind: 'job',
  key: keyOf(origin.stepId, origin.path),
  finished,
});

/** Commits until it succeeds: a full disk or a full queue holds a run up, and loses nothing. False when told to stop. */
async function commitWithPatience(
  deps: RunnerDeps,
  run: ActiveRun,
  batch: Batch,
  stopping: AbortSignal,
): Promise<boolean> {
  for (let patience = firstPatience; !stopping.aborted; patience = Math.min(patience * 2, mostPatience)) {
    try {
      await commit(deps, run, batch);
      return true;
    } catch (error) {
      deps.work.unexpected(error, `Run ${run.row.id} could not be written; trying again`);
      await pause(deps.timers, patience, stopping);
    }
  }
  return false;
}

async function commit({ store, jobs }: RunnerDeps, run: ActiveRun, batch: Batch): Promise<void> {
  if (batch.jobs.length === 0) {
    if (batch.changes.length > 0) await store.commit(batch.changes);
    return;
  }
  const ready = batch.jobs.filter(({ row }) => row.state === 'ready');
  const ids = await jobs.submit(
    run.row.workspaceId,
    null,
    ready.map(({ job }) => job),
    (made) => [...batch.changes, ...ready.map(({ row }, index) => put(steps, { ...row, jobId: made[index] ?? null }))],
  );
  for (const [index, { row }] of ready.entries()) row.jobId = ids[index] ?? null;
}

function pause(timers: Timers, ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timers.after(ms, resolve);
    const giveUp = () => {
      cancel();
      resolve();
    };
    stopping.addEventListener('abort', giveUp, { once: true });
  });
}

async function cancelJobs({ jobs, work }: RunnerDeps, run: ActiveRun, batch: Batch): Promise<void> {
  if (batch.ends && batch.cancelJobs.length > 0) await jobs.cancelRun(run.row.id);
  else {
    for (const id of batch.cancelJobs) {
      await jobs.cancel(id).catch((error: unknown) => {
        if ((error as { code?: string }).code !== 'job_finished') work.unexpected(error, `Cancelling ${id}`);
      });
    }
  }
}

function cancelTimers(run: ActiveRun): void {
  for (const cancel of run.timers) cancel();
  run.timers.clear();
}

async function endOrphans({ store, jobs }: RunnerDeps, isActive: (runId: string) => boolean): Promise<void> {
  const open = await store.list(jobTable, { where: { state: ['queued', 'assigned', 'running'] } });
  const left = new Set(open.flatMap(({ runId }) => (runId === null || isActive(runId) ? [] : [runId])));
  for (const runId of left) {
    const row = await store.get(runs, { id: runId });
    if (row !== null && row.state !== 'running') await jobs.cancelRun(runId);
  }
}
