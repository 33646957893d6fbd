/**
 * Invites (protocol.md): a code makes one person a member, once; a machine link brings one machine of a member. Codes leave
 * here once and are kept as SHA-256. Every code that does not work, for whatever reason, is answered in the same way.
 */
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { IdSource } from '../../shared/ids.ts';
import type { Invite, InviteOffer, NewInvite } from '../../shared/model/invite.ts';
import { allows, type Role, type User } from '../../shared/model/user.ts';
import type { Acting } from '../audit/acting.ts';
import { hostActions } from '../audit/actions.ts';
import type { LiveHub, NodeService } from '../services.ts';
import { type Change, patch, put, remove, type Store } from '../store/store.ts';
import { type InviteRow, invites, members, users, workspaces } from '../store/tables.ts';
import { createTurns } from '../turns.ts';
import { hashSecret, newSecret, type RandomBytes } from '../workspaces/secrets.ts';
import { machinesOf } from './machine-key.ts';

export interface Acceptance {
  user: User;
  workspace: { id: string; name: string };
  state: 'in' | 'waits';
  /** Introduces one machine of theirs within the hour. */
  joinKey: string | null;
  /** A machine link makes nobody a member, and signs nobody in. */
  kind: InviteRow['kind'];
}

export interface AcceptedBy {
  /** Whoever is signed in already; otherwise a person is made, with this name. */
  user: User | null;
  name: string;
  machine: boolean;
  /** Network address, for the audit log. */
  address: string;
}

export interface InviteService {
  list(workspaceId: string): Promise<Invite[]>;
  create(
    workspaceId: string,
    by: { userId: string; role: Role },
    what: NewInvite,
  ): Promise<{ invite: Invite; code: string }>;
  revoke(workspaceId: string, inviteId: string): Promise<void>;
  approve(workspaceId: string, by: Role, inviteId: string): Promise<Invite>;
  machineLink(workspaceId: string, userId: string): Promise<{ code: string; expiresAt: number }>;
  /** Rejects `invite_spent`. */
  look(code: string): Promise<Omit<InviteOffer, 'hostName'>>;
  /** Rejects `invite_spent`. */
  accept(code: string, by: AcceptedBy): Promise<Acceptance>;
  /** How far somebody got with a code that they have taken up; null for everybody else. */
  progress(code: string, userId: string): Promise<'in' | 'waits' | null>;
  /** S15: what a member brought or may bring goes with them; jobs of theirs are taken back. */
  memberLeft(workspaceId: string, userId: string): Promise<void>;
  clean(): Promise<void>;
}

const hour = 60 * 60_000;
const keptFor = 30 * 24 * hour;
const machineLifetime = hour;
const mostOpen = 200;

