import { type Static, Type } from 'typebox';
import { Id, Name, Timestamp } from './values.ts';

export const jobKinds = ['script', 'ocr'] as const;
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
  },
  { additionalProperties: true, $id: 'Capabilities' },
);
export type Capabilities = Static<typeof Capabilities>;

/** What the owner of a node lets others use. Names are the first system's. */
export const ResourceLimits = Type.Object(
  {
    cpuCores: Type.Optional(Type.Number({ minimum: 0, maximum: 4096 })),
    ramPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    storageGb: Type.Optional(Type.Number({ minimum: 0 })),
    storagePath: Type.Optional(Type.String({ maxLength: 1000 })),
    gpus: Type.Optional(
      Type.Record(
        Type.String({ maxLength: 120 }),
        Type.Object({
          enabled: Type.Optional(Type.Boolean()),
          memoryPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        }),
      ),
    ),
  },
  { additionalProperties: true, $id: 'ResourceLimits' },
);
export type ResourceLimits = Static<typeof ResourceLimits>;

/** `online` heard lately, `suspect` silent for 35 s, `lost` silent for 75 s (N4), `away` left or not yet back since the host started. */
export const nodeStatuses = ['online', 'suspect', 'lost', 'away'] as const;
export const NodeStatus = Type.Enum(nodeStatuses, { $id: 'NodeStatus' });
export type NodeStatus = (typeof nodeStatuses)[number];

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
  },
  { $id: 'Node' },
);
export type Node = Static<typeof Node>;
