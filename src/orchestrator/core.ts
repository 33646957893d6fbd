/** Builds the part of the orchestrator that has jobs done: engine, scheduler, nodes and both sockets. */
import type { Clock } from '../shared/clock.ts';
import type { IdSource } from '../shared/ids.ts';
import { type NodeTimings, nodeTimings } from '../shared/protocol/node.ts';
import { createHostDesk, type HostDeskDeps } from './host-executors/desk.ts';
import { createJobEngine, type EngineDeps, type EngineLog, type JobEngine } from './jobs/engine.ts';
import { raiseEpoch } from './jobs/epoch.ts';
import { createJobService, recoverJobs } from './jobs/service.ts';
import type { EventHub } from './live/hub.ts';
import { createLiveGateway, type LiveGateway, type LiveGatewayDeps } from './live/live-gateway.ts';
import { createNodeGateway, type NodeGateway } from './live/node-gateway.ts';
import { createNodeDesk } from './nodes/desk.ts';
import { createRoster, type Roster } from './nodes/roster.ts';
import { createNodeService, loadNodes } from './nodes/service.ts';
import { createReputations } from './reputation/reputation.ts';
import { createVerifier, type Verifier } from './reputation/verifier.ts';
import { createDurations } from './scheduler/durations.ts';
import { createSchedulerLoop } from './scheduler/loop.ts';
import type { AttemptTickets, BlobStore, JobService, NodeService } from './services.ts';
import type { Store } from './store/store.ts';
import { systemTimers, type Timers } from './timers.ts';

export interface CoreDeps {
  store: Store;
  hub: EventHub;
  blobs: BlobStore;
  tickets: AttemptTickets;
  clock: Clock;
  timers?: Timers;
  /** The product's, unless a test has no time for them. */
  timings?: NodeTimings;
  ids: IdSource;
  /** Numbers in [0, 1). */
  random: () => number;
  /** Introduces the host's own worker; null where there is none. */
  workerToken: string | null;
  /** Whose the host's own worker is. */
  ownerId: string | null;
  host: LiveGatewayDeps['host'];
  authorize: LiveGatewayDeps['authorize'];
  maySubmit: LiveGatewayDeps['maySubmit'];
  /** What the host does itself. */
  hostWork?: Pick<HostDeskDeps, 'executors' | 'world'>;
  alongside?: EngineDeps['alongside'];
  log: EngineLog;
}

const noHostExecutors: Pick<HostDeskDeps, 'executors' | 'world'> = {
  executors: [],
  world: { askedBy: async () => null, spent: async () => undefined, readFile: notHere, addFile: notHere },
};
async function notHere(): Promise<never> {
  throw new Error('This orchestrator does nothing itself');
}

export interface Core {
  jobs: JobService;
  nodes: NodeService;
  nodeGateway: NodeGateway;
  liveGateway: LiveGateway;
  verifier: Verifier;
  /** Jobs of the host itself are carried out from now on: all that they may ask for is there. */
  beginHostWork(): void;
  /** What they stand on, for those who look inside. */
  engine: JobEngine;
  roster: Roster;
  /** Closes the sockets, stops the timers, writes what is unsaved. The store stays open. */
  stop(): Promise<void>;
}

/** Loads nodes and open jobs (J1, N4), raises the epoch (J2), and is ready for connections when it resolves. */
export async function createCore(deps: CoreDeps): Promise<Core> {
  const { store, clock, log } = deps;
  const common = { ...deps, timers: deps.timers ?? systemTimers, timings: deps.timings ?? nodeTimings };
  const roster = createRoster();
  await loadNodes({ store, roster });
  const host = createHostDesk({ ...common, ...(deps.hostWork ?? noHostExecutors) });
  const engine = createJobEngine({ ...common, host, roster, epoch: await raiseEpoch(store) });
  const loop = createSchedulerLoop({
    look: () => ({ nodes: roster.views(), queues: engine.queues(), use: engine.use() }),
    carryOut: engine.assign,
    clock,
  });
  const reputations = await createReputations({ ...common, roster });
  const durations = createDurations();
  engine.onAttempt((end) => {
    reputations.note(end);
    const { outcome, finishedAt } = end.attempt;
    if (outcome === 'succeeded' && finishedAt !== null) durations.note(end.row, finishedAt - end.startedAt);
  });
  engine.onPlaceable(loop.wake);
  roster.onChanged(loop.wake);
  const recovered = await recoverJobs({ store, engine });
  if (recovered > 0) log.info({ jobs: recovered }, 'Open jobs of an earlier start were taken up');

  const jobs = createJobService({ ...common, hostKinds: host.kinds, engine, roster, durations });
  const nodes = createNodeService({ ...common, engine, roster, reputations });
  const verifier = await createVerifier({ ...common, jobs, roster, reputations });
  const desk = createNodeDesk({ ...common, engine, roster });
  const nodeGateway = createNodeGateway({ ...common, desk, engine, roster });
  const liveGateway = createLiveGateway({ ...common, jobs });
  return {
    jobs,
    nodes,
    nodeGateway,
    liveGateway,
    verifier,
    beginHostWork: () => host.begin(engine),
    engine,
    roster,
    async stop() {
      liveGateway.stop();
      nodeGateway.stop();
      loop.stop();
      await host.stop();
      nodes.stop();
      verifier.stop();
      await engine.stop();
      await reputations.stop();
      await desk.stop();
    },
  };
}
