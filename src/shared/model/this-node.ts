/**
 * This machine as its owner sees it. What the owner decides is kept in `node-config.json` by the process that supervises the
 * worker (the command line, or the desktop's main), is told to the worker while it runs, and is the last word (S8).
 */
import { type Static, Type } from 'typebox';
import { Drive, Gpu, JobKind, ResourceLimits } from './node.ts';
import { Id, Timestamp } from './values.ts';

/** Hours of one day, 0–23, in which the machine may be used: 9 is 09:00 to 10:00, by the machine's own clock. */
const Hours = Type.Array(Type.Integer({ minimum: 0, maximum: 23 }), { maxItems: 24, uniqueItems: true });

/** When the machine steps aside by itself. Jobs that run then go on; nothing new is begun. */
export const NodeRules = Type.Object({
  /** At any time, or only in the hours of the week below. */
  anyTime: Type.Boolean(),
  /** Monday first. */
  week: Type.Array(Hours, { minItems: 7, maxItems: 7 }),
  /** Nothing new while it runs on battery. */
  pauseOnBattery: Type.Boolean(),
  /** Nothing new while somebody uses it. */
  pauseInUse: Type.Boolean(),
  /** Minutes without keyboard and mouse until it counts as not used. */
  idleMinutes: Type.Integer({ minimum: 1, maximum: 120 }),
});
export type NodeRules = Static<typeof NodeRules>;

const everyHour = () => Array.from({ length: 24 }, (_, hour) => hour);

/** What an owner who never chose has: at any time, and not on battery. */
export const usualRules: NodeRules = {
  anyTime: true,
  week: Array.from({ length: 7 }, everyHour),
  pauseOnBattery: true,
  pauseInUse: false,
  idleMinutes: 5,
};

