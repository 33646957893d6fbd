/**
 * The thin shell around `transition`: holds the jobs that are not finished, carries out what a transition asks for, and
 * answers only after the commit. Nodes' messages come in here (from the gateway), decisions too (from the scheduler).
 */
import type { Clock } from '../../shared/clock.ts';
import type { Job, JobError } from '../../shared/model/job.ts';
import type { NodeJob } from '../../shared/model/node.ts';
import { isBlobRef, limits } from '../../shared/model/values.ts';
import { type HostMessageOf, type NodeMessageOf, nodeTimings, type RunningJob } from '../../shared/protocol/node.ts';
import type { EventHub } from '../live/hub.ts';
import type { Roster } from '../nodes/roster.ts';
import type { Decision, QueueView, WorkspaceUse } from '../scheduler/snapshot.ts';
import type { AttemptTickets, BlobStore, FinishedJob } from '../services.ts';
import type { Change, Store } from '../store/store.ts';
import type { JobRow } from '../store/tables.ts';
import { jobs as jobsTable } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { createLines } from './line.ts';
import { outputChanges } from './output.ts';
import { openedBlobs, sizeOver } from './payload.ts';
import { type ActiveJob, activate, currentRow, isHeld, isOver, lifeChange, outputOf, toJob } from './record.ts';
import { type JobEffect, type JobEvent, transition } from './transition.ts';

export interface EngineDeps {
  store: Store;
  roster: Roster;
  hub: EventHub;
  blobs: BlobStore;
  tickets: AttemptTickets;
  clock: Clock;
  timers: Timers;
  /** Numbers in [0, 1). */
  random: () => number;
  /** The host's epoch of this start, raised durably (J2). */
  epoch: number;
  log: EngineLog;
}
export interface EngineLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Told when a node's work changes: what it did, or null when it only got or lost a job. */
export type WorkListener = (nodeId: string, outcome: 'done' | 'fault' | null) => void;
type Answer = (status: 'accepted' | 'stale') => void;

export interface JobEngine {
  /** Takes in jobs that are durable. */
  admit(rows: readonly JobRow[]): void;
  /** Takes in the open jobs of an earlier start: those in line, and those that nodes may still work on (N4). */
  recover(rows: readonly JobRow[]): void;
  find(jobId: string): ActiveJob | undefined;
  open(): Iterable<ActiveJob>;
  ofRun(runId: string): readonly ActiveJob[];
  readonly size: number;
  /** J3. Resolves when it is durable. */
  cancel(job: ActiveJob): Promise<void>;

  queues(): QueueView[];
  use(): ReadonlyMap<string, WorkspaceUse>;
  assign(decision: Decision): void;

  acknowledged(nodeId: string, message: NodeMessageOf<'job_ack'>): void;
  rejected(nodeId: string, message: NodeMessageOf<'job_reject'>): void;
  /** The sequence number to acknowledge, or null when the attempt does not hold any more. */
  wrote(nodeId: string, message: NodeMessageOf<'chunk'>): number | null;
  /** `answer` is called after the commit (N10, N11). */
  ended(nodeId: string, message: NodeMessageOf<'job_done'> | NodeMessageOf<'job_failed'>, answer: Answer): void;
  /** N6: what of the jobs that a node says it runs is kept. */
  presented(nodeId: string, running: readonly RunningJob[]): HostMessageOf<'registered'>['jobs'];
  /** N8: the node is lost or has left; everything it held goes back in line. */
  nodeLost(nodeId: string, error: JobError): void;
  /** Takes a node's jobs of one workspace, or all; nobody's fault. */
  takeBack(nodeId: string, workspaceId: string | null): void;
  workOf(nodeId: string): NodeJob[];

  onFinished(listener: (finished: FinishedJob) => void): () => void;
  onStarted(listener: (started: { job: Job; nodeId: string }) => void): () => void;
  onWork(listener: WorkListener): () => void;
  /** Told when a job may be placed, or room became free. */
  onPlaceable(listener: () => void): () => void;
  stop(): Promise<void>;
}

const sweepEvery = 1_000;
/** The worker ends a job at its limit by itself; the host does so only when it did not. */
const runSlack = 10_000;
const persistAgain = 1_000;

