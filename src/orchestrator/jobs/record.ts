/** A job as row, in memory, and as others see it. Pure. */
import {
  type Attempt,
  defaultRetry,
  finishedJobStates,
  type Job,
  type Requirements,
  type RetryPolicy,
} from '../../shared/model/job.ts';
import type { Need, WaitingJob } from '../scheduler/snapshot.ts';
import type { NewJob } from '../services.ts';
import { type Change, constant, patch } from '../store/store.ts';
import { type JobRow, jobs } from '../store/tables.ts';
import { needKey } from './line.ts';
import { createOutput, type JobOutput } from './output.ts';
import type { JobLife } from './transition.ts';

/** A job that is not finished, or whose end is just being written. */
export interface ActiveJob {
  /** As submitted; what changes is in `life`. */
  readonly row: JobRow;
  readonly need: Need;
  readonly key: string;
  readonly waiting: WaitingJob;
  life: JobLife;
  result: unknown;
  /** Whether it stands in a line now; not while it backs off. */
  inLine: boolean;
  stopBackOff: (() => void) | null;
  /** The GPU that it has reserved on its node. */
  gpu: number | null;
  ticket: string | null;
  /** Whether the store knows the assignment (J8). */
  written: boolean;
  output: JobOutput | null;
  /** Settles when the end is durable. */
  end: Promise<void> | null;
  /** Called then, before anybody else is told. */
  whenEnded: (() => void) | null;
  /** Whether the store may know of a back-off. */
  backedOff: boolean;
  /** Taken from its node at this time unless it is heard of before: not presented (N6), or after a restart (N4). */
  doubtedUntil: number | null;
  /** Milliseconds of its present attempt in which this machine slept, or by which its clock was set. */
  excused: number;
  /** When it was last seen to get on: begun, adopted, or written something (J5). */
  progressAt: number;
  /** Stops the wait for its place that it has asked for (J5). */
  stopPatience: (() => void) | null;
  /** How many events of its own it has had in this life of the host (J9). */
  noted: number;
}

const defaultRequirements: Requirements = constant({ cores: 1, ramMb: 256 });
const usualRetry: RetryPolicy = constant(defaultRetry);
const noAttempts: Attempt[] = constant([]);
const defaultRunSeconds = 600;

export const requirementsOf = (asked: Partial<Requirements> | undefined): Requirements =>
  asked === undefined ? defaultRequirements : { ...defaultRequirements, ...asked };

export function newRow(id: string, workspaceId: string, submittedBy: string | null, job: NewJob, now: number): JobRow {
  return {
    id,
    workspaceId,
    kind: job.kind,
    label: job.label ?? '',
    state: 'queued',
    input: job.input ?? null,
    requires: requirementsOf(job.requires),
    priority: job.priority ?? 0,
    retry: job.retry ?? usualRetry,
    runSeconds: job.runSeconds ?? defaultRunSeconds,
    submittedBy,
    idempotencyKey: job.idempotencyKey ?? null,
    origin: job.origin ?? null,
    runId: job.origin?.runId ?? null,
    attempts: noAttempts,
    nodeId: null,
    fence: null,
    result: null,
    error: null,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    notBefore: null,
    queueSeconds: job.queueSeconds ?? null,
    silenceSeconds: job.silenceSeconds ?? null,
    requeued: null,
  };
}

type NamedNeed = Pick<ActiveJob, 'need' | 'key'>;

/** Jobs come in bulk: one that needs what the one before needs shares it, and the text that names it. */
let lastNeed: NamedNeed | null = null;
function needOf({ workspaceId, kind, requires }: JobRow): NamedNeed {
  const last = lastNeed?.need;
  if (lastNeed !== null && last?.requires === requires && last.kind === kind && last.workspaceId === workspaceId) {
    return lastNeed;
  }
  lastNeed = { need: { workspaceId, kind, requires }, key: needKey(workspaceId, kind, requires) };
  return lastNeed;
}

export function activate(row: JobRow): ActiveJob {
  const { id, priority, createdAt, submittedBy: member } = row;
  const { need, key } = needOf(row);
  return {
    row,
    need,
    key,
    waiting: { id, priority, createdAt, member },
    life: {
      state: row.state,
      retry: row.retry,
      attempts: row.attempts,
      nodeId: row.nodeId,
      fence: row.fence,
      error: row.error,
      startedAt: row.startedAt,
      finishedAt: row.finishedAt,
      notBefore: row.notBefore,
      rejections: 0,
      spared: row.requeued?.attempts ?? 0,
    },
    result: null,
    inLine: false,
    stopBackOff: null,
    gpu: null,
    ticket: null,
    written: row.state !== 'queued',
    output: null,
    end: null,
    whenEnded: null,
    backedOff: row.notBefore !== null,
    doubtedUntil: null,
    excused: 0,
    progressAt: 0,
    stopPatience: null,
    noted: 0,
  };
}

export function outputOf(job: ActiveJob): JobOutput {
  job.output ??= createOutput();
  return job.output;
}

export const isHeld = ({ state }: JobLife) => state === 'assigned' || state === 'running';
export const isOver = ({ state }: JobLife) => finishedJobStates.includes(state);

/** The columns of a job's life, as they stand now; those that never had a value are left out. */
export function lifeChange(job: ActiveJob): Change {
  const { state, attempts, nodeId, fence, error, startedAt, finishedAt, notBefore } = job.life;
  const life: Partial<JobRow> = { state, attempts: attempts as JobRow['attempts'], nodeId, fence, startedAt };
  if (job.backedOff) life.notBefore = notBefore;
  if (isOver(job.life)) {
    life.finishedAt = finishedAt;
    life.result = job.result;
    if (error !== null) life.error = error;
  }
  return patch(jobs, { id: job.row.id }, life);
}

/** The row as it would be written now. */
export function currentRow({ row, life, result }: ActiveJob): JobRow {
  const { state, attempts, nodeId, fence, error, startedAt, finishedAt, notBefore } = life;
  return { ...row, state, attempts: [...attempts], nodeId, fence, error, startedAt, finishedAt, notBefore, result };
}

export const toJob = (row: JobRow): Job => jobFrom(row, row, row.result);

/** The job as it is now. */
export const jobOf = ({ row, life, result }: ActiveJob): Job => jobFrom(row, life, result);

type Life = Pick<JobLife, 'state' | 'attempts' | 'nodeId' | 'error' | 'startedAt' | 'finishedAt' | 'notBefore'>;

function jobFrom(row: JobRow, life: Life, result: unknown): Job {
  const job: Job = {
    id: row.id,
    workspaceId: row.workspaceId,
    kind: row.kind,
    label: row.label,
    state: life.state,
    input: row.input,
    requires: row.requires,
    priority: row.priority,
    retry: row.retry,
    runSeconds: row.runSeconds,
    submittedBy: row.submittedBy,
    // Nobody changes a list of attempts; the next one is a list of its own.
    attempts: life.attempts as Attempt[],
    nodeId: life.nodeId,
    createdAt: row.createdAt,
    startedAt: life.startedAt,
    finishedAt: life.finishedAt,
  };
  if (row.origin !== null) job.origin = row.origin;
  if (life.state === 'succeeded') job.result = result;
  if (life.error !== null) job.error = life.error;
  if (life.notBefore !== null) job.notBefore = life.notBefore;
  if (row.queueSeconds !== null) job.queueSeconds = row.queueSeconds;
  if (row.silenceSeconds !== null) job.silenceSeconds = row.silenceSeconds;
  if (row.requeued !== null) job.requeued = row.requeued;
  return job;
}
