import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import { modelJobKind } from '../../shared/model/model-change.ts';
import { jobKinds } from '../../shared/model/node.ts';
import { isBlobRef, limits } from '../../shared/model/values.ts';
import type { Roster } from '../nodes/roster.ts';
import type { Durations } from '../scheduler/durations.ts';
import { explain, explainNeed } from '../scheduler/explain.ts';
import type { BlobStore, JobService, NewJob } from '../services.ts';
import { put, type Store } from '../store/store.ts';
import { files, type JobRow, jobEvents, jobOutputs, jobs as jobsTable, users } from '../store/tables.ts';
import type { JobEngine } from './engine.ts';
import { type HistoryNames, historyOf, maxJobEvents } from './happenings.ts';
import { listJobs, matches } from './listing.ts';
import { outlookFor } from './outlook.ts';
import { storedChunks } from './output.ts';
import { namedFiles, sizeOver } from './payload.ts';
import { currentRow, isOver, newRow, requirementsOf, toJob } from './record.ts';
import { createRequeue } from './requeue.ts';
import { createSubmissionKeys } from './submission-keys.ts';

export interface JobServiceDeps {
  store: Store;
  engine: JobEngine;
  roster: Roster;
  blobs: BlobStore;
  clock: Clock;
  ids: IdSource;
  durations: Durations;
  /** Kinds that the host does itself: only steps of a flow may become such jobs. */
  hostKinds: ReadonlySet<string>;
}

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
    for (const { kind, origin, byHost } of jobs) {
      if (byHost === true || (deps.hostKinds.has(kind) && origin !== undefined)) continue;
      const isKnown = (jobKinds as readonly string[]).includes(kind) || roster.kinds().has(kind);
      if (!isKnown || deps.hostKinds.has(kind) || kind === modelJobKind) {
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

  const explainJob: JobService['explain'] = async (jobId) => {
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
    const outlook = outlookFor(engine, deps.durations, workspaceId, engine.find(jobId) ?? null, clock.now());
    return explain({ id, state, backOff, nodeName, need: { workspaceId, kind, requires } }, roster.views(), outlook);
  };
  const namesFor = async (ids: readonly (string | null)[]): Promise<HistoryNames> => {
    const asked = [...new Set(ids.filter((id) => id !== null))];
    const people = asked.length === 0 ? [] : await store.list(users, { where: { id: asked } });
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return { node: (id) => roster.get(id)?.row.name ?? null, member: (id) => names.get(id) ?? null };
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
    list: (workspaceId, page) => listJobs(store, engine, workspaceId, page),
    async output(jobId) {
      const job = engine.find(jobId);
      const now = job?.output?.read() ?? { chunks: [], cut: false };
      // What an earlier series of attempts wrote was kept when it ended.
      if (job !== undefined && job.row.requeued === null) return now;
      const rows = await store.list(jobOutputs, { where: { jobId }, order: { by: 'attempt', direction: 'up' } });
      return { chunks: [...storedChunks(rows), ...now.chunks], cut: now.cut || rows.some(({ cut }) => cut) };
    },
    explain: explainJob,
    async explainNeed(workspaceId, kind, requires) {
      const need = { workspaceId, kind, requires: requirementsOf(requires) };
      const outlook = outlookFor(engine, deps.durations, workspaceId, null, clock.now());
      return explainNeed(need, roster.views(), outlook);
    },
    async history(jobId) {
      const row = await existing(jobId);
      const events = await store.list(jobEvents, { where: { jobId }, order: { by: 'at', direction: 'up' } });
      const [names, waits] = await Promise.all([
        namesFor([row.submittedBy, ...events.map(({ by }) => by)]),
        row.state === 'queued' ? explainJob(jobId) : null,
      ]);
      const pending = waits === null ? null : { at: clock.now(), text: waits.summary };
      return {
        state: row.state,
        happenings: historyOf(row, events, pending, names),
        cut: events.length >= maxJobEvents || (row.attempts[0]?.number ?? 1) > 1,
      };
    },
    async cancel(jobId, by = null) {
      const job = engine.find(jobId);
      if (job !== undefined && !isOver(job.life)) await engine.cancel(job, by);
      else if ((await existing(jobId)).state !== 'cancelled') throw new AppError('job_finished');
      return toJob(await existing(jobId));
    },
    async cancelMany(workspaceId, filter, by) {
      const { jobIds } = filter;
      const found =
        jobIds === undefined ? [...engine.open()] : [...new Set(jobIds)].flatMap((id) => engine.find(id) ?? []);
      const open = found.filter((job) => matches(job, workspaceId, filter) && !isOver(job.life));
      if (Object.values(filter).every((given) => given === undefined)) return 0;
      await Promise.all(open.map((job) => engine.cancel(job, by)));
      return open.length;
    },
    ...createRequeue({ store, engine, clock, existing }),
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
  const named = new Map<string, string>();
  for (const { input } of rows) for (const [key, hash] of namedFiles(input)) named.set(key, hash);
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
