/** Where nodes report: what the gateway asks and tells. Registration, signs of life, what a node says of itself. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import {
  type HostMessageOf,
  type NodeMessageOf,
  type NodeTimings,
  nodeCloseCodes,
} from '../../shared/protocol/node.ts';
import { parseShareKey } from '../../shared/share-key.ts';
import { machineKey } from '../invites/machine-key.ts';
import { excusedBy } from '../jobs/deadlines.ts';
import type { EngineLog, JobEngine } from '../jobs/engine.ts';
import { nodeLeft } from '../jobs/faults.ts';
import { type Change, patch, put, remove, type Store } from '../store/store.ts';
import { type NodeRow, nodes, nodeWorkspaces, workspaces } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import type { Appearance } from './appearance.ts';
import { createGuesses } from './guesses.ts';
import { type Introduction, judge } from './registration.ts';
import type { NodeSession, Roster, RosterNode } from './roster.ts';
import { createStrangers } from './strangers.ts';

type Register = NodeMessageOf<'register'>;

export interface NodeDesk {
  /** N1: null when the node is refused; else whether it must prove a key first. */
  receive(message: Register, address: string): Promise<Reception | null>;
  /** Binds, remembers, lets it in and answers `registered` (N3, N6) after the commit; false when it is refused after all. */
  admit(reception: Reception, connect: () => NodeSession): Promise<boolean>;
  refused(address: string): void;
  heard(nodeId: string): void;
  heartbeat(nodeId: string, message: NodeMessageOf<'heartbeat'>): void;
  limitsChanged(nodeId: string, message: NodeMessageOf<'limits_changed'>): void;
  capabilitiesChanged(nodeId: string, message: NodeMessageOf<'capabilities_changed'>): void;
  drain(nodeId: string): void;
  leave(nodeId: string, message: NodeMessageOf<'leave'>): void;
  /** The connection is gone; the node may come back (N4). */
  disconnected(nodeId: string, session: NodeSession): void;
  stop(): Promise<void>;
}

export interface Reception {
  readonly message: Register;
  readonly shareKey: string;
  readonly introduction: Introduction;
  readonly address: string;
  /** SPKI DER in base64; null where there is nothing to prove (N2). */
  readonly prove: string | null;
}

export interface DeskDeps {
  store: Store;
  roster: Roster;
  engine: JobEngine;
  clock: Clock;
  timers: Timers;
  timings: NodeTimings;
  /** By this the host's own worker is known. */
  workerToken: string | null;
  /** Whose the host's own worker is. */
  ownerId: string | null;
  log: EngineLog;
}

const sweepEvery = 1_000;
const saveEvery = 30_000;

