import { type Static, Type } from 'typebox';
import { JobKind } from './node.ts';
import { Id, Json, Timestamp } from './values.ts';

export const jobStates = ['queued', 'assigned', 'running', 'succeeded', 'failed', 'cancelled', 'dead'] as const;
export const JobState = Type.Enum(jobStates, { $id: 'JobState' });
export type JobState = (typeof jobStates)[number];
export const finishedJobStates: readonly JobState[] = ['succeeded', 'failed', 'cancelled', 'dead'];

/** What a job needs of a node; the scheduler's filter. */
export const Requirements = Type.Object(
  {
    cores: Type.Number({ minimum: 0, maximum: 4096, default: 1 }),
    ramMb: Type.Integer({ minimum: 0, default: 256 }),
    gpuMemoryMb: Type.Optional(Type.Integer({ minimum: 1 })),
    tags: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 16 })),
    /** One particular machine. */
    nodeId: Type.Optional(Id),
    /** Machines it must not run on. */
    notNodeIds: Type.Optional(Type.Array(Id, { maxItems: 16 })),
    /** A model that must be there, loaded or on disk, by the name the node gives it. */
    model: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** Disk that it may fill while it runs, in MiB. */
    storageMb: Type.Optional(Type.Integer({ minimum: 0 })),
  },
  { $id: 'Requirements' },
);
export type Requirements = Static<typeof Requirements>;

/** Retry policy (J4). Delays in milliseconds; `jitter` is the share (0–1) by which a delay may be shortened at random. */
export const RetryPolicy = Type.Object(
  {
    attempts: Type.Integer({ minimum: 1, maximum: 100 }),
    backoff: Type.Object({
      first: Type.Integer({ minimum: 0 }),
      factor: Type.Number({ minimum: 1, maximum: 10 }),
      max: Type.Integer({ minimum: 0 }),
      jitter: Type.Number({ minimum: 0, maximum: 1 }),
    }),
    retryOn: Type.Array(Type.Union([Type.Literal('node'), Type.Literal('job')])),
  },
  { $id: 'RetryPolicy' },
);
export type RetryPolicy = Static<typeof RetryPolicy>;

export const defaultRetry: RetryPolicy = {
  attempts: 3,
  backoff: { first: 250, factor: 2, max: 30_000, jitter: 0.5 },
  retryOn: ['node'],
};

/** Whose fault an unsuccessful attempt was (J4). */
export const Fault = Type.Union([Type.Literal('node'), Type.Literal('job')]);
export type Fault = Static<typeof Fault>;

export const JobError = Type.Object(
  {
    code: Type.String({ maxLength: 80 }),
    message: Type.String({ maxLength: 8000 }),
    fault: Fault,
    /** Milliseconds that somebody asked to wait before the next attempt (Retry-After); bounded by the host (J4). */
    retryAfterMs: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { $id: 'JobError' },
);
export type JobError = Static<typeof JobError>;

export const Attempt = Type.Object(
  {
    number: Type.Integer({ minimum: 1 }),
    nodeId: Id,
    fence: Type.String(),
    assignedAt: Timestamp,
    finishedAt: Type.Union([Timestamp, Type.Null()]),
    outcome: Type.Union([
      Type.Literal('running'),
      Type.Literal('succeeded'),
      Type.Literal('failed'),
      Type.Literal('lost'),
      Type.Literal('rejected'),
      Type.Literal('cancelled'),
    ]),
    error: Type.Optional(JobError),
  },
  { $id: 'Attempt' },
);
export type Attempt = Static<typeof Attempt>;

/** Which step instance of which run a job works for. */
export const JobOrigin = Type.Object({
  runId: Id,
  stepId: Type.String(),
  path: Type.String(),
  /** The job of that step, where this one is only a part of its work: a turn of an agent, a tool that it called. */
  partOf: Type.Optional(Id),
});
export type JobOrigin = Static<typeof JobOrigin>;

/** What a client sends to have a job done. */
export const JobSubmit = Type.Object(
  {
    kind: JobKind,
    input: Json,
    requires: Type.Optional(Type.Partial(Requirements)),
    priority: Type.Optional(Type.Integer({ minimum: -100, maximum: 100 })),
    label: Type.Optional(Type.String({ maxLength: 200 })),
    idempotencyKey: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    retry: Type.Optional(RetryPolicy),
    /** Seconds that one attempt may run. */
    runSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
    /** Seconds that it waits in line for a node at most, back-offs not counted; then `failed`, `queue_timeout` (J5). */
    queueSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 604_800 })),
    /** Seconds without output or progress after which an attempt is ended, `no_progress`, as the job's fault (J5). */
    silenceSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  },
  { $id: 'JobSubmit' },
);
export type JobSubmit = Static<typeof JobSubmit>;

