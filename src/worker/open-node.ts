import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../platform/log.ts';
import type { NodeConfigFile } from '../platform/node-config.ts';
import { systemClock } from '../shared/clock.ts';
import { timingsFrom } from '../shared/protocol/node.ts';
import { noRoom, sharedRoom } from '../shared/room.ts';
import type { WorkerNews, WorkerStart } from '../shared/services.ts';
import { findExecutors } from './executors/all.ts';
import type { Executor } from './executors/executor.ts';
import { openMachine } from './hardware/machine.ts';
import { type NodeGround, openHostDesk } from './host-desk.ts';
import { createHostDesks, type HostDesks } from './host-desks.ts';
import { createSlots } from './jobs/slots.ts';
import { sharedProcessors, usableProcessors } from './limits.ts';
import { usualServers } from './models/servers.ts';
import { watchModels } from './models/watch.ts';
import { openGivenBook } from './owner/given.ts';
import { createOwner, type Owner } from './owner/owner.ts';
import { findSandboxTools } from './sandbox/tools.ts';
import { openStorage } from './storage/storage.ts';

/** All of a node that needs its configuration and identity: machine, storage, executors, owner, desks. */
export interface OpenNode {
  desks: HostDesks;
  owner: Owner;
  stop(): Promise<void>;
}

export interface NodeParts {
  start: WorkerStart;
  config: NodeConfigFile;
  identity: NodeGround['identity'];
  /** Executors of a program that embeds the node, beside those that every node has. */
  more: readonly Executor[];
  restart(): void;
  tell(news: WorkerNews): void;
  log: Logger;
}

export async function openNode({ start, config, identity, more, restart, tell, log }: NodeParts): Promise<OpenNode> {
  const home = join(start.dataDir, 'worker');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const desks: HostDesks = createHostDesks((host) => openHostDesk(host, ground));
  const tellCapabilities = () => {
    for (const desk of desks.all()) desk.tellCapabilities();
  };
  const { nodeId, name } = config.config;
  const slots = createSlots(noRoom);
  // What is opened first may have news before there is somebody to hear them.
  let owner: Owner | undefined;
  const [machine, tools, models, storage, given] = await Promise.all([
    openMachine({ nodeId, name, reserved: () => slots.taken.gpus, onChanged: () => owner?.machineChanged() }),
    findSandboxTools(),
    watchModels({ addresses: modelServers(config), onChanged: tellCapabilities }),
    openStorage({ config, home, idle: (signal) => untilIdle(desks, signal), onChanged: () => owner?.look() }),
    openGivenBook(join(home, 'given.json'), systemClock),
  ]);
  const modelChangesAllowed = () => config.config.allowModelChanges ?? false;
  const found = await findExecutors({ home, tools, models, modelChangesAllowed, log });
  const executors = [...found, ...more];
  slots.resize(sharedRoom(machine.capabilities(), config.config.resourceLimits));
  const usable = usableProcessors();
  const coresBy = usable.length > 0 && tools.taskset !== undefined ? 'bound' : 'slots';
  const decided = createOwner({
    ...{ config, desks, machine, slots, storage, given, home, coresBy, tell },
    clock: systemClock,
  });
  owner = decided;
  const ground: NodeGround = {
    version: start.version,
    ...{ config, identity, slots, storage, restart, log },
    capabilities: () => ({
      ...machine.capabilities(),
      models: [...models.models()],
      model_changes: modelChangesAllowed(),
    }),
    executors: new Map(executors.map((executor) => [executor.kind, executor])),
    outboxes: join(home, 'outbox'),
    processors: () => sharedProcessors(usable, slots.shared.cores),
    changeLimits: decided.changeLimits,
    standing: decided.standing,
    hold: decided.hold,
    onEnded: given.note,
    tellStanding: (standing) => tell({ type: 'standing', ...standing }),
    timings: timingsFrom(start.nodeTimings),
  };
  await desks.serve(start.hosts);
  decided.look();
  return {
    desks,
    owner: decided,
    async stop() {
      decided.stop();
      machine.stop();
      await desks.stop();
      await Promise.all(executors.map((executor) => executor.stop()));
      await Promise.all([models.stop(), storage.stop(), given.stop()]);
    },
  };
}

function modelServers({ config }: NodeConfigFile): string[] {
  const all = [...usualServers, ...(config.modelServers ?? [])];
  return [...new Set(all.map((url) => url.replace(/\/+$/, '')))];
}

const idleLookEvery = 200;

/** Resolves once no job runs at any host. */
function untilIdle(desks: HostDesks, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (signal.aborted) return settle(() => reject(signal.reason));
      if (desks.works().length === 0) settle(resolve);
    };
    const settle = (end: () => void) => {
      clearInterval(timer);
      end();
    };
    const timer = setInterval(look, idleLookEvery);
    look();
  });
}
