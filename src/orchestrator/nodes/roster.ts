/**
 * All nodes of this host in memory: what is stored of them, their connection, and what their jobs have taken. It decides
 * nothing; the node service changes it, the scheduler and the job engine look at it.
 */
import type { Requirements } from '../../shared/model/job.ts';
import type { Capabilities } from '../../shared/model/node.ts';
import type { HostMessage } from '../../shared/protocol/node.ts';
import { give, type Room, sharedRoom, take } from '../../shared/room.ts';
import {
  type ModelView,
  type NodePresence,
  type NodeView,
  newcomer,
  type Pause,
  type Standing,
} from '../scheduler/snapshot.ts';
import type { NodeRow, NodeWorkspaceRow } from '../store/tables.ts';
import { type Appearance, appearanceKey, nextAppearance } from './appearance.ts';
import { createShare, type Share, shareParts } from './sharing.ts';

/** A node's connection. */
export interface NodeSession {
  send(message: HostMessage): void;
  close(code: number, reason: string): void;
}

/** How a node is known to be there: `away` also before it comes back after a start of the host. */
export type Hearing = 'online' | 'suspect' | 'lost' | 'away';

export interface RosterNode {
  /** Replaced by `setRow` only. */
  row: NodeRow;
  readonly workspaces: Map<string, NodeWorkspaceRow['state']>;
  session: NodeSession | null;
  hearing: Hearing;
  available: boolean;
  draining: boolean;
  /** Why it takes nothing while it is not available. */
  pause: Pause | null;
  standing: Standing;
  /** When it was last heard. */
  heardAt: number;
  connectedAt: number | null;
  taken: Room;
  view: Omit<NodeView, 'taken'> & { taken: Room };
}

export interface Roster {
  get(nodeId: string): RosterNode | undefined;
  all(): Iterable<RosterNode>;
  readonly size: number;
  /** The node that has this share key. */
  byShareKey(shareKey: string): RosterNode | undefined;
  /** Colour and mark for one more node. */
  nextAppearance(): Appearance;
  /** What is stored of a node from now on. */
  setRow(node: RosterNode, row: NodeRow): void;
  views(): NodeView[];
  add(row: NodeRow, workspaces: readonly NodeWorkspaceRow[]): RosterNode;
  /** Forgets a node that holds nothing and is not connected. */
  remove(nodeId: string): void;
  /** To be called after a change of a node, so that the scheduler sees it. */
  refresh(node: RosterNode): void;
  /** What its attempts have earned it; nobody is told. */
  setStanding(nodeId: string, standing: Standing): void;
  reserve(nodeId: string, requires: Requirements, gpu: number | null): void;
  release(nodeId: string, requires: Requirements, gpu: number | null): void;
  /** Sends to a node that is connected; false where it is not. */
  send(nodeId: string, message: HostMessage): boolean;
  /** Kinds of job that any node has ever named. */
  kinds(): ReadonlySet<string>;
  /** Told after anything that may let a job be placed, or a card look different. */
  onChanged(listener: (node: RosterNode) => void): () => void;
}

/** Anybody may register a node and name kinds of jobs; so many are known at most. */
const maxKinds = 1_000;