export function createInvites(deps: {
  store: Store;
  clock: Clock;
  ids: IdSource;
  random: RandomBytes;
  hub: LiveHub;
  nodes: Pick<NodeService, 'approve' | 'removeFrom'>;
  acting: Pick<Acting, 'during'>;
  /** Awaited when somebody who waited to be let in was turned away. */
  onTurnedAway(userId: string): Promise<void>;
}): InviteService {
  const { store, clock, ids, random, hub } = deps;
  /** One at a time for each code, so that it is spent once. */
  const turns = createTurns();
  const told = (workspaceId: string) =>
    hub.publish(workspaceId, `workspace:${workspaceId}`, { kind: 'workspace.changed', workspaceId });

  const stateOf = (row: InviteRow): Invite['state'] =>
    row.state === 'open' && row.expiresAt <= clock.now() ? 'expired' : row.state;

  const usable = async (code: string, kind?: InviteRow['kind']): Promise<InviteRow> => {
    const [row] = await store.list(invites, { where: { hash: hashSecret(code) }, limit: 1 });
    if (row === undefined || stateOf(row) !== 'open') throw new AppError('invite_spent');
    if (kind !== undefined && row.kind !== kind) throw new AppError('invite_spent');
    return row;
  };

  const ofWorkspace = async (workspaceId: string, inviteId: string): Promise<InviteRow> => {
    const row = await store.get(invites, { id: inviteId });
    if (row === null || row.workspaceId !== workspaceId || row.kind !== 'person') throw new AppError('not_found');
    return row;
  };

  const show = async (rows: readonly InviteRow[]): Promise<Invite[]> => {
    const people = await store.list(users, { where: { id: rows.flatMap((row) => [row.createdBy, row.userId ?? '']) } });
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return rows.map((row) => ({
      ...pick(row),
      state: stateOf(row),
      createdByName: names.get(row.createdBy) ?? '',
      usedByName: row.userId === null ? null : (names.get(row.userId) ?? ''),
    }));
  };
  const showOne = async (row: InviteRow): Promise<Invite> => {
    const [invite] = await show([row]);
    if (invite === undefined) throw new AppError('not_found');
    return invite;
  };

  const machineRow = (workspaceId: string, userId: string, role: Role, approval: boolean) => {
    const code = newSecret(random);
    const now = clock.now();
    const row: InviteRow = {
      id: ids.next('invite'),
      kind: 'machine',
      workspaceId,
      hash: hashSecret(code),
      role,
      approval,
      state: 'open',
      createdBy: userId,
      createdAt: now,
      expiresAt: now + machineLifetime,
      userId,
      usedAt: null,
    };
    return { code, row };
  };

  const acceptPerson = async (invite: InviteRow, workspace: { id: string; name: string }, by: AcceptedBy) => {
    const now = clock.now();
    const user: User = by.user ?? { id: ids.next('user'), name: by.name, hostAdmin: false, createdAt: now };
    const held = await store.get(members, { workspaceId: invite.workspaceId, userId: user.id });
    const state = invite.approval && held === null ? 'waits' : 'in';
    // Who is there already keeps a higher role.
    const role = held !== null && allows(held.role, invite.role) ? held.role : invite.role;
    const machine = by.machine ? machineRow(workspace.id, user.id, role, state === 'waits' || role === 'viewer') : null;
    const changes: Change[] = [
      ...(by.user === null ? [put(users, user)] : []),
      ...(state === 'in' ? [put(members, { ...member(workspace.id, user.id, role, held?.joinedAt ?? now) })] : []),
      patch(invites, { id: invite.id }, { state: state === 'in' ? 'used' : 'waits', userId: user.id, usedAt: now }),
      ...(machine === null ? [] : [put(invites, machine.row)]),
    ];
    const actor = { by: 'session' as const, userId: user.id, name: user.name };
    await deps.acting.during(
      {
        action: hostActions.inviteAccepted,
        actor,
        from: by.address,
        workspaceId: workspace.id,
        params: { inviteId: invite.id },
        body: { state },
      },
      () => store.commit(changes),
    );
    told(workspace.id);
    return { user, workspace, state, joinKey: machine?.code ?? null, kind: 'person' as const } satisfies Acceptance;
  };

  /** The link is changed for a key, so that what was shown on a screen is spent. */
  const acceptMachine = async (link: InviteRow, workspace: { id: string; name: string }): Promise<Acceptance> => {
    const user = await store.get(users, { id: link.userId ?? '' });
    if (user === null) throw new AppError('invite_spent');
    const { code, row } = machineRow(link.workspaceId, user.id, link.role, link.approval);
    await store.commit([patch(invites, { id: link.id }, { state: 'used', usedAt: clock.now() }), put(invites, row)]);
    return { user, workspace, state: link.approval ? 'waits' : 'in', joinKey: code, kind: 'machine' };
  };

  /** Takes back what somebody brought, and the keys by which they could bring more. */
  const dismiss = async (workspaceId: string, userId: string): Promise<void> => {
    await store.commit([remove(invites, { workspaceId, userId, kind: 'machine' })]);
    for (const { nodeId } of await machinesOf(store, workspaceId, userId)) {
      await deps.nodes.removeFrom(workspaceId, nodeId);
    }
  };

  return {
    async list(workspaceId) {
      const rows = await store.list(invites, {
        where: { workspaceId, kind: 'person' },
        order: { by: 'id', direction: 'down' },
        limit: 500,
      });
      return show(rows);
    },

    async create(workspaceId, by, { role, expiresHours, approval = false }) {
      if (!allows(by.role, role)) throw new AppError('forbidden', `Only ${role}s may invite ${role}s`);
      if ((await store.count(invites, { workspaceId, kind: 'person', state: 'open' })) >= mostOpen) {
        throw new AppError('conflict', `A workspace has at most ${mostOpen} open invites; revoke some`);
      }
      const code = newSecret(random);
      const now = clock.now();
      const row: InviteRow = {
        ...machineRow(workspaceId, by.userId, role, approval).row,
        kind: 'person',
        hash: hashSecret(code),
        expiresAt: now + expiresHours * hour,
        userId: null,
      };
      await store.commit([put(invites, row)]);
      told(workspaceId);
      return { invite: await showOne(row), code };
    },

    async revoke(workspaceId, inviteId) {
      const row = await ofWorkspace(workspaceId, inviteId);
      await turns.take(row.hash, async () => {
        const now = await ofWorkspace(workspaceId, inviteId);
        if (now.state !== 'open' && now.state !== 'waits')
          throw new AppError('conflict', 'This invite is over already');
        await store.commit([patch(invites, { id: inviteId }, { state: 'revoked' })]);
        if (now.state !== 'waits' || now.userId === null) return;
        await dismiss(workspaceId, now.userId);
        await deps.onTurnedAway(now.userId);
      });
      told(workspaceId);
    },

    async approve(workspaceId, by, inviteId) {
      const { hash } = await ofWorkspace(workspaceId, inviteId);
      return turns.take(hash, async () => {
        const row = await ofWorkspace(workspaceId, inviteId);
        if (row.state !== 'waits' || row.userId === null)
          throw new AppError('conflict', 'Nobody waits with this invite');
        if (!allows(by, row.role)) throw new AppError('forbidden', `Only ${row.role}s may let in ${row.role}s`);
        const keys = await store.list(invites, { where: { workspaceId, userId: row.userId, kind: 'machine' } });
        await store.commit([
          put(members, member(workspaceId, row.userId, row.role, clock.now())),
          patch(invites, { id: inviteId }, { state: 'used' }),
          ...keys.map(({ id }) => patch(invites, { id }, { approval: false })),
        ]);
        for (const { nodeId } of await machinesOf(store, workspaceId, row.userId)) {
          await deps.nodes.approve(workspaceId, nodeId);
        }
        told(workspaceId);
        return showOne({ ...row, state: 'used' });
      });
    },

    async machineLink(workspaceId, userId) {
      const { code, row } = machineRow(workspaceId, userId, 'member', false);
      await store.commit([put(invites, row)]);
      return { code, expiresAt: row.expiresAt };
    },

    async look(code) {
      const row = await usable(code, 'person');
      const [workspace, inviter] = await Promise.all([
        openWorkspace(store, row.workspaceId),
        store.get(users, { id: row.createdBy }),
      ]);
      const { role, approval, expiresAt } = row;
      return { workspaceName: workspace.name, role, approval, expiresAt, invitedBy: inviter?.name ?? '' };
    },

    accept: (code, by) =>
      turns.take(hashSecret(code), async () => {
        const row = await usable(code);
        const { id, name } = await openWorkspace(store, row.workspaceId);
        return row.kind === 'person' ? acceptPerson(row, { id, name }, by) : acceptMachine(row, { id, name });
      }),

    async progress(code, userId) {
      const [row] = await store.list(invites, { where: { hash: hashSecret(code) }, limit: 1 });
      if (row === undefined || row.userId !== userId || row.kind !== 'person') return null;
      if (row.state === 'waits') return 'waits';
      return row.state === 'used' ? 'in' : null;
    },

    memberLeft: dismiss,

    async clean() {
      const before = { column: 'expiresAt' as const, value: clock.now() - keptFor };
      const rows = await store.list(invites, { before, order: { by: 'expiresAt', direction: 'up' }, limit: 1_000 });
      if (rows.length > 0) await store.commit([remove(invites, { id: rows.map(({ id }) => id) })]);
    },
  };
}

async function openWorkspace(store: Store, id: string): Promise<{ id: string; name: string }> {
  const workspace = await store.get(workspaces, { id });
  if (workspace === null || workspace.archived) throw new AppError('invite_spent');
  return workspace;
}

function member(workspaceId: string, userId: string, role: Role, joinedAt: number) {
  return { workspaceId, userId, role, joinedAt };
}

function pick({ id, workspaceId, role, approval, createdAt, expiresAt, usedAt }: InviteRow) {
  return { id, workspaceId, role, approval, createdAt, expiresAt, usedAt };
}
