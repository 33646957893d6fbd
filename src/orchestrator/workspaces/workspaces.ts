import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import { allows, type Role } from '../../shared/model/user.ts';
import type { Workspace } from '../../shared/model/workspace.ts';
import { formatShareKey } from '../../shared/share-key.ts';
import type { LiveHub, NodeService } from '../services.ts';
import { type Change, patch, put, remove, type Store, type Table, type Where } from '../store/store.ts';
import {
  files,
  flows,
  flowUpdates,
  flowVersions,
  jobOutputs,
  jobs,
  type MemberRow,
  members,
  providerKeys,
  runs,
  secrets,
  steps,
  usageEvents,
  type WorkspaceRow,
  workspaceSettings,
  workspaces,
} from '../store/tables.ts';
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
      await removeAll(store, workspaceId);
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

const atOnce = 500;

/**
 * Removes what is in a workspace part by part, so that a large one costs no more memory than a small one, and itself last:
 * a kill in between leaves a workspace that can be deleted again. Blobs stay: other workspaces may name the same content.
 */
async function removeAll(store: Store, workspaceId: string): Promise<void> {
  await inParts(store, runs, workspaceId, (id) => [remove(steps, { runId: id }), remove(runs, { id })]);
  await inParts(store, jobs, workspaceId, (id) => [remove(jobOutputs, { jobId: id }), remove(jobs, { id })]);
  await inParts(store, flows, workspaceId, (id) => [remove(flowUpdates, { flowId: id }), remove(flows, { id })]);
  await store.commit([
    remove(flowVersions, { workspaceId }),
    remove(files, { workspaceId }),
    remove(members, { workspaceId }),
    remove(providerKeys, { workspaceId }),
    remove(secrets, { workspaceId }),
    remove(usageEvents, { workspaceId }),
    remove(workspaceSettings, { workspaceId }),
    remove(workspaces, { id: workspaceId }),
  ]);
}

async function inParts<Row extends { id: string; workspaceId: string }>(
  store: Store,
  table: Table<Row>,
  workspaceId: string,
  removal: (ids: string[]) => Change[],
): Promise<void> {
  for (;;) {
    const rows = await store.list(table, { where: { workspaceId } as Where<Row>, limit: atOnce });
    if (rows.length === 0) return;
    await store.commit(removal(rows.map((row) => row.id)));
  }
}
