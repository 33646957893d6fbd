import { type Static, Type } from 'typebox';
import { Id, Name, Timestamp } from './values.ts';

export const jobKinds = ['script', 'ocr', 'document', 'inference', 'model'] as const;
/** A kind of job; nodes of other versions may know more than this one. */
export const JobKind = Type.String({
  pattern: '^[a-z][a-z0-9_-]{0,31}$',
  $id: 'JobKind',
});
export type JobKind = string;

export const Gpu = Type.Object(
  {
    id: Type.String({ maxLength: 120, description: 'Stable over restarts' }),
    model: Type.String({ maxLength: 200 }),
    vendor: Type.Optional(Type.String({ maxLength: 120 })),
    memory_mb: Type.Optional(Type.Number({ minimum: 0 })),
    /** What other programs of the machine use of it, where that can be measured. */
    other_mb: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: true, $id: 'Gpu' },
);
export type Gpu = Static<typeof Gpu>;

export const Drive = Type.Object(
  {
    mount: Type.String({ maxLength: 400 }),
    label: Type.Optional(Type.String({ maxLength: 200 })),
    kind: Type.Optional(Type.String({ maxLength: 40 })),
    total_gb: Type.Number({ minimum: 0 }),
    free_gb: Type.Number({ minimum: 0 }),
  },
  { additionalProperties: true, $id: 'Drive' },
);
export type Drive = Static<typeof Drive>;

/** A model that is on a node: `loaded` where it is in memory and answers at once. */
export const NodeModel = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    loaded: Type.Optional(Type.Boolean()),
    size_mb: Type.Optional(Type.Number({ minimum: 0 })),
    /** Tokens that it takes at most, where its server says. */
    context: Type.Optional(Type.Integer({ minimum: 1 })),
    kind: Type.Optional(Type.Union([Type.Literal('chat'), Type.Literal('embeddings')])),
    /** Whether it reads images, where its server says. */
    images: Type.Optional(Type.Boolean()),
    /** What serves it: "Ollama". */
    server: Type.Optional(Type.String({ maxLength: 60 })),
  },
  { additionalProperties: true, $id: 'NodeModel' },
);
export type NodeModel = Static<typeof NodeModel>;

/** What a node says of its machine, in the first system's form; all but `node_id` may be missing. */
export const Capabilities = Type.Object(
  {
    node_id: Id,
    name: Type.Optional(Type.String({ maxLength: 120 })),
    os: Type.Optional(Type.String({ maxLength: 120 })),
    gpus: Type.Optional(Type.Array(Gpu, { maxItems: 64 })),
    cpu: Type.Optional(
      Type.Object(
        {
          model: Type.Optional(Type.String({ maxLength: 200 })),
          cores: Type.Optional(Type.Number({ minimum: 0 })),
        },
        { additionalProperties: true },
      ),
    ),
    memory: Type.Optional(
      Type.Object({ total_mb: Type.Optional(Type.Number({ minimum: 0 })) }, { additionalProperties: true }),
    ),
    storage: Type.Optional(
      Type.Object({ total_gb: Type.Optional(Type.Number({ minimum: 0 })) }, { additionalProperties: true }),
    ),
    drives: Type.Optional(Type.Array(Drive, { maxItems: 64 })),
    models: Type.Optional(Type.Array(NodeModel, { maxItems: 1000 })),
    /** Whether the owner lets admins of its workspaces fetch and remove models. */
    model_changes: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: true, $id: 'Capabilities' },
);
export type Capabilities = Static<typeof Capabilities>;

export const GpuLimit = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  memoryPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
});
export type GpuLimit = Static<typeof GpuLimit>;

/** What the owner of a node lets others use. Names are the first system's. */
export const ResourceLimits = Type.Object(
  {
    cpuCores: Type.Optional(Type.Number({ minimum: 0, maximum: 4096 })),
    ramPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    storageGb: Type.Optional(Type.Number({ minimum: 0 })),
    storagePath: Type.Optional(Type.String({ maxLength: 1000 })),
    gpus: Type.Optional(Type.Record(Type.String({ maxLength: 120 }), GpuLimit)),
  },
  { additionalProperties: true, $id: 'ResourceLimits' },
);
export type ResourceLimits = Static<typeof ResourceLimits>;

/** `online` heard lately, `suspect` silent for 35 s, `lost` silent for 75 s (N4), `away` left or not yet back since the host started. */
export const nodeStatuses = ['online', 'suspect', 'lost', 'away'] as const;
export const NodeStatus = Type.Enum(nodeStatuses, { $id: 'NodeStatus' });
export type NodeStatus = (typeof nodeStatuses)[number];

/** `draining`: it finishes what it has. */
export const NodePause = Type.Object(
  {
    reason: Type.Enum(['paused', 'hours', 'battery', 'in_use', 'draining']),
    until: Type.Union([Timestamp, Type.Null()]),
  },
  { $id: 'NodePause' },
);
export type NodePause = Static<typeof NodePause>;

