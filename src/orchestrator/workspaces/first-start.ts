import type { Clock } from '../../shared/clock.ts';
import type { IdSource } from '../../shared/ids.ts';
import { put, type Store } from '../store/store.ts';
import { members, settings, users, workspaces } from '../store/tables.ts';
import type { RandomBytes } from './secrets.ts';
import { newWorkspace } from './workspaces.ts';

/** What a host is, from its first start on. */
export interface HostIdentity {
  hostId: string;
  /** The local owner: whoever started it first. */
  ownerId: string;
  /** Only at the very first start: the workspace that was made then. */
  firstWorkspaceId: string | null;
}

/** Finds the host's identity, or makes it: id, local owner (host administrator) and "My workspace", in one commit. */
export async function prepareHost(deps: {
  store: Store;
  clock: Clock;
  ids: IdSource;
  random: RandomBytes;
  ownerName: string;
}): Promise<HostIdentity> {
  const { store, clock, ids } = deps;
  const hostId = await store.get(settings, { name: 'hostId' });
  const ownerId = await store.get(settings, { name: 'ownerId' });
  if (typeof hostId?.value === 'string' && typeof ownerId?.value === 'string') {
    return { hostId: hostId.value, ownerId: ownerId.value, firstWorkspaceId: null };
  }
  const name = deps.ownerName.trim().slice(0, 120) || 'Owner';
  const user = { id: ids.next('user'), name, hostAdmin: true, createdAt: clock.now() };
  const { workspace, owner } = newWorkspace(deps, user.id, 'My workspace');
  const identity = { hostId: ids.next('host'), ownerId: user.id, firstWorkspaceId: workspace.id };
  await store.commit([
    put(settings, { name: 'hostId', value: identity.hostId }),
    put(settings, { name: 'ownerId', value: identity.ownerId }),
    put(users, user),
    put(workspaces, workspace),
    put(members, owner),
  ]);
  return identity;
}
