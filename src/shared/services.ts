import { type Static, Type } from 'typebox';
import { HostingSettings, HostName } from './model/hosting.ts';
import { LeaveWorkspace, MoveFiles, NodeConfig, NodeReport, NodeSettings, ThisNode } from './model/this-node.ts';
import { Id } from './model/values.ts';
import { ProblemSchema } from './problem.ts';
import { type NodeTimings, SomeNodeTimings } from './protocol/node.ts';

/**
 * How a parent (the command line, or Electron's main) talks to the services that it forks.
 *
 *     parent                         service
 *       │ ── start ───────────────────▶ │   the first message; secrets travel here, never in argv or the environment
 *       │ ◀─────────────────── ready ── │   or `failed`, when starting again cannot help
 *       │ ── stop ────────────────────▶ │   finish in order, then exit 0
 *
 * A service whose parent goes away stops by itself.
 */
const secret = Type.String({ minLength: 16, maxLength: 512 });

/** Other timings of N4, N6, N7 than the product's; for tests in which no minute may pass. */
const timings = Type.Optional(Type.Unsafe<Partial<NodeTimings>>(SomeNodeTimings));

export const StopMessageSchema = Type.Object({ type: Type.Literal('stop') });

export const OrchestratorStartSchema = Type.Object({
  type: Type.Literal('start'),
  dataDir: Type.String({ minLength: 1, description: 'Absolute path of the data folder' }),
  port: Type.Integer({ minimum: 0, maximum: 65_535, description: '0 takes any free port' }),
  staticDir: Type.Union([Type.String(), Type.Null()], { description: 'The built interface, or null to serve none' }),
  adminToken: Type.String({ ...secret, description: 'Bearer token of the local owner, made at each start' }),
  workerToken: Type.String({ ...secret, description: 'Introduces the embedded worker (data.md, node identity)' }),
  version: Type.String(),
  masterKey: Type.Optional(
    Type.String({
      ...secret,
      description: 'Of a keychain, base64 of 32 bytes; else a file in the data folder holds it (S5)',
    }),
  ),
  nodeTimings: timings,
  hosting: Type.Optional(
    Type.Object({
      listen: Type.Optional(Type.Pick(HostingSettings, ['address', 'port'])),
      names: Type.Optional(HostingSettings.properties.names),
      findable: Type.Optional(Type.Boolean({ description: 'Whether it is announced on the local network' })),
      certFile: Type.Optional(Type.String({ description: 'PEM, its own certificate first; with keyFile' })),
      keyFile: Type.Optional(Type.String()),
      proxy: Type.Optional(
        Type.String({ ...HostName, description: 'Behind a proxy on this machine that has this name (S4)' }),
      ),
    }),
  ),
});
export type OrchestratorStart = Static<typeof OrchestratorStartSchema>;

export const OrchestratorReadySchema = Type.Object({
  type: Type.Literal('ready'),
  url: Type.String({ description: 'Origin, for example http://127.0.0.1:8420, without a slash at the end' }),
  signInLink: Type.String({ description: 'Single use, valid for 10 minutes' }),
  hosting: Type.Object({
    origins: Type.Array(Type.String({ description: 'Where other machines reach it' })),
    fingerprint: Type.Union([Type.String(), Type.Null()]),
    problem: Type.Union([Type.String(), Type.Null()]),
  }),
});
export type OrchestratorReady = Static<typeof OrchestratorReadySchema>;

export const HostToJoinSchema = Type.Object({
  url: Type.String({ description: 'Origin of the host' }),
  joinKey: Type.Optional(Type.String({ description: 'Share key of a workspace, or the code of an invite' })),
  fingerprint: Type.Optional(
    Type.String({
      pattern: '^sha256:[0-9a-f]{64}$',
      description: 'The only certificate of the host that is taken (S4)',
    }),
  ),
  introduce: Type.Optional(Type.String({ description: 'The workerToken of the host that embeds this worker' })),
});
export type HostToJoin = Static<typeof HostToJoinSchema>;

/** What the owner of a node says about its models; what is left out stays as it was. */
export const ModelChoicesSchema = Type.Object({
  servers: Type.Optional(
    Type.Array(Type.String({ maxLength: 300, pattern: '^https?://' }), {
      maxItems: 16,
      description: 'Origins of model servers beside the usual ones on this machine',
    }),
  ),
  allowChanges: Type.Optional(Type.Boolean({ description: 'Whether admins may fetch and remove models here' })),
});
export type ModelChoices = Static<typeof ModelChoicesSchema>;

export const WorkerStartSchema = Type.Object({
  type: Type.Literal('start'),
  dataDir: Type.String({ minLength: 1 }),
  name: Type.Optional(
    Type.String({ minLength: 1, maxLength: 120, description: 'What the node is called from now on' }),
  ),
  hosts: Type.Array(HostToJoinSchema, { maxItems: 32 }),
  models: Type.Optional(ModelChoicesSchema),
  version: Type.String(),
  /** What its owner decided, where the parent keeps `node-config.json`; a worker without it keeps the file itself. */
  config: Type.Optional(NodeConfig),
  nodeTimings: timings,
});
export type WorkerStart = Static<typeof WorkerStartSchema>;

