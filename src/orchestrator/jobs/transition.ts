/**
 * The life of a job, as data. The shell (service.ts) applies what is decided here.
 *
 *   queued ──assign──► assigned ──acknowledge──► running ──done──► succeeded
 *     ▲                   │                         ├──failed (the job's fault)──► failed
 *     └── rejected, lost, node's fault (J4) ◄───────┴──third node fault──► dead        cancel, from anywhere ► cancelled
 */
import type { Attempt, JobError, JobState, RetryPolicy } from '../../shared/model/job.ts';
import { nodeLeft } from './faults.ts';

/** What of a job changes. Immutable: a transition makes a new one. */
export interface JobLife {
  readonly state: JobState;
  readonly retry: RetryPolicy;
  readonly attempts: readonly Attempt[];
  readonly nodeId: string | null;
  /** The assignment that holds the job, or that decided it. */
  readonly fence: string | null;
  readonly error: JobError | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly notBefore: number | null;
  /** How often in a row nodes did not take it; only lengthens the back-off. */
  readonly rejections: number;
  /** Attempts up to this number belong to an earlier series and do not count any more: it was put in line again by hand. */
  readonly spared: number;
}

export type JobEvent =
  | { readonly type: 'assign'; readonly nodeId: string; readonly fence: string }
  | { readonly type: 'acknowledge'; readonly fence: string }
  | { readonly type: 'reject'; readonly fence: string; readonly error: JobError }
  /** `earlier`: the fence is of an epoch before this start of the host (N10). */
  | { readonly type: 'done'; readonly fence: string; readonly nodeId: string; readonly earlier: boolean }
  | {
      readonly type: 'failed';
      readonly fence: string;
      readonly nodeId: string;
      readonly earlier: boolean;
      readonly error: JobError;
    }
  /** The node is lost, has left, or did not acknowledge in time (N4, N7, N8). */
  | { readonly type: 'lost'; readonly error: JobError }
  /** Taken away by people: the node was removed. Nobody's fault. */
  | { readonly type: 'takeBack' }
  /** J5: waited, ran, or was silent for too long. */
  | { readonly type: 'timeOut'; readonly error: JobError }
  | { readonly type: 'cancel' }
  /** A node that came back still works on it (N6). */
  | { readonly type: 'adopt'; readonly fence: string; readonly nodeId: string };

export type JobEffect =
  /** The node works on it in vain: tell it to stop. */
  | { readonly type: 'revoke'; readonly nodeId: string; readonly fence: string; readonly reason: string }
  | { readonly type: 'started' }
  /** Durable now: the end, or another try. */
  | { readonly type: 'finished' }
  | { readonly type: 'requeued' }
  /** What the event asked for does not hold any more. */
  | { readonly type: 'stale' };

export interface Transition {
  readonly job: JobLife;
  readonly effects: readonly JobEffect[];
}

/** After so many faults of nodes a job is dead (J4). */
export const maxNodeFaults = 3;
/** Nobody may have a job wait longer than this by a Retry-After, in milliseconds. */
export const maxRetryAfter = 3_600_000;
/** So many attempts of a job are kept; the earliest go first. More than any series may have. */
const keptAttempts = 200;

type Handler<Kind extends JobEvent['type']> = (
  job: JobLife,
  event: Extract<JobEvent, { type: Kind }>,
  now: number,
  random: number,
) => Transition;
type Row = { readonly [Kind in JobEvent['type']]: Handler<Kind> };

const stale: readonly JobEffect[] = [{ type: 'stale' }];
const ignore = (job: JobLife): Transition => ({ job, effects: [] });
const refuse = (job: JobLife): Transition => ({ job, effects: stale });

const finished: Row = {
  assign: refuse,
  acknowledge: refuse,
  reject: refuse,
  done: refuse,
  failed: refuse,
  lost: ignore,
  takeBack: ignore,
  timeOut: ignore,
  cancel: ignore,
  adopt: refuse,
};

