import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import { type Job, jobStates } from '../../shared/model/job.ts';
import { jobKinds } from '../../shared/model/node.ts';
import { isBlobRef, limits } from '../../shared/model/values.ts';
import type { Roster } from '../nodes/roster.ts';
import { explain } from '../scheduler/explain.ts';
import type { BlobStore, JobService, NewJob, Page, PageRequest } from '../services.ts';
import { put, type Store } from '../store/store.ts';
import { files, type JobRow, jobOutputs, jobs as jobsTable } from '../store/tables.ts';
import type { JobEngine } from './engine.ts';
import { namedFiles, sizeOver } from './payload.ts';
import { currentRow, isOver, newRow, toJob } from './record.ts';
import { createSubmissionKeys } from './submission-keys.ts';

export interface JobServiceDeps {
  store: Store;
  engine: JobEngine;
  roster: Roster;
  blobs: BlobStore;
  clock: Clock;
  ids: IdSource;
  /** Kinds that the host does itself: only steps of a flow may become such jobs. */
  hostKinds: ReadonlySet<string>;
}

const openStates: readonly string[] = ['queued', 'assigned', 'running'];
const pageSize = 100;

/** Loads what an earlier start left open into the engine; to be awaited before anything connects. */
export async function recoverJobs({ store, engine }: Pick<JobServiceDeps, 'store' | 'engine'>): Promise<number> {
  const rows = await store.list(jobsTable, { where: { state: ['queued', 'assigned', 'running'] } });
  engine.recover(rows);
  return rows.length;
}

export function createJobService(deps: JobServiceDeps): JobService {
  const { store, engine, roster, clock, ids } = deps;
  const keys = createSubmissionKeys(store);

  const rowOf = async (jobId: string): Promise<JobRow | null> => {
    const job = engine.find(jobId);
    // While its end is being written it is what it was: finished means committed.
    if (job !== undefined && !isOver(job.life)) return currentRow(job);
    await job?.end;
    return store.get(jobsTable, { id: jobId });
  };
  const existing = async (jobId: string): Promise<JobRow> => {
    const row = await rowOf(jobId);
    if (row === null) throw new AppError('not_found', 'There is no such job');
    return row;
  };
  const check = (jobs: readonly NewJob[]) => {
    if (engine.size + jobs.length > limits.queuedJobs) throw new AppError('queue_full');
    for (const { kind, origin } of jobs) {
      if (deps.hostKinds.has(kind) && origin !== undefined) continue;
      const isKnown = (jobKinds as readonly string[]).includes(kind) || roster.kinds().has(kind);
      if (!isKnown || deps.hostKinds.has(kind)) {
        throw new AppError('job_kind_unknown', `No executor knows jobs of the kind "${kind}"`);
      }
    }
  };
  const makeRow = (workspaceId: string, submittedBy: string | null, job: NewJob): JobRow =>
    newRow(ids.next('job'), workspaceId, submittedBy, job, clock.now());

  const submitNew: JobService['submit'] = async (workspaceId, submittedBy, jobs, alongside) => {
    const rows = jobs.map((job) => makeRow(workspaceId, submittedBy, job));
    await checkFiles(store, workspaceId, rows);
    for (const row of rows) {
      if (isBlobRef(row.input) || sizeOver(row.input, limits.inlinePayload) !== null) await putAway(deps.blobs, row);
    }
    const jobIds = rows.map(({ id }) => id);
    await store.commit([...rows.map((row) => put(jobsTable, row)), ...(alongside?.(jobIds) ?? [])]);
    engine.admit(rows);
    return jobIds;
  };

  return {
    async submit(workspaceId, submittedBy, jobs, alongside) {
      check(jobs);
      if (jobs.every(({ idempotencyKey }) => idempotencyKey === undefined)) {
        return submitNew(workspaceId, submittedBy, jobs, alongside);
      }
      return keys.once(workspaceId, jobs, (fresh, all) =>
        submitNew(workspaceId, submittedBy, fresh, alongside && ((made) => alongside(all(made)))),
      );
    },
    async get(jobId) {
      const row = await rowOf(jobId);
      return row === null ? null : toJob(row);
    },
    async list(workspaceId, page) {
      const rows = await (page.state !== undefined && openStates.includes(page.state)
        ? openRows(engine, workspaceId, page)
        : storedRows(store, workspaceId, page));
      return toPage(
        rows.map((row) => withLife(engine, row)),
        page,
      );
    },
    async output(jobId) {
      const job = engine.find(jobId);
      if (job !== undefined) return job.output?.read() ?? { chunks: [], cut: false };
      const rows = await store.list(jobOutputs, { where: { jobId }, order: { by: 'attempt', direction: 'up' } });
      return { chunks: rows.flatMap(({ chunks }) => chunks as never[]), cut: rows.some(({ cut }) => cut) };
    },
    async explain(jobId) {
      const row = await existing(jobId);
      const backOff = row.state === 'queued' ? Math.max(0, (row.notBefore ?? 0) - clock.now()) : 0;
      const { id, state, workspaceId, kind, requires } = row;
      if (deps.hostKinds.has(kind))
        return {
          jobId,
          state,
          summary: hostSummary(state, backOff),
          expectedSeconds: null,
          ahead: 0,
          nodes: [],
          helps: [],
        };
      const nodeName = row.nodeId === null ? null : (roster.get(row.nodeId)?.row.name ?? null);
      return explain({ id, state, backOff, nodeName, need: { workspaceId, kind, requires } }, roster.views());
    },
    async cancel(jobId) {
      const job = engine.find(jobId);
      if (job !== undefined && !isOver(job.life)) await engine.cancel(job);
      else if ((await existing(jobId)).state !== 'cancelled') throw new AppError('job_finished');
      return toJob(await existing(jobId));
    },
    async cancelRun(runId) {
      await Promise.all(engine.ofRun(runId).map((job) => engine.cancel(job)));
    },
    async cancelWorkspace(workspaceId) {
      const open = [...engine.open()].filter(({ row }) => row.workspaceId === workspaceId);
      await Promise.all(open.map((job) => engine.cancel(job)));
    },
    onFinished: engine.onFinished,
    onStarted: engine.onStarted,
  };
}