export function createNodeDesk(deps: DeskDeps): NodeDesk {
  const { store, roster, engine, clock, timers, timings, log } = deps;
  const guesses = createGuesses(clock);
  const strangers = createStrangers(roster, clock);
  /** Nodes whose counters or times are newer than the store. */
  const unsaved = new Set<string>();

  const introductionOf = async (key: string | undefined): Promise<Introduction> => {
    if (key === undefined || key === '') return { kind: 'none' };
    if (deps.workerToken !== null && sameSecret(key, deps.workerToken)) return { kind: 'embedded' };
    const member = await machineKey(store, key, clock.now());
    if (member !== null) return { kind: 'member', ...member };
    const shareKey = parseShareKey(key);
    const [row] = shareKey === null ? [] : await store.list(workspaces, { where: { shareKey, shareKeyEnabled: true } });
    if (row === undefined || row.archived) return { kind: 'unknown' };
    return { kind: 'workspace', workspaceId: row.id, state: row.approveNodes ? 'waits' : 'serves' };
  };
  /** Keys of members' machines that were used in this start: a key admits one node, even where two come at once. */
  const usedKeys = new Set<string>();
  const takeKey = (introduction: Introduction): boolean => {
    if (introduction.kind !== 'member') return true;
    if (usedKeys.has(introduction.keyId)) return false;
    usedKeys.add(introduction.keyId);
    return true;
  };
  const holderOf = (shareKey: string | null) =>
    shareKey === null ? null : (roster.byShareKey(shareKey)?.row.id ?? null);
  const save = (change: Change[]) =>
    store.commit(change).catch((error: unknown) => log.error({ err: error }, 'A node could not be written'));
  const saveCounters = async () => {
    const changes = [...unsaved].flatMap((nodeId) => {
      const node = roster.get(nodeId);
      if (node === undefined) return [];
      const { done, nodeFaults } = node.row;
      return [patch(nodes, { id: nodeId }, { done, nodeFaults, lastSeenAt: node.heardAt })];
    });
    unsaved.clear();
    await save(changes);
  };
  const change = (node: RosterNode, fields: Partial<NodeRow>) => {
    Object.assign(node.row, fields);
    roster.refresh(node);
    void save([patch(nodes, { id: node.row.id }, fields)]);
  };
  const withNode = (nodeId: string, act: (node: RosterNode) => void) => {
    const node = roster.get(nodeId);
    if (node !== undefined) act(node);
  };

  // ---- N4: signs of life ----

  let sweptAt = clock.now();
  const sweep = () => {
    const now = clock.now();
    const slept = excusedBy(sweptAt, now);
    sweptAt = now;
    for (const node of roster.all()) {
      if (node.hearing !== 'online' && node.hearing !== 'suspect') continue;
      node.heardAt += slept;
      const silent = now - node.heardAt;
      if (silent > timings.lostAfter) lose(node);
      else if (silent > timings.suspectAfter && node.hearing === 'online') setHearing(node, 'suspect');
    }
  };
  const setHearing = (node: RosterNode, hearing: RosterNode['hearing']) => {
    node.hearing = hearing;
    unsaved.add(node.row.id);
    roster.refresh(node);
  };
  const lose = (node: RosterNode) => {
    node.session?.close(nodeCloseCodes.silent, 'silent');
    node.session = null;
    node.connectedAt = null;
    setHearing(node, 'lost');
    engine.nodeLost(node.row.id, { code: 'node_lost', message: `${node.row.name} was lost`, fault: 'node' });
  };
  const forgetStrangers = () => {
    const gone = strangers.spent();
    for (const nodeId of gone) roster.remove(nodeId);
    if (gone.length > 0) void save(gone.map((id) => remove(nodes, { id })));
  };
  const stops = [
    timers.every(sweepEvery, sweep),
    timers.every(saveEvery, forgetStrangers),
    timers.every(saveEvery, () => void saveCounters()),
    engine.onWork((nodeId, outcome) => {
      const node = roster.get(nodeId);
      if (node === undefined || outcome === null) return;
      if (outcome === 'done') node.row.done += 1;
      else node.row.nodeFaults += 1;
      unsaved.add(nodeId);
    }),
  ];

  return {
    async receive(message, address) {
      const introduction = await introductionOf(message.join_key);
      const known = roster.get(message.capabilities.node_id)?.row ?? null;
      const judgement = judge(message, known, holderOf(parseShareKey(message.share_key)), introduction);
      const spent = guesses.addressSpent(address) || (known === null && guesses.hostSpent());
      if (judgement.verdict === 'refuse') {
        if (judgement.guess) guesses.failed(address);
        return null;
      }
      if (judgement.bySecret && spent) return null;
      if (known === null && introduction.kind === 'none' && !strangers.mayCome(address)) return null;
      return { message, shareKey: judgement.shareKey, prove: judgement.prove, introduction, address };
    },

    async admit(reception, connect) {
      const { message, shareKey, introduction, address } = reception;
      const id = message.capabilities.node_id;
      const before = roster.get(id);
      // Somebody else may have registered under this id or key while it proved its own.
      const holder = holderOf(shareKey);
      if ((holder !== null && holder !== id) || (before !== undefined && !stillSame(before.row, reception)))
        return false;
      if (!takeKey(introduction)) return false;
      const epoch = (before?.row.sessionEpoch ?? 0) + 1;
      const row = rowOf(reception, before?.row ?? null, epoch, roster.nextAppearance, deps);
      const joined = await membershipsFor(store, introduction, before ?? null, row, clock.now());
      const node = before ?? roster.add(row, []);
      if (before === undefined && introduction.kind === 'none') strangers.came(address);
      roster.setRow(node, row);
      node.heardAt = clock.now();
      for (const { workspaceId, state } of joined) node.workspaces.set(workspaceId, state);
      await store.commit([
        put(nodes, row),
        ...joined.map((membership) => put(nodeWorkspaces, membership)),
        ...(introduction.kind === 'member' ? [introduction.spend] : []),
      ]);
      // N5: meanwhile it may have connected once more; the later connection is the one that counts.
      if (node.row.sessionEpoch !== epoch) return false;
      const served = await servedNames(store, node);
      if (node.row.sessionEpoch !== epoch) return false;
      const older = node.session;
      node.session = connect();
      if (older !== node.session) older?.close(nodeCloseCodes.replaced, 'replaced');
      Object.assign(node, { hearing: 'online', available: true, pause: null, draining: false, heardAt: clock.now() });
      node.connectedAt = clock.now();
      const jobs = engine.presented(id, message.running ?? []);
      // Said before anybody can give it a job: what comes before `registered` is nothing to a node.
      node.session.send(answerTo(node, message, jobs, served, clock.now(), timings.heartbeat));
      roster.refresh(node);
      return true;
    },
    refused: guesses.failed,

    heard: (nodeId) =>
      withNode(nodeId, (node) => {
        node.heardAt = clock.now();
        if (node.hearing !== 'online') setHearing(node, 'online');
      }),
    heartbeat: (nodeId, message) =>
      withNode(nodeId, (node) => {
        const { available = true, remote_control_enabled: remote = node.row.remoteControlEnabled } = message;
        const pause = available ? null : pauseOf(message);
        // A node that takes work again has ended its drain.
        const draining = node.draining && !available;
        if (
          node.draining !== draining ||
          node.available !== available ||
          node.pause?.until !== pause?.until ||
          node.pause?.reason !== pause?.reason
        ) {
          Object.assign(node, { available, pause, draining });
          roster.refresh(node);
        }
        if (remote !== node.row.remoteControlEnabled) change(node, { remoteControlEnabled: remote });
      }),
    limitsChanged: (nodeId, message) =>
      withNode(nodeId, (node) => change(node, { resourceLimits: message.resource_limits })),
    capabilitiesChanged: (nodeId, { capabilities, executors }) =>
      withNode(nodeId, (node) =>
        change(node, {
          capabilities: { ...capabilities, node_id: nodeId },
          name: capabilities.name?.trim() || node.row.name,
          ...(executors === undefined ? {} : { executors: [...executors] }),
        }),
      ),
    drain: (nodeId) =>
      withNode(nodeId, (node) => {
        node.draining = true;
        roster.refresh(node);
      }),
    leave: (nodeId, { workspace_id: workspaceId }) =>
      withNode(nodeId, (node) => {
        if (workspaceId !== undefined) {
          engine.takeBack(nodeId, workspaceId);
          node.workspaces.delete(workspaceId);
          void save([remove(nodeWorkspaces, { nodeId, workspaceId })]);
          roster.refresh(node);
          return;
        }
        setHearing(node, 'away');
        engine.nodeLost(nodeId, { code: nodeLeft, message: `${node.row.name} has left`, fault: 'node' });
      }),
    disconnected: (nodeId, session) =>
      withNode(nodeId, (node) => {
        if (node.session !== session) return;
        node.session = null;
        node.connectedAt = null;
        if (node.hearing === 'online') setHearing(node, 'suspect');
      }),
    async stop() {
      for (const stop of stops) stop();
      for (const node of roster.all()) if (node.session !== null) unsaved.add(node.row.id);
      await saveCounters();
    },
  };
}