const held: Row = {
  assign: refuse,
  acknowledge: (job, event, now) => {
    if (event.fence !== job.fence) return refuse(job);
    return job.state === 'running' ? ignore(job) : start(job, now);
  },
  reject: (job, event, now, random) =>
    event.fence === job.fence ? rejected(job, event.error, now, random) : refuse(job),
  done: (job, event, now) => (event.fence === job.fence ? succeed(job, now) : refuse(job)),
  failed: (job, event, now, random) => (event.fence === job.fence ? fail(job, event.error, now, random) : refuse(job)),
  lost: (job, event, now, random) => withRevoke(job, nodeFault(job, 'lost', event.error, now, random), 'lost'),
  takeBack: (job, _event, now) => withRevoke(job, requeue(close(job, 'cancelled', now), null), 'taken_back'),
  timeOut: (job, event, now, random) => withRevoke(job, fail(job, event.error, now, random), 'timed_out'),
  cancel: (job, _event, now) =>
    withRevoke(job, finish(close(job, 'cancelled', now), 'cancelled', null, now), 'cancelled'),
  adopt: (job, event, now) => {
    if (event.fence !== job.fence || event.nodeId !== job.nodeId) return refuse(job);
    return job.state === 'running' ? ignore(job) : start(job, now);
  },
};

/** The table of states and events; the compiler sees that no cell is missing. */
const table: { readonly [State in JobState]: Row } = {
  queued: {
    assign: (job, event, now) => ({ job: assigned(job, event.nodeId, event.fence, now), effects: [] }),
    acknowledge: refuse,
    reject: refuse,
    // N10: after a restart nobody else holds the job, so the result of an earlier assignment is as good as any.
    done: (job, event, now) =>
      event.earlier ? succeed(assigned(job, event.nodeId, event.fence, now), now) : refuse(job),
    failed: (job, event, now, random) =>
      event.earlier ? fail(assigned(job, event.nodeId, event.fence, now), event.error, now, random) : refuse(job),
    lost: ignore,
    takeBack: ignore,
    timeOut: (job, event, now) => finish(job, 'failed', event.error, now),
    cancel: (job, _event, now) => finish(job, 'cancelled', null, now),
    adopt: (job, event, now) => start(reopened(job, event.nodeId, event.fence, now), now),
  },
  assigned: held,
  running: held,
  succeeded: finished,
  failed: finished,
  cancelled: finished,
  dead: finished,
};

/** What becomes of a job. `random` (0–1) shortens back-offs so that many jobs do not come back at once. */
export function transition(job: JobLife, event: JobEvent, now: number, random = 0): Transition {
  const handle = table[job.state][event.type] as Handler<JobEvent['type']>;
  return handle(job, event as never, now, random);
}

function assigned(job: JobLife, nodeId: string, fence: string, now: number): JobLife {
  // A rejected attempt never ran; the next one takes its place, so that the list stays short.
  const earlier = job.attempts.at(-1)?.outcome === 'rejected' ? job.attempts.slice(0, -1) : job.attempts;
  const attempt: Attempt = {
    number: (earlier.at(-1)?.number ?? 0) + 1,
    nodeId,
    fence,
    assignedAt: now,
    finishedAt: null,
    outcome: 'running',
  };
  return {
    ...job,
    state: 'assigned',
    attempts: [...(earlier.length < keptAttempts ? earlier : earlier.slice(1 - keptAttempts)), attempt],
    nodeId,
    fence,
    startedAt: null,
    notBefore: null,
  };
}

/** The attempt of that fence goes on, whatever was thought of it in between; an unknown one begins. */
function reopened(job: JobLife, nodeId: string, fence: string, now: number): JobLife {
  const known = job.attempts.at(-1);
  if (known?.fence !== fence) return assigned(job, nodeId, fence, now);
  const { error: _forgiven, ...attempt } = known;
  const attempts = [...job.attempts.slice(0, -1), { ...attempt, finishedAt: null, outcome: 'running' as const }];
  return { ...job, state: 'assigned', attempts, nodeId, fence, startedAt: null, notBefore: null };
}

