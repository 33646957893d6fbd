import type { Clock } from '../../shared/clock.ts';
import type { IdSource } from '../../shared/ids.ts';
import { createJobEngine, type EngineLog, type JobEngine } from '../jobs/engine.ts';
import { createJobService, recoverJobs } from '../jobs/service.ts';
import { createAttemptTickets } from '../live/attempt-tickets.ts';
import type { EventHub } from '../live/hub.ts';
import { createNodeDesk, type NodeDesk } from '../nodes/desk.ts';
import { createRoster, type Roster } from '../nodes/roster.ts';
import { createNodeService, loadNodes } from '../nodes/service.ts';
import { createSchedulerLoop } from '../scheduler/loop.ts';
import type { AttemptTickets, BlobStore, JobService, NodeService } from '../services.ts';
import type { Store } from '../store/store.ts';
import type { Timers } from '../timers.ts';

/** Jobs, nodes, and the scheduler between them. */
export interface Dispatch {
  jobs: JobService;
  nodes: NodeService;
  engine: JobEngine;
  roster: Roster;
  desk: NodeDesk;
  tickets: AttemptTickets;
  /** The node of the worker that this host started, once it has registered. */
  embeddedNodeId(): string | null;
  stop(): Promise<void>;
}

export interface DispatchDeps {
  store: Store;
  hub: EventHub;
  blobs: BlobStore;
  clock: Clock;
  timers: Timers;
  ids: IdSource;
  epoch: number;
  log: EngineLog;
  workerToken: string;
  ownerId: string;
}

/** Loads what an earlier start left open; to be awaited before anything connects. */
export async function createDispatch(deps: DispatchDeps): Promise<Dispatch> {
  const { store, hub, clock, timers, log } = deps;
  const roster = createRoster();
  const tickets = createAttemptTickets();
  const engine = createJobEngine({ ...deps, roster, tickets, random: Math.random });
  await loadNodes({ store, roster });
  await recoverJobs({ store, engine });
  const jobs = createJobService({ ...deps, engine, roster });
  const nodes = createNodeService({ store, roster, engine, hub, clock, timers });
  const desk = createNodeDesk({ ...deps, roster, engine });
  const loop = createSchedulerLoop({
    look: () => ({ nodes: roster.views(), queues: engine.queues(), use: engine.use() }),
    carryOut: (decision) => engine.assign(decision),
    clock,
  });
  const stopListening = [engine.onPlaceable(() => loop.wake()), roster.onChanged(() => loop.wake())];
  loop.wake();
  log.info({ epoch: deps.epoch, jobs: engine.size }, 'Jobs of earlier starts are taken up');
  return {
    ...{ jobs, nodes, engine, roster, desk, tickets },
    embeddedNodeId: () => [...roster.all()].find(({ row }) => row.embedded)?.row.id ?? null,
    async stop() {
      for (const end of stopListening) end();
      loop.stop();
      nodes.stop();
      await desk.stop();
      await engine.stop();
    },
  };
}
