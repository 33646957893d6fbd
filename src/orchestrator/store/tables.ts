// biome-ignore-all lint/performance/noBarrelFile: whoever asks for a table asks here, wherever it is declared
import type { FlowFile, FlowPicture } from '../../shared/model/flow.ts';
import type { Attempt, JobError, JobOrigin, JobState, Requirements, RetryPolicy } from '../../shared/model/job.ts';
import type { Capabilities, ResourceLimits } from '../../shared/model/node.ts';
import type { ItemCounts, RunState, StepError, StepState, WeavePart } from '../../shared/model/run.ts';
import type { RunParent, RunTrigger } from '../../shared/model/trigger.ts';
import type { Role } from '../../shared/model/user.ts';
import type { BlobRef } from '../../shared/model/values.ts';
import { table } from './store.ts';

// ---- host and people ----

/** Single values: the host's id, its epoch (J2), its secret for cookies. */
export interface SettingRow {
  name: string;
  value: unknown;
}
export const settings = table<SettingRow>({
  name: 'settings',
  key: ['name'],
  columns: { name: 'text', value: 'json' },
});

export interface UserRow {
  id: string;
  name: string;
  hostAdmin: boolean;
  createdAt: number;
}
export const users = table<UserRow>({
  name: 'users',
  key: ['id'],
  columns: { id: 'text', name: 'text', hostAdmin: 'boolean', createdAt: 'integer' },
});

/** Sessions, tokens and sign-in links: only the SHA-256 of the secret is kept (S2). */
export interface CredentialRow {
  id: string;
  kind: 'session' | 'token' | 'link';
  userId: string;
  hash: string;
  name: string;
  createdAt: number;
  lastUsedAt: number | null;
  expiresAt: number | null;
}
export const credentials = table<CredentialRow>({
  name: 'credentials',
  key: ['id'],
  columns: {
    id: 'text',
    kind: 'text',
    userId: 'text',
    hash: 'text',
    name: 'text',
    createdAt: 'integer',
    lastUsedAt: 'integer',
    expiresAt: 'integer',
  },
});

export interface WorkspaceRow {
  id: string;
  name: string;
  createdAt: number;
  archived: boolean;
  shareKey: string;
  shareKeyEnabled: boolean;
  approveNodes: boolean;
  /** Share (0–1) of deterministic jobs that a second node runs again. */
  verifyShare: number;
  /** Number of the last run. */
  runNumber: number;
}
export const workspaces = table<WorkspaceRow>({
  name: 'workspaces',
  key: ['id'],
  columns: {
    id: 'text',
    name: 'text',
    createdAt: 'integer',
    archived: 'boolean',
    shareKey: 'text',
    shareKeyEnabled: 'boolean',
    approveNodes: 'boolean',
    verifyShare: 'real',
    runNumber: 'integer',
  },
});

export interface MemberRow {
  workspaceId: string;
  userId: string;
  role: Role;
  joinedAt: number;
}
export const members = table<MemberRow>({
  name: 'members',
  key: ['workspaceId', 'userId'],
  columns: { workspaceId: 'text', userId: 'text', role: 'text', joinedAt: 'integer' },
});

// ---- nodes ----

export interface NodeRow {
  id: string;
  name: string;
  shareKey: string;
  publicKey: string | null;
  ownerId: string | null;
  colour: number;
  mark: number;
  embedded: boolean;
  capabilities: Capabilities;
  resourceLimits: ResourceLimits;
  remoteControlEnabled: boolean;
  executors: string[];
  version: string | null;
  tags: string[];
  sessionEpoch: number;
  lastSeenAt: number | null;
  createdAt: number;
  done: number;
  nodeFaults: number;
}
export const nodes = table<NodeRow>({
  name: 'nodes',
  key: ['id'],
  columns: {
    id: 'text',
    name: 'text',
    shareKey: 'text',
    publicKey: 'text',
    ownerId: 'text',
    colour: 'integer',
    mark: 'integer',
    embedded: 'boolean',
    capabilities: 'json',
    resourceLimits: 'json',
    remoteControlEnabled: 'boolean',
    executors: 'json',
    version: 'text',
    tags: 'json',
    sessionEpoch: 'integer',
    lastSeenAt: 'integer',
    createdAt: 'integer',
    done: 'integer',
    nodeFaults: 'integer',
  },
});