function start(job: JobLife, now: number): Transition {
  return { job: { ...job, state: 'running', startedAt: now, rejections: 0 }, effects: [{ type: 'started' }] };
}

function close(job: JobLife, outcome: Attempt['outcome'], now: number, error?: JobError): JobLife {
  const last = job.attempts.at(-1);
  if (last === undefined) return job;
  const closed = { ...last, finishedAt: now, outcome, ...(error === undefined ? {} : { error }) };
  return { ...job, attempts: job.attempts.length === 1 ? [closed] : [...job.attempts.slice(0, -1), closed] };
}

function finish(job: JobLife, state: JobState, error: JobError | null, now: number): Transition {
  const startedAt = job.startedAt ?? job.attempts.at(-1)?.assignedAt ?? null;
  return {
    job: { ...job, state, error, startedAt, finishedAt: now, notBefore: null },
    effects: [{ type: 'finished' }],
  };
}

const succeed = (job: JobLife, now: number) => finish(close(job, 'succeeded', now), 'succeeded', null, now);

function requeue(job: JobLife, notBefore: number | null): Transition {
  const queued: JobLife = { ...job, state: 'queued', nodeId: null, fence: null, startedAt: null, notBefore };
  return { job: queued, effects: [{ type: 'requeued' }] };
}

function rejected(job: JobLife, error: JobError, now: number, random: number): Transition {
  const rejections = job.rejections + 1;
  const closed = { ...close(job, 'rejected', now, error), rejections };
  return requeue(closed, now + delay(job.retry, rejections, random));
}

function fail(job: JobLife, error: JobError, now: number, random: number): Transition {
  if (error.fault === 'node') return nodeFault(job, 'failed', error, now, random);
  const closed = close(job, 'failed', now, error);
  const tried = triedOf(closed);
  if (!job.retry.retryOn.includes('job') || tried >= job.retry.attempts) return finish(closed, 'failed', error, now);
  return requeue(closed, now + waitAfter(error, job.retry, tried, random));
}

/**
 * Attempts that count: what people took back, nodes did not take, or nodes gave back when they said goodbye costs nothing; an
 * owner who closes a laptop three times must not kill a job.
 */
const counted = (job: JobLife) =>
  job.attempts.filter(
    ({ number, outcome, error }) =>
      number > job.spared && (outcome === 'failed' || (outcome === 'lost' && error?.code !== nodeLeft)),
  );
const triedOf = (job: JobLife) => counted(job).length;

function nodeFault(job: JobLife, outcome: 'lost' | 'failed', error: JobError, now: number, random: number): Transition {
  const closed = close(job, outcome, now, error);
  const faults = counted(closed).filter((attempt) => attempt.error?.fault === 'node').length;
  const spent = faults >= maxNodeFaults || triedOf(closed) >= job.retry.attempts;
  if (spent || !job.retry.retryOn.includes('node')) return finish(closed, 'dead', error, now);
  if (outcome === 'lost' && error.code === nodeLeft) return requeue(closed, null);
  return requeue(closed, now + waitAfter(error, job.retry, faults, random));
}

/** The back-off, or as long as somebody asked for, where that is longer. */
const waitAfter = (error: JobError, retry: RetryPolicy, tried: number, random: number) =>
  Math.max(delay(retry, tried, random), Math.min(error.retryAfterMs ?? 0, maxRetryAfter));

/** Milliseconds before the try after the `tried`-th: first · factor^(tried − 1), at most max, shortened by up to `jitter`. */
function delay({ backoff }: RetryPolicy, tried: number, random: number): number {
  const full = Math.min(backoff.max, backoff.first * backoff.factor ** (tried - 1));
  return Math.round(full * (1 - backoff.jitter * random));
}

function withRevoke(before: JobLife, { job, effects }: Transition, reason: string): Transition {
  if (before.nodeId === null || before.fence === null) return { job, effects };
  return { job, effects: [{ type: 'revoke', nodeId: before.nodeId, fence: before.fence, reason }, ...effects] };
}
