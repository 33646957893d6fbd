/**
 * The orchestrator, put together. Everything is built here and passed in; what starts is stopped in the opposite order.
 *
 *     store ─► people ─► blobs, files ─► nodes, jobs, scheduler ─► flows, runs ─► REST, sockets
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from '../platform/log.ts';
import { resourcePath } from '../platform/paths.ts';
import { systemClock } from '../shared/clock.ts';
import { createIdSource } from '../shared/ids.ts';
import { layoutOf, type OrchestratorConfig } from './config.ts';
import { openBlobStore } from './files/blobs.ts';
import { createFiles } from './files/files.ts';
import { createFlowDocumentParts } from './flow-documents/parts.ts';
import { createRunService } from './flows/run-service.ts';
import { signInUrl } from './http/routes/people.ts';
import { startHttp } from './http/server.ts';
import { raiseEpoch } from './jobs/epoch.ts';
import { createLiveHub } from './live/hub.ts';
import { createDispatch } from './parts/dispatch.ts';
import { createGateways } from './parts/gateways.ts';
import { keepHouse } from './parts/housekeeping.ts';
import { createPeople } from './parts/people.ts';
import { createSamples, firstSample } from './samples/samples.ts';
import type { RunService } from './services.ts';
import type { Store } from './store/store.ts';
import { systemTimers } from './timers.ts';
import { prepareHost } from './workspaces/first-start.ts';
import { hashSecret } from './workspaces/secrets.ts';

export interface Orchestrator {
  /** Origin, without a slash at the end. */
  url: string;
  /** For the local owner; single use, 10 minutes. A fresh one at every start. */
  signInLink: string;
  stop(): Promise<void>;
}

/** What main.ts decides, and tests decide otherwise. */
export interface OrchestratorWorld {
  openStore(folder: string): Promise<Store>;
  log: Logger;
  /** Name of the account that starts it; the local owner is named after it. */
  ownerName: string;
}

const clock = systemClock;
const timers = systemTimers;
const random = randomBytes;

/** Starts an orchestrator. Rejects `store_newer`, `store_corrupt`, and Node's EADDRINUSE. */
export async function createOrchestrator(config: OrchestratorConfig, world: OrchestratorWorld): Promise<Orchestrator> {
  const { log } = world;
  const layout = layoutOf(config.dataDir);
  const store = await world.openStore(layout.store);
  const stops: (() => Promise<void> | void)[] = [() => store.close()];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return await assemble(config, { ...world, store, stops, stop, blobsFolder: layout.blobs });
  } catch (error) {
    log.error({ err: error }, 'The orchestrator could not start');
    await stop();
    throw error;
  }
}

interface Ground extends OrchestratorWorld {
  store: Store;
  blobsFolder: string;
  /** What is to be ended, the last first. */
  stops: (() => Promise<void> | void)[];
  stop(): Promise<void>;
}

async function assemble(config: OrchestratorConfig, ground: Ground): Promise<Orchestrator> {
  const { store, stops, log } = ground;
  const ids = createIdSource(clock, Math.random);
  const epoch = await raiseEpoch(store);
  const identity = await prepareHost({ store, clock, ids, random, ownerName: ground.ownerName });
  const hub = createLiveHub(String(epoch));
  const blobs = await openBlobStore(ground.blobsFolder, randomUUID);
  const files = createFiles({ store, blobs, clock, ids });
  const samples = createSamples(resourcePath('samples'), files);

  const dispatch = await createDispatch({
    store,
    hub,
    blobs,
    clock,
    timers,
    ids,
    epoch,
    log,
    workerToken: config.workerToken,
    ownerId: identity.ownerId,
  });
  stops.push(dispatch.stop);
  const { jobs, nodes } = dispatch;

  const people = createPeople({
    ...{ store, clock, ids, random, hub, nodes },
    endWork: (workspaceId) => endWork(workspaceId),
  });
  const flowParts = createFlowDocumentParts({
    ...{ store, clock, ids, hub, log },
    sockets: people.sockets,
    admit: people.admit,
    sampleFile: samples.file,
    runs: () => runs,
  });
  stops.push(flowParts.stop);
  const { flows } = flowParts;
  const runs: RunService = createRunService({
    ...{ store, jobs, blobs, clock, timers, ids },
    live: hub,
    unexpected: (error, what) => log.error({ err: error }, what),
  });
  stops.push(() => runs.stop());

  const endWork = async (workspaceId: string) => {
    const going = await runs.list(workspaceId, { state: 'running', limit: 500 });
    await Promise.allSettled(going.items.map((run) => runs.cancel(run.id)));
    await jobs.cancelWorkspace(workspaceId);
    for (const flow of (await flows.list(workspaceId, { limit: 500 })).items) flowParts.close(flow.id);
  };

  if (identity.firstWorkspaceId !== null) {
    const owner = { userId: identity.ownerId, name: ground.ownerName };
    await flows.create(identity.firstWorkspaceId, owner, { sample: firstSample });
  }
  await flowParts.tidy();
  // Before anything connects, so that no result arrives that nobody waits for.
  await runs.resumeAll();

  let url = '';
  let ready = false;
  const gateways = createGateways({
    ...{ dispatch, hub, people, log, clock, timers, jobs },
    acceptFlow: flowParts.accept,
    host: { hostId: identity.hostId, version: config.version, epoch: String(epoch) },
  });
  const http = await startHttp({
    services: {
      ...people,
      nodes,
      flows,
      runs,
      jobs,
      files,
      blobs,
      hub,
      ...{ attemptTickets: dispatch.tickets },
      samples: samples.list,
    },
    host: {
      ...{ hostId: identity.hostId, ownerId: identity.ownerId, version: config.version },
      name: hostname(),
      nodeId: async () => dispatch.embeddedNodeId(),
      adminTokenHash: hashSecret(config.adminToken),
      names: [],
      url: () => url,
      ready: () => ready,
    },
    ...{ staticDir: config.staticDir, clock, log, gateways, port: config.port },
  });
  stops.push(
    http.stop,
    gateways.stop,
    keepHouse({ timers, log, tasks: [people.credentials.clean, people.idempotency.clean] }),
  );
  url = http.url;
  ready = true;
  stops.push(() => {
    ready = false;
  });
  const { code } = await people.credentials.createLink(identity.ownerId);
  return { url, signInLink: signInUrl(url, code), stop: ground.stop };
}
