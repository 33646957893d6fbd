import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../platform/log.ts';
import type { NodeConfigFile } from '../platform/node-config.ts';
import { pinnedAgent } from '../platform/tls/pinned-agent.ts';
import type { Capabilities } from '../shared/model/node.ts';
import type { NodeStanding } from '../shared/model/this-node.ts';
import type { HostMessage, HostMessageOf, NodeMessageOf, NodeTimings } from '../shared/protocol/node.ts';
import type { HostToJoin, WorkerStanding } from '../shared/services.ts';
import { createLink, type Link } from './connection/link.ts';
import type { Executor } from './executors/executor.ts';
import type { Identity } from './identity.ts';
import { createDesk, type Desk } from './jobs/desk.ts';
import { openOutbox } from './jobs/outbox.ts';
import type { Slots } from './jobs/slots.ts';
import type { Storage } from './storage/storage.ts';

/** What all hosts of a node share. */
export interface NodeGround {
  version: string;
  config: NodeConfigFile;
  identity: Identity;
  /** What the machine has now. */
  capabilities(): Capabilities;
  executors: ReadonlyMap<string, Executor>;
  slots: Slots;
  storage: Pick<Storage, 'cache' | 'jobs'>;
  /** Folder for what waits for hosts. */
  outboxes: string;
  processors(): readonly number[] | undefined;
  /** The owner's limits were changed from afar (N13). */
  changeLimits(limits: NonNullable<NodeMessageOf<'register'>['resource_limits']>): Promise<void>;
  /** Ends this process in order, so that whoever supervises it starts it anew (N13). */
  restart(): void;
  /** Whether it takes jobs now, and why not. */
  standing(): NodeStanding;
  /** An owner who allows it is asked from afar to pause, drain or resume (N13). */
  hold(how: 'pause' | 'drain' | 'resume'): Promise<void>;
  /** How this node stands with a host, whenever that changes. */
  tellStanding(standing: Omit<WorkerStanding, 'type'>): void;
  /** An attempt for a workspace has ended after so many milliseconds. */
  onEnded(workspaceId: string, ms: number): void;
  timings: NodeTimings;
  log: Logger;
}

/** This node's place at one host: its connection, its jobs, its outbox. */
export interface HostDesk {
  readonly desk: Desk;
  /** Tells the host what the owner shares now. */
  tellLimits(): void;
  /** Tells the host what the machine has now. */
  tellCapabilities(): void;
  /** Tells the host whether the node takes jobs now. */
  tellAvailable(): void;
  /** The share key is another one now. */
  tellKey(): void;
  /** Serves a workspace of this host no longer. */
  leave(workspaceId: string): void;
  /** The machine woke from sleep. */
  resumed(): void;
  /** Brings the node into another workspace of this host. */
  introduce(joinKey: string): void;
  stop(): Promise<void>;
}

/** How long results that are on their way may take at the end; they wait on disk otherwise. */
const lastAnswers = 1_000;

