/** One machine as a node: one identity, one set of limits, one connection per host. */
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { makePrivateFolder } from '../platform/data-folder.ts';
import { waitForLock } from '../platform/lock-file.ts';
import type { Logger } from '../platform/log.ts';
import { configOfParent, freshConfig, type NodeConfigFile, openNodeConfig } from '../platform/node-config.ts';
import type { Parent } from '../platform/service.ts';
import { systemClock } from '../shared/clock.ts';
import { createIdSource } from '../shared/ids.ts';
import {
  type NodeOrder,
  NodeOrderSchema,
  PowerNewsSchema,
  WorkerHostsSchema,
  type WorkerReady,
  type WorkerStart,
} from '../shared/services.ts';
import type { Executor } from './executors/executor.ts';
import { openIdentity } from './identity.ts';
import { type OpenNode, openNode } from './open-node.ts';
import { createKeeping } from './owner/keep.ts';
import { onWakeUp } from './wake-up.ts';

export interface RunningNode {
  ready: WorkerReady;
  /** Resolves when a host asked for a restart that the owner allows (N13). */
  restart: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts this machine as a node, which hears its parent from then on. `more` are executors of a program that embeds the node,
 * beside those that every node has.
 */
export async function startNode(
  start: WorkerStart,
  log: Logger,
  parent: Parent,
  more: readonly Executor[] = [],
): Promise<RunningNode> {
  const { dataDir } = start;
  await makePrivateFolder(dataDir);
  const lock = await waitForLock(join(dataDir, 'worker.lock'));
  const keeping = createKeeping(parent.tell);
  const opened = Promise.withResolvers<OpenNode>();
  opened.promise.catch((error: unknown) => log.error({ err: error }, 'the worker could not begin'));
  const later = (what: string, act: (node: OpenNode) => unknown) =>
    void opened.promise.then(act).catch((error: unknown) => log.error({ err: error }, what));
  const obey = (order: NodeOrder) => {
    if (order.do === 'kept') keeping.kept(order);
    else later('what the owner wants could not be done', ({ owner }) => owner.obey(order));
  };
  parent.listen((said) => {
    if (Value.Check(NodeOrderSchema, said)) obey(said.order);
    else if (Value.Check(PowerNewsSchema, said)) later('news of power', ({ owner }) => owner.power(said));
    else if (Value.Check(WorkerHostsSchema, said))
      later('the hosts of this node could not be changed', ({ desks }) => desks.serve(said.hosts));
  });
  const config = await openConfig(start, keeping.change);
  const identity = await openOwnIdentity(dataDir, config, log);
  await keepChoices(config, start);
  const { promise: restart, resolve: askRestart } = Promise.withResolvers<void>();
  const tell = parent.tell;
  openNode({ start, config, identity, more, restart: askRestart, tell, log }).then(opened.resolve, opened.reject);
  const stopLooking = onWakeUp(async () => {
    for (const desk of (await opened.promise).desks.all()) desk.resumed();
  });
  const { nodeId, shareKey } = config.config;
  return {
    ready: { type: 'ready', nodeId, shareKey },
    restart,
    async stop() {
      stopLooking();
      const node = await opened.promise.catch(() => null);
      await node?.stop();
      await lock.release();
    },
  };
}

/** The parent keeps the configuration where it says so; a worker that was started alone keeps the file itself. */
function openConfig({ config, dataDir }: WorkerStart, keep: NodeConfigFile['change']): Promise<NodeConfigFile> {
  if (config !== undefined) return Promise.resolve(configOfParent(config, keep));
  return openNodeConfig(dataDir, createIdSource(systemClock, Math.random), systemClock);
}

async function openOwnIdentity(dataDir: string, config: NodeConfigFile, log: Logger) {
  const { identity, replaced } = await openIdentity(dataDir, systemClock);
  if (config.notice !== null) log.warn(config.notice);
  if (!replaced) return identity;
  // Hosts know the node by its old key and would refuse it for ever: with a new key it is a new node.
  const { nodeId, shareKey } = freshConfig(createIdSource(systemClock, Math.random));
  await config.change({ nodeId, shareKey });
  log.warn('node-identity.json was damaged; this is a new node now');
  return identity;
}

/** What the command line says holds from now on, also without it. */
async function keepChoices(config: NodeConfigFile, { name, models }: WorkerStart): Promise<void> {
  if (name !== undefined && name !== config.config.name) await config.change({ name });
  const { servers, allowChanges } = models ?? {};
  if (servers !== undefined) await config.change({ modelServers: servers });
  if (allowChanges !== undefined) await config.change({ allowModelChanges: allowChanges });
}
