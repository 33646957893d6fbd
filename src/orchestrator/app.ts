/**
 * The orchestrator, put together. Everything is built here and passed in; what starts is stopped in the opposite order.
 *
 *     store ─► blobs, files ─► jobs, nodes, scheduler ─► people ─► flows, runs ─► REST, sockets
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { announceHost } from '../platform/local-network/local-network.ts';
import type { Logger } from '../platform/log.ts';
import { resourcePath } from '../platform/paths.ts';
import { systemClock } from '../shared/clock.ts';
import { createIdSource } from '../shared/ids.ts';
import { timingsFrom } from '../shared/protocol/node.ts';
import type { OrchestratorReady } from '../shared/services.ts';
import { createActing } from './audit/acting.ts';
import { layoutOf, type OrchestratorConfig } from './config.ts';
import { type Core, createCore } from './core.ts';
import { openBlobStore } from './files/blobs.ts';
import { createFiles } from './files/files.ts';
import { createFlowDocumentParts } from './flow-documents/parts.ts';
import { createHostParts } from './host-executors/parts.ts';
import { whoIsConnected } from './hosting/connected.ts';
import { createHosting, type HostingService } from './hosting/hosting.ts';
import { signInUrl } from './http/routes/people.ts';
import { type HttpServer, startHttp } from './http/server.ts';
import type { HostFacts } from './http/server-deps.ts';
import { masterKey } from './keys/master-key.ts';
import { reachableModels } from './keys/models.ts';
import { createAttemptTickets } from './live/attempt-tickets.ts';
import { createLiveHub } from './live/hub.ts';
import { noThisNode } from './nodes/this-node-relay.ts';
import { createHistory } from './parts/history.ts';
import { keepHouse } from './parts/housekeeping.ts';
import { createPeople } from './parts/people.ts';
import { createRunParts, type RunParts } from './parts/runs.ts';
import { liveRights, socketGateways } from './parts/sockets.ts';
import { createSamples, firstSample } from './samples/samples.ts';
import type { NodeService } from './services.ts';
import type { Store } from './store/store.ts';
import { systemTimers } from './timers.ts';
import { createCollections } from './vectors/collections.ts';
import { createDirectory } from './workspaces/directory.ts';
import { type HostIdentity, prepareHost } from './workspaces/first-start.ts';
import { hashSecret } from './workspaces/secrets.ts';

export interface Orchestrator {
  /** Origin, without a slash at the end. */
  url: string;
  /** For the local owner; single use, 10 minutes. A fresh one at every start. */
  signInLink: string;
  /** How other machines reach it. */
  hosting: OrchestratorReady['hosting'];
  stop(): Promise<void>;
}

/** What main.ts decides, and tests decide otherwise. */
export interface OrchestratorWorld {
  openStore(folder: string): Promise<Store>;
  log: Logger;
  /** Name of the account that starts it; the local owner is named after it. */
  ownerName: string;
}

/** What is to be ended, the last first. */
type Stops = (() => Promise<void> | void)[];

const clock = systemClock;
const timers = systemTimers;
const random = randomBytes;

