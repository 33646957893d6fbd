/**
 * The live protocol, `/ws/live?ticket=…` (protocol.md, data.md). JSON text frames, camelCase.
 *
 *   client                          host
 *    │ ◄──────────────────────── hello │
 *    │ subscribe {topic, since?} ────► │
 *    │ ◄─── subscribed | refetch       │   refetch: the position is gone, GET again
 *    │ ◄─────────────────────── event  │   in order; on reconnect subscribe again with the last (epoch, seq)
 *    │ submit {id, jobs} ────────────► │
 *    │ ◄──────────────────── submitted │   after the commit (J1)
 *    │ ◄───────────────────── finished │   when `follow` was asked for
 *
 * One message per frame. A client that sends an array of messages in one frame gets arrays back from then on.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Approval } from '../model/approval.ts';
import { JobError, JobState, JobSubmit, OutputChunk } from '../model/job.ts';
import { Node } from '../model/node.ts';
import { FlowSummary, RunSummary, StepInstance } from '../model/run.ts';
import { FlowTriggers } from '../model/trigger.ts';
import { Id, Json } from '../model/values.ts';
import { ProblemSchema } from '../problem.ts';

/** `workspace:<id>` (flows, runs, nodes), `run:<id>` (its steps), `job:<id>` (its output). */
export const Topic = Type.String({
  pattern: '^(workspace|run|job):[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$',
});
export type TopicKind = 'workspace' | 'run' | 'job';

/** A place in a workspace's events; what every GET that a UI starts from returns in the header `x-live-position` as `<epoch>.<seq>`. */
export const Position = Type.Object({
  epoch: Type.String({ maxLength: 40 }),
  seq: Type.Integer({ minimum: 0 }),
});
export type Position = Static<typeof Position>;

const event = <Kind extends string, Fields extends Record<string, TSchema>>(kind: Kind, fields: Fields) =>
  Type.Object({ kind: Type.Literal(kind), ...fields });

export const LiveEvent = Type.Union([
  event('flow.changed', { flow: FlowSummary }),
  event('flow.removed', { flowId: Id }),
  event('run.changed', { run: RunSummary }),
  event('node.changed', { node: Node }),
  event('node.removed', { nodeId: Id }),
  event('workspace.changed', { workspaceId: Id }),
  event('approval.changed', { approval: Approval }),
  /** Provider keys, secrets or allowed addresses were changed; what they are now is read over REST. */
  event('keys.changed', {}),
  /** Without the addresses of its webhooks, which are for members only. */
  event('triggers.changed', { triggers: FlowTriggers }),
  /** On the topic of a run: several step instances that changed together. */
  /** `more` says how many others inside Maps changed too and are left out; their windows are read again over REST. */
  event('steps.changed', { runId: Id, steps: Type.Array(StepInstance), more: Type.Optional(Type.Integer()) }),
  /** On the topic of a job: what it wrote. */
  event('job.output', { jobId: Id, chunks: Type.Array(OutputChunk) }),
  event('job.changed', { jobId: Id, state: JobState }),
]);
export type LiveEvent = Static<typeof LiveEvent>;

const message = <Kind extends string, Fields extends Record<string, TSchema>>(type: Kind, fields: Fields) =>
  Type.Object({ type: Type.Literal(type), ...fields });

export const liveClientMessages = {
  subscribe: message('subscribe', {
    topic: Topic,
    since: Type.Optional(Position),
    /** For `job:` topics: resume after this chunk of this attempt. */
    after: Type.Optional(Type.Object({ attempt: Type.Integer(), seq: Type.Integer() })),
  }),
  unsubscribe: message('unsubscribe', { topic: Topic }),
  submit: message('submit', {
    id: Type.Integer({ minimum: 0 }),
    workspaceId: Id,
    jobs: Type.Array(JobSubmit, { minItems: 1, maxItems: 1000 }),
    /** Send a `finished` for each of these jobs. */
    follow: Type.Optional(Type.Boolean()),
  }),
  ping: message('ping', {}),
} as const;

export const liveServerMessages = {
  hello: message('hello', {
    hostId: Id,
    version: Type.String(),
    epoch: Type.String(),
  }),
  subscribed: message('subscribed', { topic: Topic, position: Position }),
  refetch: message('refetch', { topic: Topic, position: Position }),
  event: message('event', {
    topic: Topic,
    position: Position,
    event: LiveEvent,
  }),
  submitted: message('submitted', {
    id: Type.Integer(),
    jobIds: Type.Array(Id),
  }),
  finished: message('finished', {
    jobId: Id,
    state: JobState,
    result: Type.Optional(Json),
    error: Type.Optional(JobError),
  }),
  problem: message('problem', {
    id: Type.Optional(Type.Integer()),
    topic: Type.Optional(Topic),
    problem: ProblemSchema,
  }),
  pong: message('pong', {}),
} as const;

type Messages<Table extends Record<string, TSchema>> = {
  [Kind in keyof Table]: Static<Table[Kind]>;
}[keyof Table];
export type LiveClientMessage = Messages<typeof liveClientMessages>;
export type LiveServerMessage = Messages<typeof liveServerMessages>;

/** Why a host closes a live socket. */
export const liveCloseCodes = {
  malformed: 4003,
  slow: 4005,
  signedOut: 4006,
  stopping: 4007,
  flood: 4008,
} as const;
