/** The machines that members bring: by which key, and which they are. */
import { type Change, patch, type Store } from '../store/store.ts';
import { invites, nodes, nodeWorkspaces, workspaces } from '../store/tables.ts';
import { hashSecret } from '../workspaces/secrets.ts';

/** The nodes of a person that are in a workspace, or wait to be. */
export async function machinesOf(store: Store, workspaceId: string, userId: string): Promise<{ nodeId: string }[]> {
  const theirs = await store.list(nodes, { where: { ownerId: userId, embedded: false } });
  if (theirs.length === 0) return [];
  return store.list(nodeWorkspaces, { where: { workspaceId, nodeId: theirs.map(({ id }) => id) } });
}

/** Spends the key of a machine; null where it does not work. The commit that admits the node carries the change. */
export async function machineKey(
  store: Store,
  key: string,
  now: number,
): Promise<{ workspaceId: string; ownerId: string; state: 'serves' | 'waits'; spend: Change; keyId: string } | null> {
  const [row] = await store.list(invites, {
    where: { hash: hashSecret(key), kind: 'machine', state: 'open' },
    limit: 1,
  });
  if (row === undefined || row.expiresAt <= now || row.userId === null) return null;
  const workspace = await store.get(workspaces, { id: row.workspaceId });
  if (workspace === null || workspace.archived) return null;
  return {
    keyId: row.id,
    workspaceId: row.workspaceId,
    ownerId: row.userId,
    state: row.approval ? 'waits' : 'serves',
    spend: patch(invites, { id: row.id }, { state: 'used', usedAt: now }),
  };
}