export function createJobEngine(deps: EngineDeps): JobEngine {
  const { store, roster, hub, clock, timers, tickets } = deps;
  const active = new Map<string, ActiveJob>();
  const byRun = new Map<string, Set<ActiveJob>>();
  const byNode = new Map<string, Set<ActiveJob>>();
  const use = new Map<string, { cores: number; servedAt: number }>();
  const lines = createLines();
  const listeners = { finished: listenersOf<FinishedJob>(), started: listenersOf<{ job: Job; nodeId: string }>() };
  const workListeners = new Set<WorkListener>();
  const placeable = listenersOf<void>();
  let counter = 0;
  let stopped = false;

  // ---- what is where ----

  const enter = (job: ActiveJob) => {
    active.set(job.row.id, job);
    if (job.row.runId !== null) addTo(byRun, job.row.runId, job);
  };
  const leave = (job: ActiveJob) => {
    active.delete(job.row.id);
    if (job.row.runId !== null) deleteFrom(byRun, job.row.runId, job);
  };
  const standInLine = (job: ActiveJob) => {
    const wait = (job.life.notBefore ?? 0) - clock.now();
    if (wait > 0) {
      job.stopBackOff = timers.after(wait, () => standInLine(job));
      return;
    }
    job.stopBackOff = null;
    job.inLine = true;
    lines.add(job.key, job.need, job.waiting);
    placeable.tell();
  };
  const leaveLine = (job: ActiveJob) => {
    job.stopBackOff?.();
    job.stopBackOff = null;
    if (job.inLine) lines.remove(job.key, job.waiting);
    job.inLine = false;
  };
  const occupy = (job: ActiveJob, nodeId: string) => {
    addTo(byNode, nodeId, job);
    roster.reserve(nodeId, job.row.requires, job.gpu);
    const share = use.get(job.row.workspaceId) ?? { cores: 0, servedAt: 0 };
    share.cores += job.row.requires.cores;
    share.servedAt = clock.now();
    use.set(job.row.workspaceId, share);
  };
  const vacate = (job: ActiveJob, nodeId: string) => {
    deleteFrom(byNode, nodeId, job);
    roster.release(nodeId, job.row.requires, job.gpu);
    const share = use.get(job.row.workspaceId);
    if (share !== undefined) share.cores = Math.max(0, share.cores - job.row.requires.cores);
    if (job.ticket !== null) tickets.revoke(job.ticket);
    job.ticket = null;
    job.gpu = null;
    job.doubtedUntil = null;
    placeable.tell();
  };

  // ---- what happens ----

  const apply = (job: ActiveJob, event: JobEvent): readonly JobEffect[] => {
    const before = job.life;
    const { job: life, effects } = transition(before, event, clock.now(), deps.random());
    if (life === before) return effects;
    job.life = life;
    const [from, to] = [isHeld(before) ? before.nodeId : null, isHeld(life) ? life.nodeId : null];
    if (before.state === 'queued') leaveLine(job);
    if (from !== null && to === null) vacate(job, from);
    if (from === null && to !== null) occupy(job, to);
    if (life.state === 'queued') standInLine(job);
    for (const effect of effects) carryOut(job, effect);
    if (from !== null || to !== null) tellWork(from ?? to ?? '', outcomeOf(before.attempts.length, job));
    if (!isOver(life)) tellState(job);
    return effects;
  };

  const carryOut = (job: ActiveJob, effect: JobEffect): void => {
    switch (effect.type) {
      case 'revoke': {
        const { nodeId, fence, reason } = effect;
        roster.send(nodeId, { type: 'job_cancel', job_id: job.row.id, fence, reason });
        return;
      }
      case 'started':
        if (listeners.started.any && job.life.nodeId !== null) {
          listeners.started.tell({ job: toJob(currentRow(job)), nodeId: job.life.nodeId });
        }
        return;
      case 'requeued':
        job.written = false;
        job.backedOff = true;
        void persist(() => [lifeChange(job)]);
        return;
      case 'finished':
        job.end = finish(job);
        return;
      case 'stale':
        return;
      default:
        effect satisfies never;
    }
  };

  /** A node may name only content that it delivered with this attempt's ticket: a hash alone opens nothing. */
  const undelivered = (job: ActiveJob, result: unknown): JobError | null => {
    if (!isBlobRef(result) || tickets.check(job.ticket ?? '')?.delivered.has(result.$blob) === true) return null;
    return fault('result_undelivered', 'The node named a result that it did not deliver');
  };

  /** Ends of jobs that came in one frame are written, and told, together. */
  let endings: { readonly jobs: ActiveJob[]; readonly written: Promise<void> } | null = null;
  const finish = (job: ActiveJob): Promise<void> => {
    const size = job.life.state === 'succeeded' ? sizeOver(job.result, limits.inlinePayload) : null;
    if (size !== null) return finishLarge(job, size);
    if (endings === null) {
      const jobs: ActiveJob[] = [];
      endings = { jobs, written: Promise.resolve().then(() => writeEnds(jobs)) };
    }
    endings.jobs.push(job);
    return endings.written;
  };
  const finishLarge = async (job: ActiveJob, size: number) => {
    await insist(async () => {
      job.result = await toBlob(deps.blobs, job.result, size);
    });
    await writeEnds([job]);
  };
  const writeEnds = async (jobs: readonly ActiveJob[]) => {
    if (endings?.jobs === jobs) endings = null;
    await persist(() => jobs.flatMap((job) => [lifeChange(job), ...outputChanges(job.row.id, job.output)]));
    if (stopped) return;
    for (const job of jobs) tellEnd(job);
  };
  const tellEnd = (job: ActiveJob) => {
    leave(job);
    for (const tell of job.whenEnded) tell();
    tellState(job);
    const decided = job.life.attempts.at(-1)?.nodeId ?? null;
    if (listeners.finished.any) listeners.finished.tell({ job: toJob(currentRow(job)), nodeId: decided });
  };

  /** Until it is written: what was decided here is never taken back, and nobody is answered before. */
  const persist = (changes: () => Change[]) => insist(() => store.commit(changes()));
  const insist = async (write: () => Promise<void>): Promise<void> => {
    for (let warned = false; !stopped; warned = true) {
      try {
        return await write();
      } catch (error) {
        if (stopped) return;
        if (!warned) deps.log.error({ err: error }, 'A job could not be written; trying until it can');
        await new Promise<void>((resolve) => void timers.after(persistAgain, resolve));
      }
    }
  };

  const tellState = ({ row, life }: ActiveJob) => {
    const topic = `job:${row.id}`;
    if (hub.hears(topic))
      hub.publish(row.workspaceId, topic, { kind: 'job.changed', jobId: row.id, state: life.state });
  };
  const tellWork = (nodeId: string, outcome: 'done' | 'fault' | null) => {
    for (const listener of workListeners) listener(nodeId, outcome);
  };

  /** A node speaks only for jobs of workspaces that it serves, and for an attempt only if it is its own. */
  const heardFrom = (nodeId: string, jobId: string): ActiveJob | null => {
    const job = active.get(jobId);
    if (job === undefined) return null;
    if (job.life.nodeId !== null) return job.life.nodeId === nodeId ? job : null;
    return roster.get(nodeId)?.workspaces.get(job.row.workspaceId) === 'serves' ? job : null;
  };

  const ofNode = (nodeId: string) => [...(byNode.get(nodeId) ?? [])];

  const sweep = () => {
    const now = clock.now();
    for (const held of byNode.values()) for (const job of [...held]) check(job, now);
  };
  const check = (job: ActiveJob, now: number) => {
    const assignedAt = job.life.attempts.at(-1)?.assignedAt ?? now;
    const { state, startedAt } = job.life;
    if (job.doubtedUntil !== null) {
      if (now >= job.doubtedUntil)
        apply(job, { type: 'lost', error: fault('node_lost', 'The node did not come back with it') });
    } else if (state === 'assigned' && now - assignedAt > nodeTimings.assignAck) {
      apply(job, { type: 'lost', error: fault('not_acknowledged', 'The node did not acknowledge it in time') });
    } else if (startedAt !== null && now - startedAt > job.row.runSeconds * 1_000 + runSlack) {
      const message = `It ran longer than its ${job.row.runSeconds} s`;
      apply(job, { type: 'timeOut', error: { code: 'run_timeout', message, fault: 'job' } });
    }
    if (!job.written && isHeld(job.life) && now - assignedAt >= sweepEvery) {
      job.written = true;
      void persist(() => (isHeld(job.life) ? [lifeChange(job)] : []));
    }
  };
  const stopSweep = timers.every(sweepEvery, sweep);

  return {
    admit(rows) {
      for (const row of rows) {
        const job = activate(row);
        enter(job);
        standInLine(job);
      }
    },
    recover(rows) {
      for (const row of rows) {
        const job = activate(row);
        enter(job);
        if (!isHeld(job.life) || job.life.nodeId === null) {
          job.life = { ...job.life, state: 'queued', nodeId: null, fence: null };
          standInLine(job);
        } else {
          job.doubtedUntil = clock.now() + nodeTimings.graceAfterRestart;
          occupy(job, job.life.nodeId);
        }
      }
    },
    find: (jobId) => active.get(jobId),
    open: () => active.values(),
    ofRun: (runId) => [...(byRun.get(runId) ?? [])],
    get size() {
      return active.size;
    },
    async cancel(job) {
      apply(job, { type: 'cancel' });
      await job.end;
    },

    queues: () => lines.views(),
    use: () => use,
    assign({ jobId, nodeId, gpu }) {
      const job = active.get(jobId);
      if (job === undefined || job.life.state !== 'queued' || !job.inLine) return;
      counter += 1;
      const fence = `${deps.epoch}.${counter}`;
      job.gpu = gpu;
      apply(job, { type: 'assign', nodeId, fence });
      job.ticket = tickets.issue({ jobId, fence, blobs: openedBlobs(job.row.input) });
      if (!roster.send(nodeId, assignment(job, fence, job.ticket))) apply(job, { type: 'takeBack' });
    },

    acknowledged(nodeId, { job_id, fence }) {
      const job = heardFrom(nodeId, job_id);
      const effects = job === null ? [{ type: 'stale' as const }] : apply(job, { type: 'acknowledge', fence });
      // It works on something that is not its own any more.
      if (effects.some(({ type }) => type === 'stale') && job?.life.fence !== fence) {
        roster.send(nodeId, { type: 'job_cancel', job_id, fence, reason: 'stale' });
      }
    },
    rejected(nodeId, { job_id, fence, reason, message }) {
      const job = heardFrom(nodeId, job_id);
      if (job !== null)
        apply(job, { type: 'reject', fence, error: fault(reason, message ?? 'The node did not take it') });
    },
    wrote(nodeId, { job_id, fence, seq, stream, text }) {
      const job = heardFrom(nodeId, job_id);
      const attempt = job?.life.attempts.at(-1);
      if (job === null || job.life.fence !== fence || attempt === undefined) return null;
      const chunk = { attempt: attempt.number, seq, stream, text, at: clock.now() };
      const output = outputOf(job);
      const topic = `job:${job_id}`;
      if (output.add(fence, chunk) && hub.hears(topic)) {
        hub.publish(job.row.workspaceId, topic, { kind: 'job.output', jobId: job_id, chunks: [chunk] });
      }
      return output.lastSeq(fence);
    },
    ended(nodeId, message, answer) {
      const { job_id: jobId, fence } = message;
      const job = heardFrom(nodeId, jobId);
      if (job === null) {
        void answerFromStore(store, jobId, fence, answer, deps.log);
        return;
      }
      const event = { fence, nodeId, earlier: epochOf(fence) < deps.epoch };
      const before = job.result;
      if (message.type === 'job_done' && !isOver(job.life)) job.result = message.result ?? null;
      const error = message.type === 'job_failed' ? message.error : undelivered(job, message.result);
      const effects = apply(job, error === null ? { type: 'done', ...event } : { type: 'failed', ...event, error });
      if (effects.some(({ type }) => type === 'stale')) job.result = before;
      const known = effects.every(({ type }) => type !== 'stale') || (isOver(job.life) && job.life.fence === fence);
      if (!known) answer('stale');
      else if (job.end === null)
        void store.commit([lifeChange(job)]).then(
          () => answer('accepted'),
          () => undefined,
        );
      else job.whenEnded.push(() => answer('accepted'));
    },
    presented(nodeId, running) {
      const verdicts = running.map(({ job_id, fence, acked_seq }) => {
        const job = heardFrom(nodeId, job_id);
        const mine = job !== null && ownAttempt(job, nodeId, fence, deps.epoch);
        const keep = mine && apply(job, { type: 'adopt', fence, nodeId }).every(({ type }) => type !== 'stale');
        if (!keep || job === null) return { job_id, fence, verdict: 'revoke' as const, acked_seq };
        job.doubtedUntil = null;
        // An older host's ticket went with it, and a result may wait for one to be delivered with.
        job.ticket ??= tickets.issue({ jobId: job_id, fence, blobs: openedBlobs(job.row.input) });
        return {
          job_id,
          fence,
          verdict: 'keep' as const,
          acked_seq: Math.max(acked_seq, job.output?.lastSeq(fence) ?? -1),
          ticket: job.ticket,
        };
      });
      const kept = new Set(verdicts.filter(({ verdict }) => verdict === 'keep').map(({ job_id }) => job_id));
      // A result may still come out of its outbox; what neither runs nor comes is lost.
      for (const job of ofNode(nodeId))
        if (!kept.has(job.row.id)) job.doubtedUntil = clock.now() + nodeTimings.assignAck;
      return verdicts;
    },
    nodeLost(nodeId, error) {
      for (const job of ofNode(nodeId)) apply(job, { type: 'lost', error });
    },
    takeBack(nodeId, workspaceId) {
      for (const job of ofNode(nodeId)) {
        if (workspaceId === null || job.row.workspaceId === workspaceId) apply(job, { type: 'takeBack' });
      }
    },
    workOf: (nodeId) => ofNode(nodeId).map(toNodeJob),

    onFinished: listeners.finished.add,
    onStarted: listeners.started.add,
    onWork(listener) {
      workListeners.add(listener);
      return () => void workListeners.delete(listener);
    },
    onPlaceable: placeable.add,
    async stop() {
      stopped = true;
      stopSweep();
      for (const job of active.values()) job.stopBackOff?.();
    },
  };
}