export interface NodeWorkspaceRow {
  nodeId: string;
  workspaceId: string;
  state: 'serves' | 'waits';
  since: number;
}
export const nodeWorkspaces = table<NodeWorkspaceRow>({
  name: 'node_workspaces',
  key: ['nodeId', 'workspaceId'],
  columns: { nodeId: 'text', workspaceId: 'text', state: 'text', since: 'integer' },
});

// ---- jobs ----

export interface JobRow {
  id: string;
  workspaceId: string;
  kind: string;
  label: string;
  state: JobState;
  input: unknown;
  requires: Requirements;
  priority: number;
  retry: RetryPolicy;
  runSeconds: number;
  submittedBy: string | null;
  idempotencyKey: string | null;
  origin: JobOrigin | null;
  runId: string | null;
  attempts: Attempt[];
  nodeId: string | null;
  fence: string | null;
  result: unknown;
  error: JobError | null;
  createdAt: number;
  startedAt: number | null;
  finishedAt: number | null;
  notBefore: number | null;
  /** Set by few jobs only (J5). */
  queueSeconds: number | null;
  silenceSeconds: number | null;
  /** The last time it was put in line again by hand; attempts up to then do not count any more. */
  requeued: { at: number; attempts: number } | null;
}
export const jobs = table<JobRow>({
  name: 'jobs',
  key: ['id'],
  blobs: { holder: 'id', in: ['input', 'result'] },
  columns: {
    id: 'text',
    workspaceId: 'text',
    kind: 'text',
    label: 'text',
    state: 'text',
    input: 'json',
    requires: 'json',
    priority: 'integer',
    retry: 'json',
    runSeconds: 'integer',
    submittedBy: 'text',
    idempotencyKey: 'text',
    origin: 'json',
    runId: 'text',
    attempts: 'json',
    nodeId: 'text',
    fence: 'text',
    result: 'json',
    error: 'json',
    createdAt: 'integer',
    startedAt: 'integer',
    finishedAt: 'integer',
    notBefore: 'integer',
    queueSeconds: 'integer',
    silenceSeconds: 'integer',
    requeued: 'json',
  },
});

/** What attempts wrote, kept when they finish: `chunks` is an array of OutputRun. */
export interface JobOutputRow {
  jobId: string;
  attempt: number;
  chunks: unknown;
  cut: boolean;
}
export const jobOutputs = table<JobOutputRow>({
  name: 'job_outputs',
  key: ['jobId', 'attempt'],
  columns: { jobId: 'text', attempt: 'integer', chunks: 'json', cut: 'boolean' },
});

// ---- flows ----

export interface FlowRow {
  id: string;
  workspaceId: string;
  name: string;
  steps: number;
  picture: FlowPicture;
  sample: string | null;
  createdAt: number;
  updatedAt: number;
  deletedAt: number | null;
}
export const flows = table<FlowRow>({
  name: 'flows',
  key: ['id'],
  columns: {
    id: 'text',
    workspaceId: 'text',
    name: 'text',
    steps: 'integer',
    picture: 'json',
    sample: 'text',
    createdAt: 'integer',
    updatedAt: 'integer',
    deletedAt: 'integer',
  },
});

/** The append-only log of a flow document's Yjs updates (base64), from its last compaction on. */
export interface FlowUpdateRow {
  flowId: string;
  seq: number;
  update: string;
}
export const flowUpdates = table<FlowUpdateRow>({
  name: 'flow_updates',
  key: ['flowId', 'seq'],
  columns: { flowId: 'text', seq: 'integer', update: 'text' },
});

export interface FlowVersionRow {
  id: string;
  workspaceId: string;
  flowId: string | null;
  number: number;
  name: string | null;
  hash: string;
  file: FlowFile;
  authorName: string | null;
  createdAt: number;
  /** Made after a pause in editing, and neither named nor run since. */
  automatic?: boolean | null;
}
export const flowVersions = table<FlowVersionRow>({
  name: 'flow_versions',
  key: ['id'],
  columns: {
    id: 'text',
    workspaceId: 'text',
    flowId: 'text',
    number: 'integer',
    name: 'text',
    hash: 'text',
    file: 'json',
    authorName: 'text',
    createdAt: 'integer',
    automatic: 'boolean',
  },
});

// ---- runs ----