const pauseOf = ({ unavailable_reason: reason = 'paused', available_at: until }: NodeMessageOf<'heartbeat'>) => ({
  reason,
  until: until ?? null,
});

const digest = (secret: string) => createHash('sha256').update(secret).digest();
const sameSecret = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));

const stillSame = (row: NodeRow, { shareKey, prove }: Reception) =>
  row.publicKey === null ? row.shareKey === shareKey : row.publicKey === prove;

function rowOf(
  { message, shareKey, introduction, prove }: Reception,
  before: NodeRow | null,
  sessionEpoch: number,
  appearance: () => Appearance,
  deps: DeskDeps,
): NodeRow {
  const { capabilities } = message;
  const embedded = introduction.kind === 'embedded';
  const said = {
    name: capabilities.name?.trim() || before?.name || capabilities.node_id,
    shareKey,
    publicKey: prove ?? before?.publicKey ?? null,
    capabilities,
    resourceLimits: message.resource_limits ?? before?.resourceLimits ?? {},
    remoteControlEnabled: message.remote_control_enabled ?? false,
    executors: message.executors ?? [],
    version: message.version ?? null,
    sessionEpoch,
    lastSeenAt: deps.clock.now(),
    embedded: embedded || (before?.embedded ?? false),
  };
  const brought = introduction.kind === 'member' ? introduction.ownerId : null;
  if (before !== null) return { ...before, ...said, ownerId: before.ownerId ?? brought };
  const fresh = { tags: [], createdAt: deps.clock.now(), done: 0, nodeFaults: 0 };
  return { id: capabilities.node_id, ownerId: embedded ? deps.ownerId : brought, ...appearance(), ...said, ...fresh };
}