/** The code of an attempt that ended because its node said goodbye. */
export const nodeLeft = 'node_left';

const fault = (code: string, message: string): JobError => ({ code, message, fault: 'node' });
const epochOf = (fence: string) => Number(fence.slice(0, fence.indexOf('.')));

/** Whether that assignment was this node's: on record as such, or made before this start of the host and not on record. */
function ownAttempt(job: ActiveJob, nodeId: string, fence: string, epoch: number): boolean {
  const known = job.life.attempts.find((attempt) => attempt.fence === fence);
  return known === undefined ? epochOf(fence) < epoch : known.nodeId === nodeId;
}

function assignment(job: ActiveJob, fence: string, ticket: string): HostMessageOf<'job_assign'> {
  const { row, life } = job;
  return {
    type: 'job_assign',
    job_id: row.id,
    workspace_id: row.workspaceId,
    fence,
    attempt: life.attempts.at(-1)?.number ?? 1,
    kind: row.kind,
    input: row.input,
    requires: row.requires,
    run_seconds: row.runSeconds,
    label: row.label,
    ticket,
  };
}

function outcomeOf(attemptsBefore: number, { life }: ActiveJob): 'done' | 'fault' | null {
  const last = life.attempts.at(-1);
  if (last === undefined || (life.attempts.length !== attemptsBefore && !isOver(life))) return null;
  if (last.outcome === 'succeeded') return 'done';
  // An owner who stops or takes away their machine is not a machine that fails.
  const isItsFault = last.error?.fault === 'node' && last.error.code !== nodeLeft;
  return (last.outcome === 'failed' || last.outcome === 'lost') && isItsFault ? 'fault' : null;
}

