/**
 * The thin shell around `transition`: holds the jobs that are not finished, carries out what a transition asks for, and
 * answers only after the commit. Nodes' messages come in here (from the gateway), decisions too (from the scheduler).
 */
import type { Clock } from '../../shared/clock.ts';
import type { Attempt, Job, JobError } from '../../shared/model/job.ts';
import type { NodeJob } from '../../shared/model/node.ts';
import type { HostMessage, HostMessageOf, NodeTimings } from '../../shared/protocol/node.ts';
import { hostNodeId } from '../host-executors/host-executor.ts';
import type { EventHub } from '../live/hub.ts';
import type { Roster } from '../nodes/roster.ts';
import type { Decision, QueueView, WorkspaceUse } from '../scheduler/snapshot.ts';
import type { AttemptTickets, BlobStore, FinishedJob } from '../services.ts';
import type { Change, Store } from '../store/store.ts';
import type { JobRow } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { dueEvent, excusedBy, isWorthWriting, queueTimeout } from './deadlines.ts';
import { createEndings } from './endings.ts';
import { nodeFault, nodeLeft } from './faults.ts';
import { jobEvent, maxJobEvents, type NoteJob } from './happenings.ts';
import { createHoldings } from './holdings.ts';
import { type HostWork, noHostWork } from './host-work.ts';
import { listenersOf } from './listeners.ts';
import { createNodeReports, type NodeReports } from './node-reports.ts';
import { openedBlobs } from './payload.ts';
import { type ActiveJob, activate, isHeld, isOver, jobOf, lifeChange } from './record.ts';
import { type JobEffect, type JobEvent, type JobLife, transition } from './transition.ts';

export interface EngineDeps {
  store: Store;
  roster: Roster;
  hub: EventHub;
  blobs: BlobStore;
  tickets: AttemptTickets;
  clock: Clock;
  timers: Timers;
  timings: NodeTimings;
  /** Numbers in [0, 1). */
  random: () => number;
  /** The host's epoch of this start, raised durably (J2). */
  epoch: number;
  /** What the host does itself. */
  host?: HostWork;
  /** Written in the commit that ends these jobs; null where there is nothing to. */
  alongside?: ((ended: readonly ActiveJob[]) => Promise<readonly Change[]> | null) | undefined;
  log: EngineLog;
}
export interface EngineLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Told when a node's work changes: what it did, or null when it only got or lost a job. */
export type WorkListener = (nodeId: string, outcome: 'done' | 'fault' | null) => void;

/** An attempt that ended, however it did. */
export interface AttemptEnd {
  readonly nodeId: string;
  readonly row: JobRow;
  readonly attempt: Attempt;
  /** When it began to run, or was assigned. */
  readonly startedAt: number;
}

export interface JobEngine extends NodeReports {
  /** Takes in jobs that are durable. */
  admit(rows: readonly JobRow[]): void;
  /** Takes in the open jobs of an earlier start: those in line, and those that nodes may still work on (N4). */
  recover(rows: readonly JobRow[]): void;
  find(jobId: string): ActiveJob | undefined;
  open(): Iterable<ActiveJob>;
  ofRun(runId: string): readonly ActiveJob[];
  readonly size: number;
  /** J3. Resolves when it is durable. `by`: the member who did it. */
  cancel(job: ActiveJob, by?: string | null): Promise<void>;

  queues(): QueueView[];
  /** Jobs in line that the host does itself. */
  hostQueues(): QueueView[];
  use(): ReadonlyMap<string, WorkspaceUse>;
  assign(decision: Decision): void;

  /** N8: the node is lost or has left; everything it held goes back in line. */
  nodeLost(nodeId: string, error: JobError): void;
  /** Takes a node's jobs of one workspace, or all; nobody's fault. */
  takeBack(nodeId: string, workspaceId: string | null): void;
  workOf(nodeId: string): NodeJob[];