export function createRoster(): Roster {
  const nodes = new Map<string, RosterNode>();
  const byShareKey = new Map<string, RosterNode>();
  const share = createShare();
  /** How many nodes have each colour and mark. */
  const appearances = new Map<number, number>();
  const count = (row: NodeRow, by: 1 | -1) => {
    const key = appearanceKey(row);
    appearances.set(key, (appearances.get(key) ?? 0) + by);
  };
  const kinds = new Set<string>();
  const listeners = new Set<(node: RosterNode) => void>();
  const name = (executors: readonly string[]) => {
    for (const kind of executors) if (kinds.size < maxKinds) kinds.add(kind);
  };
  const occupy = (nodeId: string, requires: Requirements, gpu: number | null, sign: 1 | -1) => {
    const node = nodes.get(nodeId);
    if (node === undefined) return;
    node.taken = sign === 1 ? take(node.taken, requires, gpu) : give(node.taken, requires, gpu);
    // In place, because it happens twice for every job; whoever looks at a view looks at once, and keeps none.
    node.view.taken = node.taken;
  };

  return {
    get: (nodeId) => nodes.get(nodeId),
    all: () => nodes.values(),
    get size() {
      return nodes.size;
    },
    byShareKey: (shareKey) => byShareKey.get(shareKey),
    nextAppearance: () => nextAppearance((key) => (appearances.get(key) ?? 0) > 0, nodes.size),
    setRow(node, row) {
      if (byShareKey.get(node.row.shareKey) === node) byShareKey.delete(node.row.shareKey);
      node.row = shareParts(share, row);
      byShareKey.set(row.shareKey, node);
    },
    views: () => Array.from(nodes.values(), ({ view }) => view),
    add(row, workspaces) {
      const states = new Map(workspaces.map(({ workspaceId, state }) => [workspaceId, state]));
      const known = {
        row: shareParts(share, row),
        workspaces: states,
        session: null,
        hearing: 'away',
        available: true,
        draining: false,
        pause: null,
        standing: newcomer,
      } as const;
      const taken = share({ cores: 0, ramMb: 0, storageMb: 0, gpus: [] });
      const times = { heardAt: row.lastSeenAt ?? 0, connectedAt: null, taken };
      const node: RosterNode = { ...known, ...times, view: viewOf({ ...known, taken }, share) };
      nodes.set(row.id, node);
      byShareKey.set(row.shareKey, node);
      count(row, 1);
      name(row.executors);
      return node;
    },
    remove(nodeId) {
      const node = nodes.get(nodeId);
      if (node === undefined) return;
      nodes.delete(nodeId);
      if (byShareKey.get(node.row.shareKey) === node) byShareKey.delete(node.row.shareKey);
      count(node.row, -1);
    },
    refresh(node) {
      node.view = viewOf(node, share);
      name(node.row.executors);
      for (const listener of listeners) listener(node);
    },
    setStanding(nodeId, standing) {
      const node = nodes.get(nodeId);
      if (node === undefined) return;
      node.standing = standing;
      node.view = { ...node.view, standing };
    },
    reserve: (nodeId, requires, gpu) => occupy(nodeId, requires, gpu, 1),
    release: (nodeId, requires, gpu) => occupy(nodeId, requires, gpu, -1),
    send(nodeId, message) {
      const session = nodes.get(nodeId)?.session;
      session?.send(message);
      return session != null;
    },
    kinds: () => kinds,
    onChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function viewOf(node: Omit<RosterNode, 'view' | 'heardAt' | 'connectedAt'>, share: Share): NodeView {
  const { row } = node;
  const shared = share(sharedRoom(row.capabilities, row.resourceLimits));
  return {
    id: row.id,
    name: row.name,
    presence: presenceOf(node),
    workspaces: node.workspaces,
    executors: row.executors,
    tags: row.tags,
    shared,
    taken: share({ ...node.taken, gpus: shared.gpus.map((_, gpu) => node.taken.gpus[gpu] ?? 0) }),
    models: share(modelsOf(row.capabilities)),
    standing: node.standing,
    pause: node.pause,
  };
}

function presenceOf(node: Pick<RosterNode, 'hearing' | 'session' | 'draining' | 'available'>): NodePresence {
  if (node.hearing === 'lost' || node.hearing === 'away') return node.hearing;
  // Somebody whose socket is gone may come back, but cannot be given anything now.
  if (node.hearing === 'suspect' || node.session === null) return 'suspect';
  if (node.draining) return 'draining';
  return node.available ? 'here' : 'paused';
}

function modelsOf({ models = [] }: Capabilities): readonly ModelView[] {
  return models.map(({ name, loaded = false, size_mb: sizeMb = 0 }) => ({ name, loaded, sizeMb }));
}