function toNodeJob({ row, life }: ActiveJob): NodeJob {
  const startedAt = life.startedAt ?? life.attempts.at(-1)?.assignedAt ?? row.createdAt;
  const { origin } = row;
  const place = origin === null ? {} : { runId: origin.runId, stepId: origin.stepId, path: origin.path };
  return { jobId: row.id, kind: row.kind, label: row.label, startedAt, ...place };
}

async function toBlob(blobs: BlobStore, value: unknown, size: number): Promise<{ $blob: string; size: number }> {
  const { sha256 } = await blobs.put(once(Buffer.from(JSON.stringify(value))), { maxBytes: size });
  return { $blob: sha256, size };
}

async function* once(content: Uint8Array): AsyncIterable<Uint8Array> {
  yield content;
}

/** A result for a job that is finished: accepted if it is the very one that finished it and only the answer got lost. */
async function answerFromStore(
  store: Store,
  jobId: string,
  fence: string,
  answer: Answer,
  log: EngineLog,
): Promise<void> {
  try {
    const row = await store.get(jobsTable, { id: jobId });
    answer(
      row !== null && row.fence === fence && row.state !== 'cancelled' && row.finishedAt !== null
        ? 'accepted'
        : 'stale',
    );
  } catch (error) {
    log.warn({ err: error, jobId }, 'A late result could not be looked up; the node will repeat it');
  }
}

function addTo<Key>(index: Map<Key, Set<ActiveJob>>, key: Key, job: ActiveJob): void {
  const jobs = index.get(key);
  if (jobs === undefined) index.set(key, new Set([job]));
  else jobs.add(job);
}

function deleteFrom<Key>(index: Map<Key, Set<ActiveJob>>, key: Key, job: ActiveJob): void {
  const jobs = index.get(key);
  jobs?.delete(job);
  if (jobs?.size === 0) index.delete(key);
}

function listenersOf<Event>() {
  const all = new Set<(event: Event) => void>();
  return {
    get any() {
      return all.size > 0;
    },
    tell(event: Event) {
      for (const listener of all) listener(event);
    },
    add(listener: (event: Event) => void) {
      all.add(listener);
      return () => void all.delete(listener);
    },
  };
}