/** The workspaces that a node comes into by its introduction, beyond those that it is in. */
async function membershipsFor(
  store: Store,
  introduction: Introduction,
  before: RosterNode | null,
  row: NodeRow,
  since: number,
) {
  if (introduction.kind === 'workspace' || introduction.kind === 'member') {
    const { workspaceId, state } = introduction;
    return before?.workspaces.has(workspaceId) ? [] : [{ nodeId: row.id, workspaceId, state, since }];
  }
  // The host's own worker serves everything there is when it comes first; later ones are opened to it as they are made.
  if (introduction.kind !== 'embedded' || before?.row.embedded === true) return [];
  const all = await store.list(workspaces, {});
  return all.map(({ id }) => ({ nodeId: row.id, workspaceId: id, state: 'serves' as const, since }));
}

/** The workspaces that a node serves, by name. */
export async function servedNames(store: Store, node: RosterNode): Promise<{ id: string; name: string }[]> {
  const ids = [...node.workspaces].flatMap(([id, state]) => (state === 'serves' ? [id] : []));
  if (ids.length === 0) return [];
  const rows = await store.list(workspaces, { where: { id: ids }, order: { by: 'id', direction: 'up' } });
  return rows.map(({ id, name }) => ({ id, name }));
}

function answerTo(
  { row }: RosterNode,
  message: Register,
  jobs: HostMessageOf<'registered'>['jobs'],
  served: { id: string; name: string }[],
  now: number,
  heartbeat: number,
): HostMessageOf<'registered'> {
  return {
    type: 'registered',
    node_id: row.id,
    share_key: row.shareKey,
    workspace_ids: served.map(({ id }) => id),
    heartbeat_seconds: heartbeat / 1_000,
    session_epoch: row.sessionEpoch,
    server_time: now,
    workspaces: served,
    limits: message.resource_limits == null && row.remoteControlEnabled ? row.resourceLimits : null,
    jobs: jobs ?? [],
  };
}
