import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { createIdSource } from '../../shared/ids.ts';
import type { NewInvite } from '../../shared/model/invite.ts';
import { createMemoryStore } from '../store/memory.ts';
import { put, type Store } from '../store/store.ts';
import { invites as invitesTable, members, users, workspaces } from '../store/tables.ts';
import { createInvites, type InviteService } from './invites.ts';
import { machineKey } from './machine-key.ts';

const hour = 60 * 60_000;
const owner = { userId: 'usr-1', role: 'owner' as const };
const bo = { user: null, name: 'Bo', machine: true, address: '192.0.2.1' };

let now: number;
let store: Store;
let invites: InviteService;
let turnedAway: string[];

beforeEach(async () => {
  now = 1_000_000;
  turnedAway = [];
  const clock = { now: () => now };
  store = createMemoryStore();
  await store.commit([
    put(users, { id: 'usr-1', name: 'Ana', hostAdmin: true, createdAt: now }),
    put(workspaces, {
      ...{ id: 'ws-1', name: 'Ours', createdAt: now, archived: false, shareKey: 'AB3X7K9M', shareKeyEnabled: false },
      ...{ approveNodes: true, verifyShare: 0, runNumber: 0 },
    }),
    put(members, { workspaceId: 'ws-1', userId: 'usr-1', role: 'owner', joinedAt: now }),
  ]);
  invites = createInvites({
    ...{ store, clock, ids: createIdSource(clock, Math.random), random: randomBytes },
    hub: { publish: () => undefined } as never,
    nodes: { approve: async () => undefined as never, removeFrom: async () => undefined },
    onTurnedAway: async (userId) => void turnedAway.push(userId),
    acting: { during: (_act, perform) => perform() },
  });
});

const make = (more: Partial<NewInvite> = {}) =>
  invites.create('ws-1', owner, { role: 'member', expiresHours: 2, ...more });
const spent = { code: 'invite_spent' };

test('S2: an invite works until its time is over, to the millisecond', async () => {
  const { code } = await make();
  now += 2 * hour - 1;
  expect(await invites.look(code)).toMatchObject({ workspaceName: 'Ours', invitedBy: 'Ana', role: 'member' });
  now += 1;
  await expect(invites.look(code)).rejects.toMatchObject(spent);
  await expect(invites.accept(code, bo)).rejects.toMatchObject(spent);
  expect((await invites.list('ws-1'))[0]?.state).toBe('expired');
});

test('S2: neither the code of an invite nor that of a machine is kept', async () => {
  const { code } = await make();
  const { joinKey } = await invites.accept(code, bo);
  const rows = JSON.stringify(await store.list(invitesTable, {}));
  expect(rows).not.toContain(code);
  expect(rows).not.toContain(joinKey ?? 'none');
});

test('protocol.md: the key of a machine brings it to its owner, for an hour', async () => {
  const { joinKey, user } = await invites.accept((await make()).code, bo);
  expect(await machineKey(store, joinKey ?? '', now)).toMatchObject({ ownerId: user.id, state: 'serves' });
  expect(await machineKey(store, joinKey ?? '', now + hour)).toBeNull();
});

test('an invite is no key of a machine, and a machine link makes nobody a member', async () => {
  const { code } = await make();
  expect(await machineKey(store, code, now)).toBeNull();
  const link = await invites.machineLink('ws-1', 'usr-1');
  await expect(invites.look(link.code)).rejects.toMatchObject(spent);
  const accepted = await invites.accept(link.code, bo);
  expect(accepted).toMatchObject({ kind: 'machine', user: { id: 'usr-1' } });
  expect(await store.count(members, {})).toBe(1);
  await expect(invites.accept(link.code, bo)).rejects.toMatchObject(spent);
});

test('with approval a machine waits, and serves once its owner was let in; who is turned away brings nothing', async () => {
  const [kept, turned] = [await make({ approval: true }), await make({ approval: true })];
  const first = await invites.accept(kept.code, bo);
  const second = await invites.accept(turned.code, { ...bo, name: 'Cy' });
  expect(await machineKey(store, first.joinKey ?? '', now)).toMatchObject({ state: 'waits' });
  await invites.approve('ws-1', 'admin', kept.invite.id);
  expect(await machineKey(store, first.joinKey ?? '', now)).toMatchObject({ state: 'serves' });
  await invites.revoke('ws-1', turned.invite.id);
  expect(await machineKey(store, second.joinKey ?? '', now)).toBeNull();
  expect(await invites.progress(turned.code, second.user.id)).toBeNull();
  expect(turnedAway).toEqual([second.user.id]);
});

test('S15: a member who leaves takes along the keys that they have not used', async () => {
  const { joinKey, user } = await invites.accept((await make()).code, bo);
  await invites.memberLeft('ws-1', user.id);
  expect(await machineKey(store, joinKey ?? '', now)).toBeNull();
});

test('who is a member already keeps a higher role', async () => {
  const ana = await store.get(users, { id: 'usr-1' });
  await invites.accept((await make({ role: 'viewer' })).code, { ...bo, user: ana });
  expect((await store.get(members, { workspaceId: 'ws-1', userId: 'usr-1' }))?.role).toBe('owner');
});