/** `node-config.json`, with the first system's names. Fields of other versions are kept. */
export const NodeConfig = Type.Object(
  {
    nodeId: Id,
    /** What the node is called; without it, what the machine is called. */
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
    shareKey: Type.String({ minLength: 8, maxLength: 8 }),
    resourceLimits: ResourceLimits,
    remoteControlEnabled: Type.Boolean(),
    /** Origins of model servers beside those that listen where such programs usually do. */
    modelServers: Type.Optional(Type.Array(Type.String({ maxLength: 300, pattern: '^https?://' }), { maxItems: 16 })),
    /** Whether admins of the workspaces that it serves may fetch and remove models here. */
    allowModelChanges: Type.Optional(Type.Boolean()),
    rules: Type.Optional(NodeRules),
    /** Paused by hand, until somebody resumes it. */
    paused: Type.Optional(Type.Boolean()),
    /** The folder that files were moved away from and that is still to be removed. */
    storageLeft: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { additionalProperties: true },
);
export type NodeConfig = Static<typeof NodeConfig>;

/** What an owner may change at once. */
export const NodeSettings = Type.Object(
  {
    limits: Type.Optional(Type.Omit(ResourceLimits, ['storagePath'], { additionalProperties: false })),
    remoteControl: Type.Optional(Type.Boolean()),
    rules: Type.Optional(Type.Partial(NodeRules, { additionalProperties: false })),
  },
  { additionalProperties: false, $id: 'NodeSettings' },
);
export type NodeSettings = Static<typeof NodeSettings>;

export const unavailableReasons = ['paused', 'draining', 'moving', 'hours', 'battery', 'in_use', 'asleep'] as const;

/** Whether the node takes jobs now; why not, and until when where that is known. */
export const NodeStanding = Type.Object({
  available: Type.Boolean(),
  reason: Type.Union([Type.Enum(unavailableReasons), Type.Null()]),
  until: Type.Union([Timestamp, Type.Null()]),
});
export type NodeStanding = Static<typeof NodeStanding>;

/** A job that the machine works on now. */
export const OwnJob = Type.Object({
  jobId: Id,
  kind: JobKind,
  label: Type.String(),
  startedAt: Timestamp,
  workspaceId: Id,
  /** Origin of the host that gave it. */
  host: Type.String(),
});
export type OwnJob = Static<typeof OwnJob>;

/** How far files have been moved to another drive: first the jobs that run end, then all is copied, then compared. */
export const StorageMove = Type.Object({
  to: Type.String(),
  phase: Type.Enum(['waits', 'copies', 'compares']),
  bytes: Type.Integer({ minimum: 0 }),
  ofBytes: Type.Integer({ minimum: 0 }),
});
export type StorageMove = Static<typeof StorageMove>;

/** Where the node keeps the files of jobs. */
export const OwnStorage = Type.Object({
  /** The folder itself. */
  folder: Type.String(),
  /** What its owner chose, a drive or a folder; null: in the data folder. */
  chosen: Type.Union([Type.String(), Type.Null()]),
  /** Mount of the drive that holds the folder; null where it is not among the drives. */
  drive: Type.Union([Type.String(), Type.Null()]),
  /** The same of the data folder, where files are unless a drive was chosen. */
  homeDrive: Type.Union([Type.String(), Type.Null()]),
  heldBytes: Type.Integer({ minimum: 0 }),
  mostBytes: Type.Integer({ minimum: 0 }),
  /** For people: why files are not where they were chosen to be, or why a move ended. */
  problem: Type.Union([Type.String(), Type.Null()]),
  move: Type.Union([StorageMove, Type.Null()]),
});
export type OwnStorage = Static<typeof OwnStorage>;

/** What the machine did on one day for one workspace; `day` is null for all that is older than the days kept one by one. */
export const Given = Type.Object({
  day: Type.Union([Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.Null()]),
  workspaceId: Id,
  jobs: Type.Integer({ minimum: 0 }),
  /** Time that its attempts took, in milliseconds. */
  ms: Type.Integer({ minimum: 0 }),
});
export type Given = Static<typeof Given>;

/** What the worker tells its parent, whenever it changes. */
export const NodeReport = Type.Object({
  standing: NodeStanding,
  os: Type.String(),
  cpu: Type.String(),
  cores: Type.Number({ minimum: 0 }),
  ramMb: Type.Number({ minimum: 0 }),
  gpus: Type.Array(Gpu, { maxItems: 64 }),
  drives: Type.Array(Drive, { maxItems: 64 }),
  /** What its jobs have reserved now. */
  taken: Type.Object({
    cores: Type.Number(),
    ramMb: Type.Number(),
    /** Memory by GPU, in the order of `gpus`. */
    gpus: Type.Array(Type.Number()),
  }),
  storage: OwnStorage,
  given: Type.Array(Given, { maxItems: 4_000 }),
  /** How cores are kept (S8): processes bound to the shared ones, or no more jobs at once, at low priority. */
  coresBy: Type.Enum(['bound', 'slots']),
  running: Type.Array(OwnJob, { maxItems: 200 }),
  /** Null where this machine can't tell. */
  power: Type.Object({
    onBattery: Type.Union([Type.Boolean(), Type.Null()]),
    idleSeconds: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  }),
});
export type NodeReport = Static<typeof NodeReport>;

/** A host that this machine serves. */
export const ServedHost = Type.Object({
  url: Type.String(),
  /** The host of this machine itself. */
  own: Type.Boolean(),
  standing: Type.Enum(['connected', 'away', 'refused', 'removed', 'certificate-changed']),
  workspaces: Type.Array(Type.Object({ id: Id, name: Type.String() })),
});
export type ServedHost = Static<typeof ServedHost>;

/** Everything about this machine's node. */
export const ThisNode = Type.Object(
  {
    nodeId: Id,
    name: Type.String(),
    shareKey: Type.String(),
    limits: ResourceLimits,
    remoteControl: Type.Boolean(),
    rules: NodeRules,
    /** What the worker said last; null while it has not said anything. */
    report: Type.Union([NodeReport, Type.Null()]),
    serves: Type.Array(ServedHost),
    /** For people: what was found damaged at the start, and where it lies now. */
    notice: Type.Union([Type.String(), Type.Null()]),
    /** The first system's configuration that was taken over at this start. */
    takenFrom: Type.Union([Type.String(), Type.Null()]),
  },
  { $id: 'ThisNode' },
);
export type ThisNode = Static<typeof ThisNode>;

/** A drive or a folder, absolute; null is the data folder. */
export const MoveFiles = Type.Object({
  to: Type.Union([Type.String({ minLength: 1, maxLength: 900 }), Type.Null()]),
});
export type MoveFiles = Static<typeof MoveFiles>;

/** Which workspace to leave, at which host. */
export const LeaveWorkspace = Type.Object({ host: Type.String({ maxLength: 2_048 }), workspaceId: Id });
export type LeaveWorkspace = Static<typeof LeaveWorkspace>;
