/**
 * The node protocol, `/ws/node` (protocol.md). JSON text frames, one message or an array of messages; snake_case.
 *
 *   node                                   host
 *    │ register ───────────────────────────► │   N1: key bound at first registration
 *    │ ◄──────────────────────── challenge   │   N2: only for nodes with a public key
 *    │ proof ──────────────────────────────► │
 *    │ ◄─────────────────────── registered   │   N3, N6: each running job kept or revoked
 *    │ heartbeat ──────────────────────────► │   N4
 *    │ ◄─────────────────────── job_assign   │
 *    │ job_ack | job_reject ───────────────► │   N7
 *    │ chunk ──────────────────────────────► │   N9
 *    │ ◄──────────────────────── chunk_ack   │
 *    │ job_done | job_failed ──────────────► │   N10, N11: repeated until done_ack
 *    │ ◄───────────────────────── done_ack   │
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Fault, Requirements } from '../model/job.ts';
import { Capabilities, JobKind, ResourceLimits } from '../model/node.ts';
import { Id, Json } from '../model/values.ts';

/** Timings of the protocol, in milliseconds (N4, N6, N7, N9): what the product uses. */
export const nodeTimings = {
  heartbeat: 15_000,
  heartbeatSpread: 0.2,
  /** A node takes a host for gone as well that says nothing for so long, not even to its pings. */
  suspectAfter: 35_000,
  lostAfter: 75_000,
  graceAfterRestart: 120_000,
  assignAck: 10_000,
  logFlush: 200,
  /** Opening the socket and being registered may take this long. */
  handshake: 20_000,
  reconnectFirst: 1_000,
  reconnectMax: 60_000,
} as const;

/** The same under other numbers: a service is told them in its start message, where seconds stand for minutes. */
export type NodeTimings = { readonly [Name in keyof typeof nodeTimings]: number };

/** What a start message may say of them; what it leaves out is as above. */
export const SomeNodeTimings = Type.Partial(
  Type.Object(Object.fromEntries(Object.keys(nodeTimings).map((name) => [name, Type.Number({ minimum: 0 })]))),
);

/** The timings that hold where a start message says so much of them. */
export function timingsFrom(some: Partial<NodeTimings> = {}): NodeTimings {
  return { ...nodeTimings, ...some };
}

/** At most this many chunks of an attempt are unacknowledged; then the executor is paused (N9). */
export const chunkWindow = 32;

/** `<host epoch>.<counter>`: names one assignment of one job; never given twice (J2). */
export const Fence = Type.String({ pattern: '^[0-9]{1,12}\\.[0-9]{1,15}$' });

const message = <Kind extends string, Fields extends Record<string, TSchema>>(type: Kind, fields: Fields) =>
  Type.Object({ type: Type.Literal(type), ...fields }, { additionalProperties: true });

export const RunningJob = Type.Object({
  job_id: Id,
  fence: Fence,
  acked_seq: Type.Integer({ minimum: -1 }),
});
export type RunningJob = Static<typeof RunningJob>;