  onFinished(listener: (finished: FinishedJob) => void): () => void;
  onStarted(listener: (started: { job: Job; nodeId: string }) => void): () => void;
  onWork(listener: WorkListener): () => void;
  /** Told at once of every attempt that ends; before it is durable. */
  onAttempt(listener: (end: AttemptEnd) => void): () => void;
  /** Told when a job may be placed, or room became free. */
  onPlaceable(listener: () => void): () => void;
  stop(): Promise<void>;
}

const sweepEvery = 1_000;

export function createJobEngine(deps: EngineDeps): JobEngine {
  const { roster, hub, clock, timers, tickets } = deps;
  const finished = listenersOf<FinishedJob>();
  const started = listenersOf<{ job: Job; nodeId: string }>();
  const work = new Set<WorkListener>();
  const attempts = listenersOf<AttemptEnd>();
  const placeable = listenersOf<void>();
  const { host = noHostWork } = deps;
  const send = (nodeId: string, message: HostMessage): boolean => {
    if (nodeId !== hostNodeId) return roster.send(nodeId, message);
    host.send(message);
    return true;
  };
  const holdings = createHoldings({
    ...deps,
    host,
    onPlaceable: () => placeable.tell(),
    onImpatient: (job, queueSeconds) => void apply(job, queueTimeout(job, queueSeconds)),
  });
  const endings = createEndings({ ...deps, tellEnd: (job) => tellEnd(job) });
  let counter = 0;

  const apply = (job: ActiveJob, event: JobEvent): readonly JobEffect[] => {
    const before = job.life;
    const { job: life, effects } = transition(before, event, clock.now(), deps.random());
    if (life === before) return effects;
    job.life = life;
    const [from, to] = [isHeld(before) ? before.nodeId : null, isHeld(life) ? life.nodeId : null];
    if (before.state === 'queued') holdings.leaveLine(job);
    if (from !== null && to === null) holdings.vacate(job, from);
    if (from === null && to !== null) holdings.occupy(job, to);
    if (life.state === 'queued') holdings.standInLine(job);
    const ended = endedAttempt(before, life, from !== null && to === null);
    if (ended !== null) attempts.tell({ nodeId: ended.attempt.nodeId, row: job.row, ...ended });
    for (const effect of effects) carryOut(job, effect);
    if (from !== null || to !== null) tellWork(from ?? to ?? '', outcomeOf(before.attempts.length, job));
    if (!isOver(life)) tellState(job);
    return effects;
  };

  const carryOut = (job: ActiveJob, effect: JobEffect): void => {
    switch (effect.type) {
      case 'revoke': {
        const { nodeId, fence, reason } = effect;
        send(nodeId, { type: 'job_cancel', job_id: job.row.id, fence, reason });
        return;
      }
      case 'started':
        // Only runs show when their jobs start; all others are spared it.
        if (job.row.origin !== null && job.life.nodeId !== null) {
          started.tell({ job: jobOf(job), nodeId: job.life.nodeId });
        }
        return;
      case 'requeued':
        job.written = false;
        job.backedOff = true;
        void endings.persist(() => [lifeChange(job)]);
        return;
      case 'finished':
        job.end = endings.finish(job);
        return;
      case 'stale':
        return;
      default:
        effect satisfies never;
    }
  };

  const tellEnd = (job: ActiveJob) => {
    holdings.leave(job);
    job.whenEnded?.();
    tellState(job);
    const decided = job.life.attempts.at(-1)?.nodeId ?? null;
    if (finished.any) finished.tell({ job: jobOf(job), nodeId: decided });
  };

  const tellState = ({ row, life }: ActiveJob) => {
    if (!hub.hearsStreams) return;
    const topic = `job:${row.id}`;
    if (hub.hears(topic))
      hub.publish(row.workspaceId, topic, { kind: 'job.changed', jobId: row.id, state: life.state });
  };
  const tellWork = (nodeId: string, outcome: 'done' | 'fault' | null) => {
    for (const listener of work) listener(nodeId, outcome);
  };

  /** J9: what columns and attempts do not tell is written down, up to a bound. */
  const note: NoteJob = (job, what, fields) => {
    if (job.noted >= maxJobEvents) return;
    job.noted += 1;
    const event = jobEvent(job.row.id, what, clock.now(), fields);
    void endings.persist(() => [event]);
  };

  let sweptAt = clock.now();
  const sweep = () => {
    const now = clock.now();
    const excused = excusedBy(sweptAt, now);
    sweptAt = now;
    for (const job of holdings.held()) {
      if (excused !== 0) excuse(job, excused);
      const isHere = job.life.nodeId === hostNodeId || roster.get(job.life.nodeId ?? '')?.session != null;
      const due = dueEvent(job, now, deps.timings, isHere);
      if (due !== null) apply(job, due);
      if (!isWorthWriting(job, now)) continue;
      job.written = true;
      void endings.persist(() => (isHeld(job.life) ? [lifeChange(job)] : []));
    }
  };
  const stopSweep = timers.every(sweepEvery, sweep);

  return {
    admit(rows) {
      for (const row of rows) {
        const job = activate(row);
        holdings.enter(job);
        holdings.standInLine(job);
      }
    },
    recover(rows) {
      for (const row of rows) {
        const job = activate(row);
        holdings.enter(job);
        if (!isHeld(job.life) || job.life.nodeId === null) {
          job.life = { ...job.life, state: 'queued', nodeId: null, fence: null };
          holdings.standInLine(job);
        } else {
          job.doubtedUntil = clock.now() + deps.timings.graceAfterRestart;
          holdings.occupy(job, job.life.nodeId);
        }
        // What the host itself worked on ended with it.
        if (isHeld(job.life) && job.life.nodeId === hostNodeId) {
          apply(job, {
            type: 'lost',
            error: nodeFault('host_restarted', 'The host was restarted while it worked on it'),
          });
        }
      }
    },
    find: holdings.find,
    open: holdings.open,
    ofRun: holdings.ofRun,
    get size() {
      return holdings.size;
    },
    async cancel(job, by = null) {
      if (by !== null && !isOver(job.life)) note(job, 'cancelled', { by });
      apply(job, { type: 'cancel' });
      await job.end;
    },

    queues: holdings.queues,
    hostQueues: holdings.hostQueues,
    use: holdings.use,
    assign({ jobId, nodeId, gpu }) {
      const job = holdings.find(jobId);
      if (job === undefined || job.life.state !== 'queued' || !job.inLine) return;
      counter += 1;
      const fence = `${deps.epoch}.${counter}`;
      job.gpu = gpu;
      apply(job, { type: 'assign', nodeId, fence });
      job.ticket = tickets.issue({ jobId, fence, blobs: openedBlobs(job.row.input) });
      if (!send(nodeId, assignment(job, fence, job.ticket))) apply(job, { type: 'takeBack' });
    },

    ...createNodeReports({ ...deps, holdings, apply, note }),
    nodeLost(nodeId, error) {
      for (const job of holdings.ofNode(nodeId)) apply(job, { type: 'lost', error });
    },
    takeBack(nodeId, workspaceId) {
      for (const job of holdings.ofNode(nodeId)) {
        if (workspaceId === null || job.row.workspaceId === workspaceId) apply(job, { type: 'takeBack' });
      }
    },
    workOf: (nodeId) => holdings.ofNode(nodeId).map(toNodeJob),

    onFinished: finished.add,
    onStarted: started.add,
    onWork(listener) {
      work.add(listener);
      return () => void work.delete(listener);
    },
    onAttempt: attempts.add,
    onPlaceable: placeable.add,
    async stop() {
      endings.stop();
      stopSweep();
      holdings.stop();
    },
  };
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

/** The attempt that this transition ended; one that nobody knew of before a restart may begin and end at once. */
function endedAttempt(before: JobLife, life: JobLife, left: boolean): Pick<AttemptEnd, 'attempt' | 'startedAt'> | null {
  const attempt = life.attempts.at(-1);
  if (attempt === undefined || !(left || (isOver(life) && life.attempts.length > before.attempts.length))) return null;
  return { attempt, startedAt: before.startedAt ?? attempt.assignedAt };
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

function excuse(job: ActiveJob, milliseconds: number): void {
  job.excused += milliseconds;
  job.progressAt += milliseconds;
  if (job.doubtedUntil !== null) job.doubtedUntil += milliseconds;
}
