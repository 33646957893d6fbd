import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder } from '../platform/data-folder.ts';
import { waitForLock } from '../platform/lock-file.ts';
import type { Logger } from '../platform/log.ts';
import { configOfParent, freshConfig, type NodeConfigFile, openNodeConfig } from '../platform/node-config.ts';
import { systemClock } from '../shared/clock.ts';
import { createIdSource } from '../shared/ids.ts';
import type { NodeConfig, NodeReport } from '../shared/model/this-node.ts';
import { timingsFrom } from '../shared/protocol/node.ts';
import type { NodeOrder, PowerNews, WorkerNews, WorkerReady, WorkerStart } from '../shared/services.ts';
import { type Circumstances, standingOf } from './availability.ts';
import { openBlobCache } from './blobs/cache.ts';
import { createDocumentExecutor } from './executors/document.ts';
import type { Executor } from './executors/executor.ts';
import { createInferenceExecutor } from './executors/inference.ts';
import { createModelExecutor } from './executors/model.ts';
import { createOcrExecutor } from './executors/ocr.ts';
import { createScriptExecutor, findScriptGround } from './executors/script.ts';
import { detectCapabilities } from './hardware/capabilities.ts';
import { watchHardware } from './hardware/watch.ts';
import { type HostDesk, type NodeGround, openHostDesk } from './host-desk.ts';
import { createHostDesks, type HostDesks } from './host-desks.ts';
import { openIdentity } from './identity.ts';
import { createSlots } from './jobs/slots.ts';
import { sharedProcessors, sharedRoom, usableProcessors } from './limits.ts';
import { usualServers } from './models/servers.ts';
import { type ModelWatch, watchModels } from './models/watch.ts';
import { findSandboxTools } from './sandbox/tools.ts';

export interface RunningNode {
  ready: WorkerReady;
  /** Resolves when a host asked for a restart that the owner allows (N13). */
  restart: Promise<void>;
  /** Which hosts it serves from now on. */
  serve(hosts: WorkerStart['hosts']): void;
  /** What its parent knows of power and use of the machine. */
  power(news: PowerNews): void;
  /** What its owner wants. */
  order(order: NodeOrder): void;
  stop(): Promise<void>;
}

/** How often the rules are looked at, and the parent is told what changed. */
const reportEvery = 1_000;

const cacheBytes = 2 * 1024 * 1024 * 1024;
/** A clock that jumps by more than this between two looks tells that the machine slept. */
const lookMs = 5_000;
const sleepMs = 20_000;

/**
 * Starts this machine as a node: one identity, one set of limits, one connection per host. `more` are executors of a
 * program that embeds the node, beside those that every node has.
 */
export async function startNode(
  start: WorkerStart,
  log: Logger,
  more: readonly Executor[] = [],
  tellParent: (news: WorkerNews) => void = () => undefined,
): Promise<RunningNode> {
  const { dataDir, name } = start;
  await makePrivateFolder(dataDir);
  const lock = await waitForLock(join(dataDir, 'worker.lock'));
  const ids = createIdSource(systemClock, Math.random);
  const config =
    start.config === undefined
      ? await openNodeConfig(dataDir, ids, systemClock)
      : configOfParent(start.config, (changes) => tellParent({ type: 'node-keep', changes }));
  const { identity, replaced } = await openIdentity(dataDir, systemClock);
  // Hosts know the node by its old key and would refuse it for ever: with a new key it is a new node.
  if (replaced) await config.change(pick(freshConfig(ids)));
  if (name !== undefined && name !== config.config.name) await config.change({ name });
  await keepModelChoices(config, start.models);
  for (const notice of [config.notice, replaced ? 'node-identity.json was damaged; this is a new node now' : null]) {
    if (notice !== null) log.warn(notice);
  }
  const { promise: restart, resolve: askRestart } = Promise.withResolvers<void>();
  const now: Now = { draining: false, asleep: false, onBattery: null, idleSeconds: null };
  const opening = openDesks(start, more, config, identity, askRestart, tellParent, now, log);
  opening.catch((error: unknown) => log.error({ err: error }, 'the worker could not begin'));
  const atDesks = async (tell: (desk: HostDesk) => void) => {
    for (const desk of (await opening).desks.all()) tell(desk);
  };
  const stopLooking = onWakeUp(() => atDesks((desk) => desk.resumed()));
  const { nodeId, shareKey } = config.config;
  return {
    ready: { type: 'ready', nodeId, shareKey },
    restart,
    serve(hosts) {
      void opening
        .then(({ desks }) => desks.serve(hosts))
        .catch((error: unknown) => log.error({ err: error }, 'the hosts of this node could not be changed'));
    },
    power({ asleep, onBattery, idleSeconds }) {
      const woke = now.asleep && !asleep;
      Object.assign(now, { asleep, onBattery, idleSeconds });
      void opening.then(({ look }) => look()).catch(() => undefined);
      if (woke) void atDesks((desk) => desk.resumed()).catch(() => undefined);
    },
    order(order) {
      void opening
        .then(({ obey }) => obey(order))
        .catch((error: unknown) => log.error({ err: error }, 'what the owner wants could not be done'));
    },
    async stop() {
      stopLooking();
      const opened = await opening.catch(() => null);
      opened?.stopWatching();
      await opened?.desks.stop();
      await Promise.all((opened?.executors ?? []).map((executor) => executor.stop()));
      await opened?.models.stop();
      await lock.release();
    },
  };
}