export async function openHostDesk(host: HostToJoin, ground: NodeGround): Promise<HostDesk> {
  const { config, identity, slots, log } = ground;
  const agent = host.fingerprint === undefined ? undefined : pinnedAgent(host.fingerprint);
  const folder = join(ground.outboxes, folderOf(host));
  const uploads = join(folder, 'uploads');
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  const outbox = await openOutbox(join(folder, 'results.log'));
  let ending = false;
  const accepting = () => !ending && ground.standing().available;
  let { joinKey } = host;
  let workspaces: WorkerStanding['workspaces'] = [];
  let said: string | undefined;
  const onTrouble = (what: string, detail: Record<string, unknown>) => {
    log.warn({ host: host.url, what, ...detail }, 'trouble with a host');
    if (what === 'host') said = String(detail['message']).slice(0, 1_000);
    if (what === 'certificate_changed') tellStanding('certificate-changed');
  };
  let lastStanding: WorkerStanding['standing'] | undefined;
  const tellStanding = (standing: WorkerStanding['standing']) => {
    // What ended a connection is known before its end.
    if (standing === 'away' && lastStanding === 'certificate-changed') return;
    lastStanding = standing;
    const reason = standing === 'refused' && said !== undefined ? { reason: said } : {};
    ground.tellStanding({ url: host.url, standing, workspaces, ...reason });
  };

  const desk = createDesk({
    url: host.url,
    agent,
    executors: ground.executors,
    slots,
    outbox,
    cache: ground.storage.cache,
    folder: ground.storage.jobs,
    uploads,
    send: (message) => link.send(message),
    online: () => link.online,
    accepting,
    processors: ground.processors,
    now: () => performance.now(),
    timings: ground.timings,
    onEnded: ground.onEnded,
    onTrouble,
  });

  const register = (): NodeMessageOf<'register'> => {
    const key = host.introduce ?? joinKey;
    return {
      type: 'register',
      share_key: config.config.shareKey,
      capabilities: ground.capabilities(),
      workspace_ids: [],
      resource_limits: config.config.resourceLimits,
      remote_control_enabled: config.config.remoteControlEnabled,
      public_key: identity.publicKey,
      executors: [...ground.executors.keys()],
      ...(key === undefined ? {} : { join_key: key }),
      version: ground.version,
      running: desk.held().slice(0, 4_096),
    };
  };

  const heartbeat = (): NodeMessageOf<'heartbeat'> => ({
    type: 'heartbeat',
    available: accepting(),
    ...whyNot(ground.standing()),
    current_jobs: desk.running,
    remote_control_enabled: config.config.remoteControlEnabled,
  });

  const tellAvailable = () => {
    if (ground.standing().reason === 'draining') link.send({ type: 'drain' });
    link.send(heartbeat());
  };
  const tellLimits = () => link.send({ type: 'limits_changed', resource_limits: config.config.resourceLimits });

  const control = async ({ action, resource_limits: limits }: HostMessageOf<'control'>) => {
    // The node itself has the last word: what its owner has not allowed is not done, and the host learns what holds.
    if (!config.config.remoteControlEnabled) {
      onTrouble('control', { action, refused: 'remote control is off' });
      return tellLimits();
    }
    if (action === 'limits' && limits !== undefined) return ground.changeLimits(limits);
    if (action === 'restart') return ground.restart();
    if (action !== 'limits') await ground.hold(action);
  };

  const onMessage = (message: HostMessage) => {
    switch (message.type) {
      case 'job_assign':
        return desk.assign(message);
      case 'job_cancel':
        return desk.cancel(message);
      case 'chunk_ack':
        return desk.chunkAcknowledged(message);
      case 'done_ack':
        return desk.doneAcknowledged(message);
      case 'control':
        void control(message).catch((error: unknown) => onTrouble('control', { error: String(error) }));
        return;
      case 'workspaces_changed':
        log.info(
          { host: host.url, workspaces: message.workspaces.map(({ name }) => name) },
          'workspaces of this node changed',
        );
        workspaces = message.workspaces;
        tellStanding('connected');
        return;
      // The link itself takes these.
      case 'challenge':
      case 'registered':
      case 'error':
        return;
    }
  };

  const link: Link = createLink({
    url: host.url,
    agent,
    register,
    heartbeat,
    timings: ground.timings,
    prove: (nonce) => identity.prove(config.config.nodeId, nonce),
    onOnline: (registered) => {
      log.info({ host: host.url, workspaces: registered.workspace_ids.length }, 'registered');
      workspaces = registered.workspaces ?? [];
      tellStanding('connected');
      desk.online(registered.jobs);
      // A host takes who registers for willing.
      if (!accepting()) tellAvailable();
    },
    onOffline: (reason) => {
      log.info({ host: host.url, reason }, 'not connected');
      if (reason === 'refused' || reason === 'removed') tellStanding(reason);
      else if (reason !== 'stopped') tellStanding('away');
    },
    onMessage,
    onTrouble,
  });
  link.start();

  return {
    desk,
    tellLimits,
    tellCapabilities() {
      if (!link.online) return; // Registering tells it.
      link.send({
        type: 'capabilities_changed',
        capabilities: ground.capabilities(),
        executors: [...ground.executors.keys()],
      });
    },
    tellAvailable,
    resumed: () => link.resumed(),
    tellKey: () => link.anew(),
    leave(workspaceId) {
      link.send({ type: 'leave', workspace_id: workspaceId });
      workspaces = workspaces.filter(({ id }) => id !== workspaceId);
      tellStanding('connected');
    },
    introduce(key) {
      joinKey = key;
      link.anew();
    },
    async stop() {
      ending = true;
      await desk.stop();
      const deadline = Date.now() + lastAnswers;
      while (link.online && outbox.pending().length > 0 && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
      await link.stop();
      agent?.destroy();
      await outbox.close();
    },
  };
}

/** Reasons that hosts know. */
function whyNot({
  reason,
  until,
}: NodeStanding): Pick<NodeMessageOf<'heartbeat'>, 'unavailable_reason' | 'available_at'> {
  if (reason !== 'paused' && reason !== 'hours' && reason !== 'battery' && reason !== 'in_use') return {};
  return { unavailable_reason: reason, ...(until === null ? {} : { available_at: Math.round(until) }) };
}

/** The folder of a host's outbox. An embedded host has another port at each start, so it goes by its role. */
function folderOf(host: HostToJoin): string {
  if (host.introduce !== undefined) return 'embedded';
  const { host: name } = new URL(host.url);
  return name.toLowerCase().replace(/[^a-z0-9.-]/g, '_');
}
