import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { nodeCloseCodes } from '../../shared/protocol/node.ts';
import { parseShareKey } from '../../shared/share-key.ts';
import type { JobEngine } from '../jobs/engine.ts';
import type { EventHub } from '../live/hub.ts';
import type { Reputations } from '../reputation/reputation.ts';
import type { NodeService } from '../services.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
import { nodes as nodesTable, nodeWorkspaces } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { namesFor, toNode, type Visible } from './card.ts';
import { servedNames } from './desk.ts';
import type { Roster, RosterNode } from './roster.ts';

export interface NodeServiceDeps {
  store: Store;
  roster: Roster;
  engine: JobEngine;
  reputations: Reputations;
  hub: EventHub;
  clock: Clock;
  timers: Timers;
}

/** How often at most a card that changes is sent to those who look. */
const cardsEvery = 250;

/** Loads what is known of all nodes into the roster; to be awaited before anything connects. */
export async function loadNodes({ store, roster }: Pick<NodeServiceDeps, 'store' | 'roster'>): Promise<void> {
  const [rows, joined] = await Promise.all([
    store.list(nodesTable, { order: { by: 'id', direction: 'up' } }),
    store.list(nodeWorkspaces, {}),
  ]);
  const byNode = Map.groupBy(joined, ({ nodeId }) => nodeId);
  for (const row of rows) roster.add(row, byNode.get(row.id) ?? []);
}

export function createNodeService(deps: NodeServiceDeps): NodeService & { stop(): void } {
  const { store, roster, engine, hub, clock, timers } = deps;

  const cards = async (which: readonly RosterNode[], visible: Visible) => {
    const names = await namesFor(store, which);
    return which.map((node) => toNode(node, deps, names, visible));
  };
  const card = async (node: RosterNode, visible: Visible = () => true) => {
    const [only] = await cards([node], visible);
    if (only === undefined) throw new AppError('not_found');
    return only;
  };
  const known = (nodeId: string): RosterNode => {
    const node = roster.get(nodeId);
    if (node === undefined) throw new AppError('not_found', 'There is no such node');
    return node;
  };

  // ---- live cards ----

  const changed = new Set<RosterNode>();
  const tellCards = async () => {
    const which = [...changed];
    changed.clear();
    if (which.length === 0) return;
    const names = await namesFor(store, which);
    for (const node of which) {
      for (const workspaceId of node.workspaces.keys()) {
        const seen = toNode(node, deps, names, (id) => id === workspaceId);
        hub.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'node.changed', node: seen });
      }
    }
  };
  const stops = [
    timers.every(cardsEvery, () => void tellCards().catch(() => undefined)),
    roster.onChanged((node) => changed.add(node)),
    engine.onWork((nodeId) => {
      const node = roster.get(nodeId);
      if (node !== undefined) changed.add(node);
    }),
  ];

  // ---- who serves what ----

  const tellNode = async (node: RosterNode) => {
    const workspaces = await servedNames(store, node);
    const ids = workspaces.map(({ id }) => id);
    node.session?.send({ type: 'workspaces_changed', workspace_ids: ids, workspaces });
  };
  const join = async (node: RosterNode, workspaceId: string) => {
    const row = { nodeId: node.row.id, workspaceId, state: 'serves' as const, since: clock.now() };
    await store.commit([put(nodeWorkspaces, row)]);
    node.workspaces.set(workspaceId, 'serves');
    roster.refresh(node);
    await tellNode(node);
  };
  const part = async (node: RosterNode, workspaceId: string) => {
    await store.commit([remove(nodeWorkspaces, { nodeId: node.row.id, workspaceId })]);
    node.workspaces.delete(workspaceId);
    engine.takeBack(node.row.id, workspaceId);
    roster.refresh(node);
    hub.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'node.removed', nodeId: node.row.id });
    await tellNode(node);
    if (node.workspaces.size === 0 && !node.row.embedded) node.session?.close(nodeCloseCodes.removed, 'removed');
  };

  return {
    async list({ workspaceId, userWorkspaceIds }) {
      const shown = workspaceId === undefined ? userWorkspaceIds : [workspaceId];
      const visible: Visible = (id) => shown === undefined || shown.includes(id);
      const which = [...roster.all()].filter(
        (node) => shown === undefined || shown.some((id) => node.workspaces.has(id)),
      );
      return cards(which, visible);
    },
    async get(nodeId) {
      const node = roster.get(nodeId);
      return node === undefined ? null : card(node);
    },
    async record(nodeId, visible) {
      known(nodeId);
      return deps.reputations.record(nodeId, visible);
    },
    shareKeyOf: async (nodeId) => roster.get(nodeId)?.row.shareKey ?? null,
    async addByKey(workspaceId, typed) {
      const shareKey = parseShareKey(typed);
      const node = shareKey === null ? undefined : roster.byShareKey(shareKey);
      if (node === undefined) throw new AppError('unknown_share_key');
      if (node.workspaces.get(workspaceId) !== 'serves') await join(node, workspaceId);
      return card(node, (id) => id === workspaceId);
    },
    async approve(workspaceId, nodeId) {
      const node = known(nodeId);
      const state = node.workspaces.get(workspaceId);
      if (state === undefined) throw new AppError('not_found', 'This node has not asked to join');
      if (state === 'waits') await join(node, workspaceId);
      return card(node, (id) => id === workspaceId);
    },
    async removeFrom(workspaceId, nodeId) {
      const node = known(nodeId);
      if (!node.workspaces.has(workspaceId)) throw new AppError('not_found', 'This node is not in the workspace');
      await part(node, workspaceId);
    },
    async setLimits(nodeId, limits) {
      const node = known(nodeId);
      if (!node.row.remoteControlEnabled) throw new AppError('remote_control_off');
      if (node.session === null) throw new AppError('node_away');
      const resourceLimits = { ...node.row.resourceLimits, ...limits };
      await store.commit([patch(nodesTable, { id: nodeId }, { resourceLimits })]);
      node.row.resourceLimits = resourceLimits;
      roster.refresh(node);
      // The node itself has the last word (N13, S8): what it makes of them comes back as limits_changed.
      node.session?.send({ type: 'control', action: 'limits', resource_limits: resourceLimits });
      return card(node);
    },
    async control(nodeId, action) {
      const node = known(nodeId);
      if (!node.row.remoteControlEnabled) throw new AppError('remote_control_off');
      if (node.session === null) throw new AppError('node_away');
      // What it makes of it comes back with its next heartbeat, at once.
      node.session.send({ type: 'control', action });
      return card(node);
    },
    async welcomeWorkspace(workspaceId) {
      for (const node of roster.all()) if (node.row.embedded) await join(node, workspaceId);
    },
    async forgetWorkspace(workspaceId) {
      for (const node of roster.all()) if (node.workspaces.has(workspaceId)) await part(node, workspaceId);
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
