import { randomBytes } from 'node:crypto';
import { Value } from 'typebox/value';
import { AppError } from '../shared/errors.ts';
import type { ThisNode } from '../shared/model/this-node.ts';
import { toProblem } from '../shared/problem.ts';
import type { NodeTimings } from '../shared/protocol/node.ts';
import {
  type HostToJoin,
  type ModelChoices,
  type OrchestratorReady,
  OrchestratorReadySchema,
  type OrchestratorStart,
  type PowerNews,
  type ThisNodeAnswer,
  type ThisNodeCall,
  ThisNodeCallSchema,
  type WorkerHosts,
  type WorkerReady,
  WorkerReadySchema,
  type WorkerStanding,
  WorkerStandingSchema,
  type WorkerStart,
} from '../shared/services.ts';
import { programPath } from './paths.ts';
import { usualPort } from './ports.ts';
import type { RestartLimits } from './restart-policy.ts';
import type { ForkService } from './service-process.ts';
import { ServiceFailedError, type ServiceState, type Supervised, supervise } from './supervise.ts';
import { createThisNode, openOwnConfig, type ThisNodeService } from './this-node.ts';

export type ServiceName = 'orchestrator' | 'worker';

export interface HostServicesOptions {
  dataDir: string;
  /** null: the usual port, or any free one where that is taken; 0: any free one. */
  port: number | null;
  withWorker: boolean;
  /** The built interface, or null to serve none. */
  staticDir: string | null;
  version: string;
  /** Other timings than the product's; for tests. */
  nodeTimings?: Partial<NodeTimings>;
  /** Of the account's keychain (S5); left out, a file in the data folder holds it. */
  masterKey?: string;
  /** What the command line says about other machines reaching this host. */
  hosting?: OrchestratorStart['hosting'];
  /** Hosts on other machines that the embedded worker serves from the start. */
  servedHosts?: readonly HostToJoin[];
  /** What the owner of this machine says about its models. */
  models?: ModelChoices;
  /** Other delays before a service that ended is started again than the product's; for tests. */
  restart?: RestartLimits;
  /** Milliseconds a service has from being asked to end to SIGTERM, and from there to SIGKILL; default 12 s. */
  stopDeadline?: number;
  fork: ForkService;
  onState(name: ServiceName, state: ServiceState<unknown>): void;
  onOutput(name: ServiceName, text: string): void;
  /** How this machine's node stands with a host, whenever that changes. */
  onStanding?(standing: WorkerStanding): void;
}

export interface HostServices {
  url: string;
  /** Single use, 10 minutes. */
  signInLink: string;
  /** How other machines reach it. */
  hosting: OrchestratorReady['hosting'];
  /** Bearer token of the local owner, for as long as these services run. */
  bearer: string;
  /** The embedded worker's node, when it is ready; null without one. */
  node: Promise<WorkerReady> | null;
  /** The hosts on other machines that the embedded worker serves beside this one, from now on. */
  serve(hosts: readonly HostToJoin[]): void;
  /** What the owner of this machine wants. Rejects `this_node_missing` where these services have no worker. */
  thisNode(call: ThisNodeCall): Promise<ThisNode>;
  /** Tells the embedded worker how the machine is powered and used; each of its lives learns the last that was said. */
  tellPower(news: PowerNews): void;
  /** Starts a service anew at once, also one that was given up. */
  restart(name: ServiceName): void;
  /** Ends the worker, then the orchestrator; resolves when both are gone. */
  stop(): Promise<void>;
}

/**
 * Starts an orchestrator and, where asked, the worker embedded in this host; the same for the command line and the
 * desktop, which differ only in `fork`. Rejects with a ServiceFailedError when the orchestrator cannot start.
 */
export async function startHostServices(options: HostServicesOptions): Promise<HostServices> {
  const bearer = randomBytes(32).toString('base64url');
  const workerToken = randomBytes(32).toString('base64url');
  const own = options.withWorker
    ? createThisNode({
        file: await openOwnConfig(options.dataDir),
        tellWorker: (order) => worker?.send({ type: 'node-order', order }) ?? false,
        ownHost: () => ownHost,
      })
    : null;
  let worker: Supervised<WorkerReady> | null = null;
  let ownHost: string | null = null;
  const thisNode = async (call: ThisNodeCall) => {
    if (own === null) throw new AppError('this_node_missing');
    return own.answer(call);
  };
  const { orchestrator, ready } = await startOrchestrator(options, { adminToken: bearer, workerToken }, thisNode);
  ownHost = ready.url;
  const embedding: HostToJoin = { url: ready.url, introduce: workerToken };
  let hosts: HostToJoin[] = [embedding, ...(options.servedHosts ?? [])];
  let power: PowerNews | null = null;
  const onState: HostServicesOptions['onState'] = (name, state) => {
    options.onState(name, state);
    if (state.state === 'ready' && power !== null) worker?.send(power);
  };
  if (own !== null) worker = startWorker({ ...options, onState, thisNode: own }, () => hosts);
  const node = worker?.ready() ?? null;
  // Whoever does not ask for the node must not be ended by its failure; the state says it too.
  node?.catch(() => undefined);
  return {
    url: ready.url,
    signInLink: ready.signInLink,
    hosting: ready.hosting,
    bearer,
    node,
    thisNode,
    serve: (others) => {
      hosts = [embedding, ...others];
      const tell = () => worker?.send({ type: 'hosts', hosts } satisfies WorkerHosts) ?? true;
      // A life that is just beginning may have started with the old ones.
      if (!tell()) void worker?.ready().then(tell, () => undefined);
    },
    tellPower: (news) => {
      power = news;
      worker?.send(news);
    },
    restart: (name) => (name === 'worker' ? worker : orchestrator)?.restart(),
    stop: async () => {
      await worker?.stop();
      await orchestrator.stop();
    },
  };
}