function pick({ nodeId, shareKey }: { nodeId: string; shareKey: string }) {
  return { nodeId, shareKey };
}

/** What is known of the machine and of a drain beside its configuration. */
type Now = Omit<Circumstances, 'paused'>;

interface OpenedDesks {
  desks: HostDesks;
  executors: Executor[];
  models: ModelWatch;
  look(): void;
  obey(order: NodeOrder): void;
  stopWatching(): void;
}

async function openDesks(
  { dataDir, hosts, version, nodeTimings }: WorkerStart,
  more: readonly Executor[],
  config: NodeConfigFile,
  identity: NodeGround['identity'],
  restart: () => void,
  tellParent: (news: WorkerNews) => void,
  now: Now,
  log: Logger,
): Promise<OpenedDesks> {
  const home = join(dataDir, 'worker');
  const jobs = join(home, 'jobs');
  await rm(jobs, { recursive: true, force: true, maxRetries: 3 });
  await mkdir(jobs, { recursive: true, mode: 0o700 });
  const desks: HostDesks = createHostDesks((host) => openHostDesk(host, ground));
  const addresses = [...new Set([...usualServers, ...(config.config.modelServers ?? [])].map(withoutSlash))];
  const [detected, found, tools, cache, models] = await Promise.all([
    detectCapabilities(config.config.nodeId),
    findExecutors(home, log),
    findSandboxTools(),
    openBlobCache(join(home, 'cache'), cacheBytes),
    watchModels({
      addresses,
      onChanged: () => {
        for (const desk of desks.all()) desk.tellCapabilities();
      },
    }),
  ]);
  const allowed = () => config.config.allowModelChanges ?? false;
  const executors = [
    ...found,
    createInferenceExecutor(models),
    createModelExecutor({ watch: models, allowed }),
    ...more,
  ];
  const { name = detected.name } = config.config;
  const named = name === undefined ? {} : { name };
  let capabilities = { ...detected, ...named };
  const slots = createSlots(sharedRoom(capabilities, config.config.resourceLimits));
  const usable = usableProcessors();
  const standing = () => standingOf(new Date(), config.config.rules, { ...now, paused: config.config.paused ?? false });
  let said = '';
  let told = '';
  /** Tells hosts when jobs are taken again or no longer, and the parent what changed. */
  const look = () => {
    const how = standing();
    if (JSON.stringify(how) !== said) {
      said = JSON.stringify(how);
      for (const desk of desks.all()) desk.tellAvailable();
    }
    const report = reportOf();
    const text = JSON.stringify(report);
    if (text === told) return;
    told = text;
    tellParent({ type: 'node-report', report });
  };
  const reportOf = (): NodeReport => ({
    standing: standing(),
    os: capabilities.os ?? '',
    cpu: capabilities.cpu?.model ?? '',
    cores: capabilities.cpu?.cores ?? 0,
    ramMb: capabilities.memory?.total_mb ?? 0,
    gpus: capabilities.gpus ?? [],
    drives: capabilities.drives ?? [],
    taken: { cores: slots.taken.cores, ramMb: slots.taken.ramMb },
    coresBy: usable.length > 0 && tools.taskset !== undefined ? 'bound' : 'slots',
    running: works(),
    power: { onBattery: now.onBattery, idleSeconds: now.idleSeconds },
  });
  const begun = new Map<string, number>();
  /** When a job began does not change with the moment one looks. */
  const works = () => {
    const all = desks.works();
    for (const jobId of begun.keys()) if (!all.some((work) => work.jobId === jobId)) begun.delete(jobId);
    return all.slice(0, 200).map(({ ms, ...work }) => {
      const startedAt = begun.get(work.jobId) ?? Math.round(Date.now() - ms);
      begun.set(work.jobId, startedAt);
      return { ...work, startedAt };
    });
  };
  /** Makes the owner's configuration hold, wherever it was changed. */
  const apply = (before: NodeConfig) => {
    const { resourceLimits, shareKey, remoteControlEnabled } = config.config;
    slots.resize(sharedRoom(capabilities, resourceLimits));
    for (const desk of desks.all()) {
      desk.tellLimits();
      if (remoteControlEnabled !== before.remoteControlEnabled) desk.tellAvailable();
      if (shareKey !== before.shareKey) desk.tellKey();
    }
    look();
  };
  const obey = (order: NodeOrder) => {
    const before = config.config;
    if (order.do === 'config') {
      config.config = order.config;
      apply(before);
    } else if (order.do === 'leave') desks.at(order.host)?.leave(order.workspaceId);
    else {
      now.draining = order.do === 'drain';
      look();
    }
  };
  const ground: NodeGround = {
    version,
    config,
    identity,
    capabilities: () => ({ ...capabilities, models: [...models.models()], model_changes: allowed() }),
    executors: new Map(executors.map((executor) => [executor.kind, executor])),
    slots,
    cache,
    jobs,
    outboxes: join(home, 'outbox'),
    processors: () => sharedProcessors(usable, slots.shared.cores),
    async changeLimits(limits) {
      const { resourceLimits } = await config.change({
        resourceLimits: { ...config.config.resourceLimits, ...limits },
      });
      slots.resize(sharedRoom(capabilities, resourceLimits));
      for (const desk of desks.all()) desk.tellLimits();
    },
    standing,
    async hold(how) {
      if (how === 'drain') now.draining = true;
      else await config.change({ paused: how === 'pause' });
      if (how === 'resume') now.draining = false;
      said = '';
      look();
    },
    restart,
    tellStanding: (standing) => tellParent({ type: 'standing', ...standing }),
    timings: timingsFrom(nodeTimings),
    log,
  };
  await desks.serve(hosts);
  const stopHardware = watchHardware(
    () => capabilities,
    () => detectCapabilities(config.config.nodeId),
    (found) => {
      capabilities = { ...found, ...named };
      slots.resize(sharedRoom(capabilities, config.config.resourceLimits));
      for (const desk of desks.all()) desk.tellCapabilities();
    },
  );
  const looking = setInterval(look, reportEvery);
  const stopWatching = () => {
    clearInterval(looking);
    stopHardware();
  };
  look();
  return { desks, executors, models, look, obey, stopWatching };
}

async function keepModelChoices(config: NodeConfigFile, choices: WorkerStart['models']): Promise<void> {
  if (choices === undefined) return;
  await config.change({
    ...(choices.servers === undefined ? {} : { modelServers: choices.servers }),
    ...(choices.allowChanges === undefined ? {} : { allowModelChanges: choices.allowChanges }),
  });
}

const withoutSlash = (url: string) => url.replace(/\/+$/, '');

async function findExecutors(home: string, log: Logger): Promise<Executor[]> {
  const [ground, { taskset }] = await Promise.all([
    findScriptGround(join(home, 'import-map.json')),
    findSandboxTools(),
  ]);
  if (ground === null) log.warn('There is no Deno for this platform: this node takes no scripts');
  else if (ground.tools.bwrap === undefined)
    log.info('Scripts run without bubblewrap, which is not here or not allowed');
  return [
    ...(ground === null ? [] : [createScriptExecutor(ground)]),
    createOcrExecutor({ taskset }),
    createDocumentExecutor({ taskset }),
  ];
}

function onWakeUp(wake: () => Promise<void>): () => void {
  let before = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - before > sleepMs) void wake().catch(() => undefined);
    before = now;
  }, lookMs);
  return () => clearInterval(timer);
}