/** Messages from node to host. The first three fields groups of `register` and `heartbeat` are the first system's. */
export const nodeMessages = {
  register: message('register', {
    share_key: Type.String({ minLength: 1, maxLength: 64 }),
    capabilities: Capabilities,
    workspace_ids: Type.Optional(Type.Array(Id, { maxItems: 1000 })),
    resource_limits: Type.Optional(Type.Union([ResourceLimits, Type.Null()])),
    remote_control_enabled: Type.Optional(Type.Boolean()),
    /** Ed25519 public key, SPKI DER in base64. */
    public_key: Type.Optional(Type.String({ maxLength: 200 })),
    executors: Type.Optional(Type.Array(JobKind, { maxItems: 32 })),
    /** A workspace's key, an invite code, or the token by which the host introduces its own worker. */
    join_key: Type.Optional(Type.String({ maxLength: 200 })),
    version: Type.Optional(Type.String({ maxLength: 60 })),
    running: Type.Optional(Type.Array(RunningJob, { maxItems: 4096 })),
  }),
  /** Ed25519 signature over the ASCII text `otherthing-node:<node_id>:<nonce>`, in base64 (N2). */
  proof: message('proof', { signature: Type.String({ maxLength: 200 }) }),
  heartbeat: message('heartbeat', {
    available: Type.Optional(Type.Boolean()),
    /** Why it takes no jobs: paused by hand, outside its owner's hours, on battery, or used by somebody. */
    unavailable_reason: Type.Optional(
      Type.Union([Type.Literal('paused'), Type.Literal('hours'), Type.Literal('battery'), Type.Literal('in_use')]),
    ),
    /** When it takes jobs again, where that is known: milliseconds since the Unix epoch. */
    available_at: Type.Optional(Type.Integer({ minimum: 0 })),
    current_jobs: Type.Optional(Type.Integer({ minimum: 0 })),
    remote_control_enabled: Type.Optional(Type.Boolean()),
  }),
  job_ack: message('job_ack', { job_id: Id, fence: Fence }),
  job_reject: message('job_reject', {
    job_id: Id,
    fence: Fence,
    reason: Type.String({ maxLength: 80 }),
    message: Type.Optional(Type.String({ maxLength: 2000 })),
  }),
  chunk: message('chunk', {
    job_id: Id,
    fence: Fence,
    seq: Type.Integer({ minimum: 0 }),
    stream: Type.Union([Type.Literal('log'), Type.Literal('token'), Type.Literal('progress')]),
    text: Type.String({ maxLength: 65_536 }),
  }),
  job_done: message('job_done', {
    job_id: Id,
    fence: Fence,
    result: Json,
    /** How long the attempt ran on the node, in milliseconds. */
    run_ms: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  job_failed: message('job_failed', {
    job_id: Id,
    fence: Fence,
    error: Type.Object({
      code: Type.String({ maxLength: 80 }),
      message: Type.String({ maxLength: 8000 }),
      fault: Fault,
      retryAfterMs: Type.Optional(Type.Number({ minimum: 0 })),
    }),
    run_ms: Type.Optional(Type.Number({ minimum: 0 })),
  }),
  limits_changed: message('limits_changed', {
    resource_limits: ResourceLimits,
  }),
  capabilities_changed: message('capabilities_changed', {
    capabilities: Capabilities,
    executors: Type.Optional(Type.Array(JobKind, { maxItems: 32 })),
  }),
  drain: message('drain', {}),
  leave: message('leave', { workspace_id: Type.Optional(Id) }),
} as const;

/** What is kept of a running job after a reconnect (N6). */
export const JobVerdict = Type.Object({
  job_id: Id,
  fence: Fence,
  verdict: Type.Union([Type.Literal('keep'), Type.Literal('revoke')]),
  acked_seq: Type.Integer({ minimum: -1 }),
  /** Replaces the ticket of a kept attempt, which a host that started anew does not know any more. */
  ticket: Type.Optional(Type.String()),
});

/** Messages from host to node. */
export const hostMessages = {
  challenge: message('challenge', { nonce: Type.String({ maxLength: 200 }) }),
  registered: message('registered', {
    node_id: Id,
    share_key: Type.String(),
    workspace_ids: Type.Array(Id),
    heartbeat_seconds: Type.Optional(Type.Number()),
    session_epoch: Type.Optional(Type.Integer()),
    server_time: Type.Optional(Type.Integer()),
    workspaces: Type.Optional(Type.Array(Type.Object({ id: Id, name: Type.String() }))),
    /** Limits set remotely while remote control was on (N13). */
    limits: Type.Optional(Type.Union([ResourceLimits, Type.Null()])),
    jobs: Type.Optional(Type.Array(JobVerdict)),
  }),
  workspaces_changed: message('workspaces_changed', {
    workspace_ids: Type.Array(Id),
    workspaces: Type.Array(Type.Object({ id: Id, name: Type.String() })),
  }),
  job_assign: message('job_assign', {
    job_id: Id,
    workspace_id: Id,
    fence: Fence,
    attempt: Type.Integer({ minimum: 1 }),
    kind: JobKind,
    input: Json,
    requires: Requirements,
    run_seconds: Type.Integer({ minimum: 1 }),
    label: Type.String(),
    /** Opens this attempt's blobs over HTTP (`/api/v1/blobs/<sha256>?ticket=…`) for as long as the attempt lives. */
    ticket: Type.Optional(Type.String()),
  }),
  chunk_ack: message('chunk_ack', {
    job_id: Id,
    fence: Fence,
    seq: Type.Integer({ minimum: 0 }),
  }),
  done_ack: message('done_ack', {
    job_id: Id,
    fence: Fence,
    status: Type.Union([Type.Literal('accepted'), Type.Literal('stale')]),
  }),
  job_cancel: message('job_cancel', {
    job_id: Id,
    fence: Fence,
    reason: Type.String(),
  }),
  control: message('control', {
    action: Type.Union([
      Type.Literal('limits'),
      Type.Literal('pause'),
      Type.Literal('resume'),
      Type.Literal('drain'),
      Type.Literal('restart'),
    ]),
    resource_limits: Type.Optional(ResourceLimits),
  }),
  error: message('error', {
    code: Type.String(),
    message: Type.String(),
    path: Type.Optional(Type.String()),
  }),
} as const;

export type NodeMessageType = keyof typeof nodeMessages;
export type HostMessageType = keyof typeof hostMessages;
export type NodeMessage = {
  [Kind in NodeMessageType]: Static<(typeof nodeMessages)[Kind]>;
}[NodeMessageType];
export type HostMessage = {
  [Kind in HostMessageType]: Static<(typeof hostMessages)[Kind]>;
}[HostMessageType];
export type NodeMessageOf<Kind extends NodeMessageType> = Static<(typeof nodeMessages)[Kind]>;
export type HostMessageOf<Kind extends HostMessageType> = Static<(typeof hostMessages)[Kind]>;

/** Why a host closes a node's socket: codes from 4000 on. */
export const nodeCloseCodes = {
  refused: 4001,
  replaced: 4002,
  malformed: 4003,
  removed: 4004,
  slow: 4005,
  silent: 4006,
  stopping: 4007,
  flood: 4008,
} as const;

/** The one answer to every registration that is refused, whatever was wrong (N1). */
export const registrationRefused = {
  type: 'error',
  code: 'registration_refused',
  message: 'This node could not be registered with this key',
} as const;

/** What a node signs to prove its key (N2). */
export function proofText(nodeId: string, nonce: string): string {
  return `otherthing-node:${nodeId}:${nonce}`;
}