export const Job = Type.Object(
  {
    id: Id,
    workspaceId: Id,
    kind: JobKind,
    label: Type.String(),
    state: JobState,
    input: Json,
    requires: Requirements,
    priority: Type.Integer(),
    retry: RetryPolicy,
    runSeconds: Type.Integer(),
    queueSeconds: Type.Optional(Type.Integer()),
    silenceSeconds: Type.Optional(Type.Integer()),
    submittedBy: Type.Union([Id, Type.Null()]),
    origin: Type.Optional(JobOrigin),
    attempts: Type.Array(Attempt),
    nodeId: Type.Union([Id, Type.Null()]),
    result: Type.Optional(Json),
    error: Type.Optional(JobError),
    createdAt: Timestamp,
    startedAt: Type.Union([Timestamp, Type.Null()]),
    finishedAt: Type.Union([Timestamp, Type.Null()]),
    /** Not tried again before this time (back-off). */
    notBefore: Type.Optional(Timestamp),
    /** When it was last put in line again by hand, and how many attempts there were before: those count no more (J4). */
    requeued: Type.Optional(Type.Object({ at: Timestamp, attempts: Type.Integer() })),
  },
  { $id: 'Job' },
);
export type Job = Static<typeof Job>;

/** What can have happened to a job (J9). `waits` is why it is pending now, or until when it backs off. */
export const jobHappenings = [
  'submitted',
  'waits',
  'assigned',
  'acknowledged',
  'rejected',
  'failed',
  'lost',
  'taken_back',
  'retried',
  'adopted',
  'stale',
  'requeued',
  'cancelled',
  'succeeded',
  'ended',
] as const;

/** One line of a job's history, the earliest first. */
export const JobHappening = Type.Object(
  {
    at: Timestamp,
    what: Type.Enum(jobHappenings),
    /** For people: one sentence. */
    text: Type.String(),
    attempt: Type.Optional(Type.Integer()),
    nodeId: Type.Optional(Id),
    nodeName: Type.Optional(Type.String()),
    /** Who did it, where a person did. */
    by: Type.Optional(Type.String()),
    error: Type.Optional(JobError),
  },
  { $id: 'JobHappening' },
);
export type JobHappening = Static<typeof JobHappening>;

const Seconds = Type.Union([Type.Number({ minimum: 0 }), Type.Null()]);

/** What one node says to a need: the first reason against it, or that it could take it now. */
export const NodeAnswer = Type.Object(
  {
    nodeId: Id,
    name: Type.String(),
    /** It could take it now. */
    fits: Type.Boolean(),
    /** `fits`, or a stable name of the reason. */
    code: Type.String(),
    reason: Type.String(),
    /** Whether the reason stays until somebody changes something; else it passes by itself. */
    lasting: Type.Boolean(),
    /** Seconds until it could, estimated; 0 for now, null for never or not known. */
    waitSeconds: Seconds,
    /** What is needed of the thing that lacks, and what the node has of it: cores, or MiB. */
    needs: Type.Optional(Type.Number()),
    has: Type.Optional(Type.Number()),
  },
  { $id: 'NodeAnswer' },
);
export type NodeAnswer = Static<typeof NodeAnswer>;

export const helpCodes = [
  'fewer_cores',
  'less_memory',
  'less_gpu_memory',
  'less_storage',
  'fewer_tags',
  'any_machine',
  'any_model',
  'resume_node',
  'bring_back_node',
  'let_in_node',
  'connect_node',
] as const;

/** One thing that would help, and how many nodes could run it then. */
export const Help = Type.Object(
  {
    code: Type.Enum(helpCodes),
    /** As an offer: "Ask for 4 cores". */
    text: Type.String(),
    /** Nodes that could run it then, busy ones counted. */
    nodes: Type.Integer({ minimum: 0 }),
    /** Those of them that could at once. */
    now: Type.Integer({ minimum: 0 }),
    /** The node that it is about. */
    nodeId: Type.Optional(Id),
    /** What to ask for instead, whole. */
    requires: Type.Optional(Requirements),
  },
  { $id: 'Help' },
);
export type Help = Static<typeof Help>;

const placement = {
  summary: Type.String(),
  /** Seconds until it starts, estimated ("About 40 s"); 0 when a node could take it now, null when nobody knows. */
  expectedSeconds: Seconds,
  /** Jobs that come before it in line. */
  ahead: Type.Integer({ minimum: 0 }),
  /** Those that could now first, then those that could later, then the others; by name. */
  nodes: Type.Array(NodeAnswer),
  /** What would help, the most helpful first; empty when a node could take it now. */
  helps: Type.Array(Help),
};

/** Who could do a job of this need, when, why the others can't, and what would help. */
export const Placement = Type.Object(placement, { $id: 'Placement' });
export type Placement = Static<typeof Placement>;

/** Why a job waits: the same for a job that there is. */
export const Explanation = Type.Object({ jobId: Id, state: JobState, ...placement }, { $id: 'Explanation' });
export type Explanation = Static<typeof Explanation>;

/** One piece of what an attempt wrote (N9). */
export const OutputChunk = Type.Object(
  {
    attempt: Type.Integer({ minimum: 1 }),
    seq: Type.Integer({ minimum: 0 }),
    stream: Type.Union([Type.Literal('log'), Type.Literal('token'), Type.Literal('progress')]),
    text: Type.String(),
    at: Timestamp,
  },
  { $id: 'OutputChunk' },
);
export type OutputChunk = Static<typeof OutputChunk>;
