import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import { allows, type Member, type Role } from '../../shared/model/user.ts';
import type { LiveHub } from '../services.ts';
import { patch, put, remove, type Store } from '../store/store.ts';
import { type MemberRow, members, type UserRow, users } from '../store/tables.ts';
import { createTurns } from '../turns.ts';
import type { Credentials } from './credentials.ts';

/** Who is in a workspace, and with which role. `by` is the role of whoever asks: nobody gives or takes more than they hold. */
export interface MemberService {
  list(workspaceId: string): Promise<Member[]>;
  /** Adds a new person and answers the code of a sign-in link for them. */
  add(workspaceId: string, by: Role, who: { name: string; role: Role }): Promise<{ member: Member; code: string }>;
  changeRole(workspaceId: string, by: Role, userId: string, role: Role): Promise<Member>;
  remove(workspaceId: string, by: Role, userId: string): Promise<void>;
  /** Told when somebody's rights in a workspace shrank or ended, so that their sockets there end at once (S15). */
  /** S15: awaited when somebody was removed, before it is answered. */
  onRemoved(listener: (change: { workspaceId: string; userId: string }) => Promise<void>): void;
  onLess(listener: (change: { workspaceId: string; userId: string }) => void): () => void;
}

export function createMembers(deps: {
  store: Store;
  clock: Clock;
  ids: IdSource;
  hub: LiveHub;
  credentials: Credentials;
}): MemberService {
  const { store, clock, ids, hub, credentials } = deps;
  const listeners = new Set<(change: { workspaceId: string; userId: string }) => void>();

  const partings: ((change: { workspaceId: string; userId: string }) => Promise<void>)[] = [];

  const published = (workspaceId: string) =>
    hub.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'workspace.changed', workspaceId });

  const less = (workspaceId: string, userId: string) => {
    for (const listener of listeners) listener({ workspaceId, userId });
  };

  const existing = async (workspaceId: string, userId: string): Promise<MemberRow> => {
    const row = await store.get(members, { workspaceId, userId });
    if (row === null) throw new AppError('not_found');
    return row;
  };

  /** Of the changes to one workspace one is decided at a time, so that two admins cannot remove the last two owners. */
  const turns = createTurns();

  const keepOwner = async (workspaceId: string, row: MemberRow) => {
    if (row.role !== 'owner') return;
    if ((await store.count(members, { workspaceId, role: 'owner' })) <= 1) throw new AppError('last_owner');
  };

  return {
    async list(workspaceId) {
      const rows = await store.list(members, { where: { workspaceId }, order: { by: 'joinedAt', direction: 'up' } });
      const people = await store.list(users, { where: { id: rows.map((row) => row.userId) } });
      const names = new Map(people.map((person) => [person.id, person.name]));
      return rows.map((row) => toMember(row, names.get(row.userId) ?? row.userId));
    },

    async add(workspaceId, by, { name, role }) {
      allow(by, role);
      const now = clock.now();
      const user: UserRow = { id: ids.next('user'), name, hostAdmin: false, createdAt: now };
      const row: MemberRow = { workspaceId, userId: user.id, role, joinedAt: now };
      await store.commit([put(users, user), put(members, row)]);
      const { code } = await credentials.createLink(user.id);
      published(workspaceId);
      return { member: toMember(row, name), code };
    },

    changeRole: (workspaceId, by, userId, role) =>
      turns.take(workspaceId, async () => {
        const row = await existing(workspaceId, userId);
        allow(by, role);
        allow(by, row.role);
        if (role !== 'owner') await keepOwner(workspaceId, row);
        await store.commit([patch(members, { workspaceId, userId }, { role })]);
        if (!allows(role, row.role)) less(workspaceId, userId);
        published(workspaceId);
        const user = await store.get(users, { id: userId });
        return toMember({ ...row, role }, user?.name ?? userId);
      }),

    remove: (workspaceId, by, userId) =>
      turns.take(workspaceId, async () => {
        const row = await existing(workspaceId, userId);
        allow(by, row.role);
        await keepOwner(workspaceId, row);
        await store.commit([remove(members, { workspaceId, userId })]);
        less(workspaceId, userId);
        for (const parting of partings) await parting({ workspaceId, userId });
        published(workspaceId);
      }),

    onRemoved(listener) {
      partings.push(listener);
    },

    onLess(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function allow(held: Role, needed: Role): void {
  if (!allows(held, needed)) throw new AppError('forbidden', `Only ${needed}s may do this to ${needed}s`);
}

function toMember({ userId, role, joinedAt }: MemberRow, name: string): Member {
  return { userId, name, role, joinedAt };
}