/** parent → worker, while it runs: the hosts that it serves from now on. Connections to those that stay go on. */
export const WorkerHostsSchema = Type.Object({
  type: Type.Literal('hosts'),
  hosts: WorkerStartSchema.properties.hosts,
});
export type WorkerHosts = Static<typeof WorkerHostsSchema>;

/**
 * parent → worker, while it runs: how this machine is powered and used; at every change, every half minute, and when the worker
 * has just got ready.
 */
export const PowerNewsSchema = Type.Object({
  type: Type.Literal('power'),
  asleep: Type.Boolean({ description: 'It is about to sleep: nothing new is begun' }),
  onBattery: Type.Boolean(),
  idleSeconds: Type.Integer({ minimum: 0, description: 'Since somebody last touched its keyboard or mouse' }),
});
export type PowerNews = Static<typeof PowerNewsSchema>;

/** worker → parent: how it stands with a host, whenever that changes. */
export const WorkerStandingSchema = Type.Object({
  type: Type.Literal('standing'),
  url: Type.String({ description: 'Origin of the host' }),
  standing: Type.Enum(['connected', 'away', 'refused', 'removed', 'certificate-changed'] as const),
  workspaces: Type.Array(Type.Object({ id: Id, name: Type.String() }), { maxItems: 1_000 }),
  /** What the host said when it refused. */
  reason: Type.Optional(Type.String({ maxLength: 1_000 })),
});
export type WorkerStanding = Static<typeof WorkerStandingSchema>;

/** parent → worker, while it runs: what the owner of this machine wants. */
export const NodeOrderSchema = Type.Object({
  type: Type.Literal('node-order'),
  order: Type.Union([
    Type.Object({ do: Type.Literal('config'), config: NodeConfig }),
    Type.Object({ do: Type.Literal('drain') }),
    Type.Object({ do: Type.Literal('resume') }),
    Type.Object({ do: Type.Literal('leave'), ...LeaveWorkspace.properties }),
    Type.Object({ do: Type.Literal('move'), ...MoveFiles.properties }),
    Type.Object({ do: Type.Literal('cancel-move') }),
    /** What the worker wanted to be kept is on disk; without the configuration: could not be written. */
    Type.Object({ do: Type.Literal('kept'), id: Type.Integer(), config: Type.Optional(NodeConfig) }),
  ]),
});
export type NodeOrder = Static<typeof NodeOrderSchema>['order'];

/** worker → parent: what it does, whenever that changes; and what is to be kept in `node-config.json` from now on. */
export const NodeReportSchema = Type.Object({ type: Type.Literal('node-report'), report: NodeReport });
export const NodeKeepSchema = Type.Object({
  type: Type.Literal('node-keep'),
  id: Type.Integer(),
  changes: Type.Partial(NodeConfig, { additionalProperties: true }),
  drop: Type.Array(Type.String({ maxLength: 60 }), { maxItems: 20 }),
});
export type NodeKeep = Static<typeof NodeKeepSchema>;
export type WorkerNews = WorkerStanding | Static<typeof NodeReportSchema> | NodeKeep;

/** orchestrator → parent: somebody who may asks about this machine or changes something; each is answered under its number. */
export const ThisNodeCallSchema = Type.Object({
  type: Type.Literal('this-node-call'),
  id: Type.Integer({ minimum: 1 }),
  call: Type.Union([
    Type.Object({ do: Type.Enum(['look', 'pause', 'resume', 'drain', 'rotate-key', 'cancel-move'] as const) }),
    Type.Object({ do: Type.Literal('change'), settings: NodeSettings }),
    Type.Object({ do: Type.Literal('move'), ...MoveFiles.properties }),
    Type.Object({ do: Type.Literal('leave'), ...LeaveWorkspace.properties }),
  ]),
});
export type ThisNodeCall = Static<typeof ThisNodeCallSchema>['call'];

/** parent → orchestrator: the answer. */
export const ThisNodeAnswerSchema = Type.Object({
  type: Type.Literal('this-node-answer'),
  id: Type.Integer({ minimum: 1 }),
  answer: Type.Optional(ThisNode),
  problem: Type.Optional(ProblemSchema),
});
export type ThisNodeAnswer = Static<typeof ThisNodeAnswerSchema>;

export const WorkerReadySchema = Type.Object({
  type: Type.Literal('ready'),
  nodeId: Type.String(),
  shareKey: Type.String({ description: '8 characters; an admin types it to add this node' }),
});
export type WorkerReady = Static<typeof WorkerReadySchema>;

/** Sent instead of `ready`, or before a deliberate end. */
export const ServiceFailedSchema = Type.Object({
  type: Type.Literal('failed'),
  code: Type.String(),
  message: Type.String({ description: 'For people: what happened and what to do' }),
  passing: Type.Optional(
    Type.Literal(true, {
      description:
        'It may go well later: the disk is full, something is busy. Without it starting again cannot help: a newer data folder, a port in use',
    }),
  ),
});
export type ServiceFailed = Static<typeof ServiceFailedSchema>;