/** A job that a node works on now, as the node's card shows it. */
export const NodeJob = Type.Object(
  {
    jobId: Id,
    kind: JobKind,
    label: Type.String(),
    startedAt: Timestamp,
    runId: Type.Optional(Id),
    stepId: Type.Optional(Type.String()),
    path: Type.Optional(Type.String()),
  },
  { $id: 'NodeJob' },
);
export type NodeJob = Static<typeof NodeJob>;

/**
 * What a node has earned with jobs of one kind. Successes and faults count half after 7 days; the score is the lower 5 %
 * bound of what they allow to believe, times 100.
 */
export const Reputation = Type.Object(
  {
    kind: JobKind,
    score: Type.Integer({ minimum: 0, maximum: 100 }),
    successes: Type.Integer({ minimum: 0 }),
    faults: Type.Integer({ minimum: 0 }),
    /** Successes since the last fault. */
    streak: Type.Integer({ minimum: 0 }),
    /** How long its last attempts took, the median; null where there is none. */
    medianMs: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
    /** The median over all nodes that do this kind, divided by its own: 1.2 is 20 % faster. Null where no other is known. */
    speed: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
  },
  { $id: 'Reputation' },
);
export type Reputation = Static<typeof Reputation>;

/** How a second run of the same job on another node compared. */
export const checkOutcomes = ['agreed', 'outvoted', 'undecided'] as const;

/** One attempt as evidence. Of workspaces that one can't see, only what happened is shown. */
export const RecordedAttempt = Type.Object(
  {
    at: Timestamp,
    outcome: Type.Union([
      Type.Literal('succeeded'),
      Type.Literal('failed'),
      Type.Literal('lost'),
      Type.Literal('cancelled'),
      Type.Literal('checked'),
    ]),
    /** Milliseconds that it took. */
    ms: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
    /** What it did to the reputation. */
    counted: Type.Union([Type.Literal('success'), Type.Literal('fault'), Type.Null()]),
    /** Why it did not count, or what the fault was. */
    why: Type.Union([Type.String(), Type.Null()]),
    /** How a check compared, where this is one. */
    check: Type.Union([Type.Enum(checkOutcomes), Type.Null()]),
    jobId: Type.Union([Id, Type.Null()]),
    label: Type.Union([Type.String(), Type.Null()]),
  },
  { $id: 'RecordedAttempt' },
);
export type RecordedAttempt = Static<typeof RecordedAttempt>;

/** The evidence behind a node's reputation. */
export const NodeRecord = Type.Object(
  {
    nodeId: Id,
    kinds: Type.Array(
      Type.Object({
        reputation: Reputation,
        /** The median over all nodes. */
        typicalMs: Type.Union([Type.Number({ minimum: 0 }), Type.Null()]),
        /** Results in a row on which another node agreed. */
        agreed: Type.Integer({ minimum: 0 }),
        /** The latest first, at most 40. */
        attempts: Type.Array(RecordedAttempt),
      }),
    ),
  },
  { $id: 'NodeRecord' },
);
export type NodeRecord = Static<typeof NodeRecord>;

export const Node = Type.Object(
  {
    id: Id,
    name: Name,
    /** Index of the machine colour, 1–8, and of the mark, 1–8 (DESIGN.md, Machines). */
    colour: Type.Integer({ minimum: 1, maximum: 8 }),
    mark: Type.Integer({ minimum: 1, maximum: 8 }),
    status: NodeStatus,
    /** False while the owner has paused it. */
    available: Type.Boolean(),
    /** Why it takes nothing now, and until when where that is known; not there while it is available. */
    pause: Type.Optional(NodePause),
    capabilities: Capabilities,
    resourceLimits: ResourceLimits,
    remoteControlEnabled: Type.Boolean(),
    /** Kinds of job it can do; a node of the first system names none and gets no jobs. */
    executors: Type.Array(JobKind),
    version: Type.Union([Type.String(), Type.Null()]),
    tags: Type.Array(Type.String()),
    currentJobs: Type.Integer({ minimum: 0 }),
    running: Type.Array(NodeJob),
    /** Cores and memory (MiB) that the jobs it works on have reserved. */
    reserved: Type.Object({ cores: Type.Number(), ramMb: Type.Number() }),
    workspaces: Type.Array(
      Type.Object({
        id: Id,
        name: Name,
        state: Type.Union([Type.Literal('serves'), Type.Literal('waits')]),
      }),
    ),
    ownerName: Type.Union([Type.String(), Type.Null()]),
    /** True for the worker that the host itself started. */
    embedded: Type.Boolean(),
    lastSeenAt: Type.Union([Timestamp, Type.Null()]),
    connectedAt: Type.Union([Timestamp, Type.Null()]),
    createdAt: Timestamp,
    finished: Type.Object({ done: Type.Integer(), nodeFaults: Type.Integer() }),
    /** By kind of job, the one it does most first. */
    reputation: Type.Array(Reputation),
  },
  { $id: 'Node' },
);
export type Node = Static<typeof Node>;
