import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import { allows, type Role } from '../../shared/model/user.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { formatShareKey } from '../../shared/share-key.ts';
import { removeWorkspace } from '../history/remove-workspace.ts';
import type { LiveHub, NodeService } from '../services.ts';
import { patch, put, type Store } from '../store/store.ts';
import { type MemberRow, members, type WorkspaceRow, workspaces } from '../store/tables.ts';
import type { RandomBytes } from './secrets.ts';

export interface WorkspaceChanges {
  name?: string;
  archived?: boolean;
  shareKeyEnabled?: boolean;
  approveNodes?: boolean;
  verifyShare?: number;
}

export interface WorkspaceService {
  /** The workspaces of a person, the oldest first. */
  listOf(userId: string): Promise<Workspace[]>;
  get(workspaceId: string, role: Role): Promise<Workspace>;
  create(userId: string, name: string): Promise<Workspace>;
  update(workspaceId: string, role: Role, changes: WorkspaceChanges): Promise<Workspace>;
  rotateShareKey(workspaceId: string, role: Role): Promise<Workspace>;
  /** Deletes a workspace with all that is in it. Rejects `last_workspace`. */
  delete(workspaceId: string): Promise<void>;
  roleOf(userId: string, workspaceId: string): Promise<Role | null>;
  onDeleted(listener: (workspaceId: string) => void): () => void;
}

export function createWorkspaces(deps: {
  store: Store;
  clock: Clock;
  ids: IdSource;
  random: RandomBytes;
  hub: LiveHub;
  nodes: Pick<NodeService, 'welcomeWorkspace' | 'forgetWorkspace'>;
  /** Cancels what goes on in a workspace before its rows go. */
  endWork(workspaceId: string): Promise<void>;
  /** The share of its results that a second node checks is another now. */
  onVerifyShare?: (workspaceId: string, share: number) => void;
}): WorkspaceService {
  const { store, clock, ids, random, hub } = deps;
  const listeners = new Set<(workspaceId: string) => void>();

  const row = async (workspaceId: string): Promise<WorkspaceRow> => {
    const found = await store.get(workspaces, { id: workspaceId });
    if (found === null) throw new AppError('not_found');
    return found;
  };

  const change = async (workspaceId: string, role: Role, set: Partial<WorkspaceRow>): Promise<Workspace> => {
    await store.commit([patch(workspaces, { id: workspaceId }, set)]);
    if (set.verifyShare !== undefined) deps.onVerifyShare?.(workspaceId, set.verifyShare);
    hub.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'workspace.changed', workspaceId });
    return toWorkspace(await row(workspaceId), role);
  };

  return {
    async listOf(userId) {
      const mine = await store.list(members, { where: { userId } });
      const roleIn = new Map(mine.map((member) => [member.workspaceId, member.role]));
      const rows = await store.list(workspaces, {
        where: { id: [...roleIn.keys()] },
        order: { by: 'createdAt', direction: 'up' },
      });
      return rows.map((found) => toWorkspace(found, roleIn.get(found.id) ?? 'viewer'));
    },

    get: async (workspaceId, role) => toWorkspace(await row(workspaceId), role),

    async create(userId, name) {
      const { workspace, owner } = newWorkspace({ clock, ids, random }, userId, name);
      await store.commit([put(workspaces, workspace), put(members, owner)]);
      await deps.nodes.welcomeWorkspace(workspace.id);
      return toWorkspace(workspace, 'owner');
    },

    update: (workspaceId, role, { name, archived, shareKeyEnabled, approveNodes, verifyShare }) =>
      change(workspaceId, role, defined({ name, archived, shareKeyEnabled, approveNodes, verifyShare })),

    rotateShareKey: (workspaceId, role) => change(workspaceId, role, { shareKey: formatShareKey(random(5)) }),

    async delete(workspaceId) {
      await row(workspaceId);
      if ((await store.count(workspaces, {})) <= 1) throw new AppError('last_workspace');
      await deps.endWork(workspaceId);
      await deps.nodes.forgetWorkspace(workspaceId);
      await removeWorkspace(store, workspaceId);
      deps.onVerifyShare?.(workspaceId, 0);
      for (const listener of listeners) listener(workspaceId);
    },

    async roleOf(userId, workspaceId) {
      return (await store.get(members, { workspaceId, userId }))?.role ?? null;
    },

    onDeleted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The rows of a new workspace and its owner. The share key is made, and switched off. */
export function newWorkspace(
  { clock, ids, random }: { clock: Clock; ids: IdSource; random: RandomBytes },
  userId: string,
  name: string,
): { workspace: WorkspaceRow; owner: MemberRow } {
  const now = clock.now();
  const workspace: WorkspaceRow = {
    id: ids.next('workspace'),
    name,
    createdAt: now,
    archived: false,
    shareKey: formatShareKey(random(5)),
    shareKeyEnabled: false,
    approveNodes: true,
    verifyShare: 0,
    runNumber: 0,
  };
  return { workspace, owner: { workspaceId: workspace.id, userId, role: 'owner', joinedAt: now } };
}

/** Admins see the share key, and only while it is switched on. */
function toWorkspace(row: WorkspaceRow, role: Role): Workspace {
  const { id, name, createdAt, archived, shareKey, shareKeyEnabled, approveNodes, verifyShare } = row;
  const shown = shareKeyEnabled && allows(role, 'admin') ? shareKey : null;
  return { id, name, role, createdAt, archived, share_key: shown, approveNodes, verifyShare };
}

function defined<Fields extends object>(fields: Fields): { [Key in keyof Fields]: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