/** Starts an orchestrator. Rejects `store_newer`, `store_corrupt`, and Node's EADDRINUSE. */
export async function createOrchestrator(config: OrchestratorConfig, world: OrchestratorWorld): Promise<Orchestrator> {
  const opened = await world.openStore(layoutOf(config.dataDir).store);
  const stops: Stops = [() => opened.close()];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return { ...(await assemble(config, world, opened, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  config: OrchestratorConfig,
  { log, ownerName }: OrchestratorWorld,
  opened: Store,
  stops: Stops,
): Promise<Omit<Orchestrator, 'stop'>> {
  const ids = createIdSource(clock, Math.random);
  const acting = createActing({ store: opened, clock, ids, log });
  const { store } = acting;
  const identity = await prepareHost({ store, clock, ids, random, ownerName });
  // Live events live in memory: a new epoch at every start.
  const epoch = randomUUID();
  const hub = createLiveHub(epoch);
  const tickets = createAttemptTickets();
  const directory = createDirectory(store);
  const blobs = await openBlobStore(layoutOf(config.dataDir).blobs, randomUUID);
  const files = createFiles({ store, blobs, clock, ids });
  const { hostId } = identity;
  const { version, dataDir } = config;
  const collections = createCollections({ folder: layoutOf(config.dataDir).vectors, clock });
  stops.push(collections.stop);
  const history = createHistory({ store: opened, acting, blobs, collections, clock, dataDir, hostId, version, log });
  const master = await masterKey(config.dataDir, config.masterKey, random);
  const host = createHostParts({
    ...{ store, blobs, files, collections, clock, ids, random, hub, masterKey: master },
    later: { jobs: () => core.jobs, runs: () => work.runs, flows: () => documents.flows },
  });
  const core: Core = await createCore({
    store,
    hub,
    blobs,
    tickets,
    clock,
    timers,
    ids,
    random: Math.random,
    workerToken: config.workerToken,
    timings: timingsFrom(config.nodeTimings),
    ownerId: identity.ownerId,
    host: { hostId: identity.hostId, version: config.version, epoch },
    ...liveRights(directory),
    hostWork: host.hostWork,
    alongside: host.alongside,
    log,
  });
  stops.push(core.stop);
  const { jobs, nodes } = core;
  const models = (workspaceId: string) => reachableModels({ keys: host.keys, nodes }, workspaceId);
  const samples = createSamples(resourcePath('samples'), files, models);

  const endWork = async (workspaceId: string) => {
    await work.endRuns(workspaceId);
    await jobs.cancelWorkspace(workspaceId);
    await collections.forget(workspaceId);
  };
  const onVerifyShare = core.verifier.setShare;
  const people = createPeople({ store, clock, ids, random, hub, nodes, directory, acting, endWork, onVerifyShare });
  const documents = createFlowDocumentParts({
    store,
    clock,
    ids,
    hub,
    log,
    sockets: people.sockets,
    admit: people.admit,
    sampleFile: samples.file,
    runs: () => work.runs,
  });
  stops.push(documents.stop);
  const { flows } = documents;
  const unexpected = (error: unknown, what: string) => log.error({ err: error }, what);
  const work: RunParts = createRunParts({
    ...{ store, jobs, blobs, flows, hub, clock, timers, ids, unexpected },
    ...{ secrets: host.secrets, masterKey: master, acting },
  });
  stops.push(() => work.stop());

  if (identity.firstWorkspaceId !== null) {
    const owner = { userId: identity.ownerId, name: ownerName };
    await flows.create(identity.firstWorkspaceId, owner, { sample: firstSample });
  }
  await documents.tidy();
  // Before anything connects, so that no result arrives that nobody waits for.
  await work.resume();
  core.beginHostWork();

  const state = { url: '', ready: false };
  // Opened at the end, when there is something that other machines could reach.
  const late: { attach: HttpServer['attach'] | null } = { attach: null };
  const hosting = await createHosting({
    ...{ store, clock, timers, dataDir, log },
    start: config.hosting,
    startId: hashSecret(config.adminToken),
    attach: (server) => {
      if (late.attach === null) throw new Error('The host does not listen on loopback yet');
      return late.attach(server);
    },
    connected: whoIsConnected({ store, nodes, sockets: people.sockets }),
    version: config.version,
    announce: (what) =>
      announceHost(what, { onTrouble: (error) => log.warn({ err: error }, 'trouble on the local network') }),
  });
  const http = await startHttp({
    services: {
      ...people,
      hosting,
      nodes,
      flows,
      ...{ runs: work.runs, approvals: work.approvals, triggers: work.triggers },
      jobs,
      files,
      blobs,
      attemptTickets: tickets,
      hub,
      samples: samples.list,
      collections,
      ...{ keys: host.keys, secrets: host.secrets, settings: host.settings, usage: host.usage },
      models,
      acting,
      ...history,
    },
    host: hostFacts(config, identity, state, nodes, hosting),
    gateways: socketGateways(core, people.sockets, documents.accept),
    staticDir: config.staticDir,
    port: config.port,
    clock,
    log,
  });
  const stopGateways = () => {
    state.ready = false;
    core.liveGateway.stop();
    core.nodeGateway.stop();
  };
  const { credentials } = people;
  late.attach = http.attach;
  await hosting.open();
  stops.push(hosting.stop);
  const chores = { credentials: credentials.clean, invites: people.invites.clean, ...history.chores };
  stops.push(http.stop, stopGateways, keepHouse({ timers, log, chores }));
  Object.assign(state, { url: http.url, ready: true });
  const { code } = await credentials.createLink(identity.ownerId);
  const { problem, certificate } = await hosting.get();
  const origins = [...hosting.origins()];
  const hosted = { origins, problem, fingerprint: hosting.pin() === null ? null : (certificate?.fingerprint ?? null) };
  return { url: http.url, signInLink: signInUrl(http.url, code), hosting: hosted };
}

function hostFacts(
  config: OrchestratorConfig,
  { hostId, ownerId }: HostIdentity,
  state: { url: string; ready: boolean },
  nodes: Pick<NodeService, 'list'>,
  hosting: HostingService,
): HostFacts {
  return {
    hostId,
    ownerId,
    name: hostname(),
    version: config.version,
    nodeId: async () => (await nodes.list({})).find((node) => node.embedded)?.id ?? null,
    askThisNode: config.askThisNode ?? noThisNode,
    adminTokenHash: hashSecret(config.adminToken),
    names: hosting.names,
    proxy: config.hosting?.proxy ?? null,
    url: () => state.url,
    ready: () => state.ready,
  };
}