export interface RunRow {
  id: string;
  workspaceId: string;
  flowId: string | null;
  flowName: string;
  versionId: string;
  number: number;
  state: RunState;
  startedBy: string | null;
  inputs: unknown;
  outputs: unknown;
  error: StepError | null;
  /** Written when the run ends; while it goes on they are counted in memory. */
  progress: { total: number; done: number; failed: number };
  weave: WeavePart[];
  workers: Record<string, string>;
  /** What started it, where that was not a person; the run above it, with the flows above that (no flow calls itself). */
  trigger: RunTrigger | null;
  parent: (RunParent & { flows: string[] }) | null;
  createdAt: number;
  finishedAt: number | null;
  /** What it was started from (F7); null for a run of the whole flow. Pinned outputs as kept: large ones are blobs. */
  basis?: RunBasis | null;
  resumedAt?: number | null;
  /** Rows up to this number that failed or were cancelled are done again (F7). */
  resumedSeq?: number | null;
}
export interface RunBasis {
  from?: { runId: string; step?: string };
  pinned?: Record<string, Record<string, unknown>>;
  only?: string[];
}
export const runs = table<RunRow>({
  name: 'runs',
  key: ['id'],
  blobs: { holder: 'id', in: ['inputs', 'outputs', 'basis'] },
  columns: {
    id: 'text',
    workspaceId: 'text',
    flowId: 'text',
    flowName: 'text',
    versionId: 'text',
    number: 'integer',
    state: 'text',
    startedBy: 'text',
    inputs: 'json',
    outputs: 'json',
    error: 'json',
    progress: 'json',
    weave: 'json',
    workers: 'json',
    trigger: 'json',
    parent: 'json',
    createdAt: 'integer',
    finishedAt: 'integer',
    basis: 'json',
    resumedAt: 'integer',
    resumedSeq: 'integer',
  },
});

/** What is out of the ordinary about a step instance. */
export interface StepMarks {
  pinned?: true;
  takenFrom?: { runId: string };
  cachedFrom?: { runId: string };
  usedDefault?: true;
  /** What it waits or waited for (F8). */
  held?: { until?: number; approvalId?: string; childRunId?: string };
  /** How often the runner itself tried it again: by its own policy, and by that of the Map around it. */
  tries?: number;
  itemTries?: number;
  /** A Map that is tried again: failed rows inside it up to this number are done again. */
  staleSeq?: number;
  /** Where the long list of items is kept that a Map works through. */
  items?: BlobRef;
}

export interface StepRow {
  runId: string;
  stepId: string;
  path: string;
  /** The Map step right above, '' at the top level. */
  under: string;
  state: StepState;
  outputs: unknown;
  error: StepError | null;
  jobId: string | null;
  nodeId: string | null;
  items: ItemCounts | null;
  summary: string | null;
  attempts: number;
  readyAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  /** Rises with every change inside a run, for paging. */
  seq: number;
  marks?: StepMarks | null;
  /** Signature of a finished step whose policy says that others may take its result (F6). */
  cacheKey?: string | null;
}
export const steps = table<StepRow>({
  name: 'steps',
  key: ['runId', 'stepId', 'path'],
  blobs: { holder: 'runId', in: ['outputs', 'marks'] },
  columns: {
    runId: 'text',
    stepId: 'text',
    path: 'text',
    under: 'text',
    state: 'text',
    outputs: 'json',
    error: 'json',
    jobId: 'text',
    nodeId: 'text',
    items: 'json',
    summary: 'text',
    attempts: 'integer',
    readyAt: 'integer',
    startedAt: 'integer',
    finishedAt: 'integer',
    seq: 'integer',
    marks: 'json',
    cacheKey: 'text',
  },
});

// ---- files ----

export interface FileRow {
  id: string;
  workspaceId: string;
  name: string;
  mime: string;
  size: number;
  sha256: string;
  createdAt: number;
}
export const files = table<FileRow>({
  name: 'files',
  key: ['id'],
  columns: {
    id: 'text',
    workspaceId: 'text',
    name: 'text',
    mime: 'text',
    size: 'integer',
    sha256: 'text',
    createdAt: 'integer',
  },
});

/** Answers to mutations with an Idempotency-Key, kept for a day. */
export interface IdempotencyRow {
  scope: string;
  key: string;
  hash: string;
  status: number;
  body: unknown;
  createdAt: number;
}
export const idempotency = table<IdempotencyRow>({
  name: 'idempotency',
  key: ['scope', 'key'],
  columns: { scope: 'text', key: 'text', hash: 'text', status: 'integer', body: 'json', createdAt: 'integer' },
});

export * from './tables/history.ts';
export * from './tables/holds.ts';
export * from './tables/invites.ts';
export * from './tables/job-events.ts';
export * from './tables/keys.ts';
export * from './tables/reputation.ts';
export * from './tables/triggers.ts';