type WorkerOptions = Omit<HostServicesOptions, 'port' | 'withWorker' | 'staticDir' | 'hosting'>;

/** A worker without a host of its own (`otherthing join`); this process keeps its `node-config.json`. */
export async function startWorkerAlone(
  options: WorkerOptions,
  hosts: () => WorkerStart['hosts'],
  name?: string,
): Promise<Supervised<WorkerReady>> {
  const thisNode = createThisNode({
    file: await openOwnConfig(options.dataDir),
    tellWorker: (order) => worker.send({ type: 'node-order', order }),
    ownHost: () => null,
  });
  const worker = startWorker({ ...options, thisNode }, hosts, name);
  return worker;
}

/** The worker of this machine, embedded in a host or alone. */
function startWorker(
  options: WorkerOptions & { thisNode: ThisNodeService },
  hosts: () => WorkerStart['hosts'],
  name?: string,
): Supervised<WorkerReady> {
  const { dataDir, version } = options;
  return supervise({
    name: 'worker',
    fork: () => options.fork(programPath('worker')),
    startMessage: (): WorkerStart => ({
      type: 'start',
      dataDir,
      hosts: hosts(),
      config: options.thisNode.config(),
      version,
      ...(name === undefined ? {} : { name }),
      ...(options.models === undefined ? {} : { models: options.models }),
      ...(options.nodeTimings === undefined ? {} : { nodeTimings: options.nodeTimings }),
    }),
    ...(options.restart === undefined ? {} : { restart: options.restart }),
    ...(options.stopDeadline === undefined ? {} : { stopDeadline: options.stopDeadline }),
    readySchema: WorkerReadySchema,
    onState: (state) => options.onState('worker', state),
    onOutput: (text) => options.onOutput('worker', text),
    onMessage: (message, answer) => {
      options.thisNode.onWorker(message, (order) => answer({ type: 'node-order', order }));
      if (Value.Check(WorkerStandingSchema, message)) options.onStanding?.(message);
    },
  });
}

interface StartedOrchestrator {
  orchestrator: Supervised<OrchestratorReady>;
  ready: OrchestratorReady;
}

type Tokens = Pick<OrchestratorStart, 'adminToken' | 'workerToken'>;

type AnswerThisNode = HostServices['thisNode'];

async function startOrchestrator(
  options: HostServicesOptions,
  tokens: Tokens,
  thisNode: AnswerThisNode,
): Promise<StartedOrchestrator> {
  try {
    return await startOnPort(options, tokens, thisNode, options.port ?? usualPort);
  } catch (error) {
    const taken = error instanceof ServiceFailedError && error.code === 'EADDRINUSE';
    if (!taken || options.port !== null) throw error;
    return startOnPort(options, tokens, thisNode, 0);
  }
}

async function startOnPort(
  options: HostServicesOptions,
  tokens: Tokens,
  thisNode: AnswerThisNode,
  port: number,
): Promise<StartedOrchestrator> {
  const { dataDir, staticDir, version } = options;
  // Once it has listened, every later life listens there too: browsers and nodes know this address.
  let current = port;
  const orchestrator = supervise({
    name: 'orchestrator',
    fork: () => options.fork(programPath('orchestrator')),
    startMessage: (): OrchestratorStart => ({
      type: 'start',
      dataDir,
      port: current,
      staticDir,
      version,
      ...tokens,
      ...(options.masterKey === undefined ? {} : { masterKey: options.masterKey }),
      ...(options.hosting === undefined ? {} : { hosting: options.hosting }),
      ...(options.nodeTimings === undefined ? {} : { nodeTimings: options.nodeTimings }),
    }),
    ...(options.restart === undefined ? {} : { restart: options.restart }),
    ...(options.stopDeadline === undefined ? {} : { stopDeadline: options.stopDeadline }),
    readySchema: OrchestratorReadySchema,
    onState: (state) => options.onState('orchestrator', state),
    onOutput: (text) => options.onOutput('orchestrator', text),
    onMessage: (message) => {
      if (!Value.Check(ThisNodeCallSchema, message)) return;
      void answerTo(message.id, thisNode(message.call)).then((answer) => orchestrator.send(answer));
    },
  });
  try {
    const ready = await orchestrator.ready();
    current = Number(new URL(ready.url).port);
    return { orchestrator, ready };
  } catch (error) {
    await orchestrator.stop();
    throw error;
  }
}

async function answerTo(id: number, asked: Promise<ThisNode>): Promise<ThisNodeAnswer> {
  const done = await asked.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ problem: toProblem(error) }),
  );
  return { type: 'this-node-answer', id, ...done };
}