/** Nothing crosses workspaces: a node is given the content of the files that an input names, so they must be its own. */
async function checkFiles(store: Store, workspaceId: string, rows: readonly JobRow[]): Promise<void> {
  const named = new Map(rows.flatMap(({ input }) => [...namedFiles(input)]));
  if (named.size === 0) return;
  const ids = new Set([...named.keys()].map((key) => key.split(' ', 1)[0] ?? ''));
  for (const { id, sha256 } of await store.list(files, { where: { workspaceId, id: [...ids] } })) {
    named.delete(`${id} ${sha256}`);
  }
  const [foreign] = named.keys();
  if (foreign === undefined) return;
  throw new AppError('bad_request', `${foreign.split(' ', 1)[0]} is not a file of this workspace`);
}

/** N12: what is too large to travel in line is put away as a blob before the job is accepted. */
async function putAway(blobs: BlobStore, row: JobRow): Promise<void> {
  const content = Buffer.from(JSON.stringify(row.input));
  const { sha256 } = await blobs.put(
    (async function* () {
      yield content;
    })(),
    { maxBytes: content.length },
  );
  row.input = { $blob: sha256, size: content.length };
}

function hostSummary(state: JobRow['state'], backOff: number): string {
  if (state === 'assigned' || state === 'running') return 'The host works on it';
  if (state !== 'queued') return 'Finished';
  return backOff > 0 ? `Tried again in ${Math.ceil(backOff / 1000)} s` : 'The host does it as soon as it has room';
}

type JobPage = PageRequest & { state?: string; runId?: string };

async function storedRows(store: Store, workspaceId: string, page: JobPage): Promise<JobRow[]> {
  const state = jobStates.find((one) => one === page.state);
  return store.list(jobsTable, {
    where: {
      workspaceId,
      ...(state === undefined ? {} : { state }),
      ...(page.runId === undefined ? {} : { runId: page.runId }),
    },
    ...(page.cursor === undefined ? {} : { after: { column: 'id', value: page.cursor } }),
    order: { by: 'id', direction: 'down' },
    limit: (page.limit ?? pageSize) + 1,
  });
}

/** Jobs that are assigned or running are known in memory only. */
async function openRows(engine: JobEngine, workspaceId: string, page: JobPage): Promise<JobRow[]> {
  const rows = [...engine.open()]
    .filter(({ row, life }) => row.workspaceId === workspaceId && life.state === page.state)
    .filter(({ row }) => page.runId === undefined || row.runId === page.runId)
    .filter(({ row }) => page.cursor === undefined || row.id < page.cursor);
  rows.sort((left, right) => (left.row.id < right.row.id ? 1 : -1));
  return rows.slice(0, (page.limit ?? pageSize) + 1).map(currentRow);
}

function withLife(engine: JobEngine, row: JobRow): JobRow {
  const job = engine.find(row.id);
  return job === undefined || isOver(job.life) ? row : currentRow(job);
}

function toPage(rows: readonly JobRow[], page: PageRequest): Page<Job> {
  const limit = page.limit ?? pageSize;
  const items = rows.slice(0, limit).map(toJob);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
