import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createIdSource } from '../../shared/ids.ts';
import { createMemoryStore } from '../store/memory.ts';
import { put, type Store } from '../store/store.ts';
import {
  credentials as credentialTable,
  idempotency as idempotencyTable,
  members as memberTable,
  users,
} from '../store/tables.ts';
import { createCredentials } from './credentials.ts';
import { createDirectory } from './directory.ts';
import { prepareHost } from './first-start.ts';
import { createIdempotency, mostAnswer, mostKeys } from './idempotency.ts';
import { createMembers } from './members.ts';
import { createOpenSockets } from './open-sockets.ts';
import { hashSecret } from './secrets.ts';
import { createTickets } from './tickets.ts';
import { createWorkspaces } from './workspaces.ts';

let now: number;
let store: Store;
const clock = { now: () => now };
const random = (count: number) => randomBytes(count);
const hub = { publish: () => undefined, position: () => ({ epoch: 'e', seq: 0 }) };

beforeEach(() => {
  now = 1_800_000_000_000;
  store = createMemoryStore();
});

function build() {
  const ids = createIdSource(clock, Math.random);
  const credentials = createCredentials({ store, clock, ids, random });
  const members = createMembers({ store, clock, ids, hub, credentials });
  const forgotten: string[] = [];
  const nodes = {
    welcomeWorkspace: async () => undefined,
    forgetWorkspace: async (id: string) => void forgotten.push(id),
  };
  const endWork = async () => undefined;
  const workspaces = createWorkspaces({ store, clock, ids, random, hub, nodes, endWork });
  const start = () => prepareHost({ store, clock, ids, random, ownerName: 'ana' });
  return { credentials, members, workspaces, start, forgotten };
}

describe('first start', () => {
  test('data.md: makes the local owner, a host administrator, and "My workspace", once', async () => {
    const { start, workspaces } = build();
    const first = await start();
    const again = await start();
    expect(again).toEqual({ ...first, firstWorkspaceId: null });
    expect(await store.get(users, { id: first.ownerId })).toMatchObject({ name: 'ana', hostAdmin: true });
    expect(await workspaces.listOf(first.ownerId)).toMatchObject([
      { name: 'My workspace', role: 'owner', share_key: null },
    ]);
  });
});

describe('credentials', () => {
  test('data.md: a sign-in link works once, also when it is tried twice at once', async () => {
    const { credentials, start } = build();
    const { ownerId } = await start();
    const { code } = await credentials.createLink(ownerId);
    const tries = await Promise.allSettled([credentials.signIn(code, 'a'), credentials.signIn(code, 'b')]);
    expect(tries.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(credentials.signIn(code, 'c')).rejects.toMatchObject({ code: 'sign_in_link_spent' });
  });

  test('data.md: a sign-in link lives 10 minutes', async () => {
    const { credentials, start } = build();
    const { code } = await credentials.createLink((await start()).ownerId);
    now += 10 * 60_000;
    await expect(credentials.signIn(code, '')).rejects.toMatchObject({ code: 'sign_in_link_spent' });
  });

  test('S2: secrets are 256 bits and only their SHA-256 is kept', async () => {
    const { credentials, start } = build();
    const { ownerId } = await start();
    const { secret, token } = await credentials.createToken(ownerId, 'laptop');
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const rows = await store.list(credentialTable, {});
    expect(rows.map((row) => row.hash)).toEqual([hashSecret(secret)]);
    expect(JSON.stringify([rows, token, await credentials.tokens(ownerId)])).not.toContain(secret);
  });

  test('S2: a token shows when it was last used, and ends at once when revoked', async () => {
    const { credentials, start } = build();
    const { ownerId } = await start();
    const { secret, token } = await credentials.createToken(ownerId, 'laptop');
    const ended: string[] = [];
    credentials.onEnded((id) => ended.push(id));
    now += 5_000;
    expect(await credentials.authenticate('token', secret)).toMatchObject({ credentialId: token.id, kind: 'token' });
    expect(await credentials.tokens(ownerId)).toMatchObject([{ lastUsedAt: now }]);
    await credentials.end(ownerId, 'token', token.id);
    expect(await credentials.authenticate('token', secret)).toBeNull();
    expect(ended).toEqual([token.id]);
  });

  test('S2: a token is no session, and nobody ends what belongs to somebody else', async () => {
    const { credentials, members, workspaces, start } = build();
    const { ownerId } = await start();
    const [workspace] = await workspaces.listOf(ownerId);
    const { member } = await members.add(workspace?.id ?? '', 'owner', { name: 'bo', role: 'member' });
    const { secret, token } = await credentials.createToken(ownerId, 'x');
    expect(await credentials.authenticate('session', secret)).toBeNull();
    await expect(credentials.end(member.userId, 'token', token.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a session that nobody uses ends after 30 days; use prolongs it', async () => {
    const { credentials, start } = build();
    const { code } = await credentials.createLink((await start()).ownerId);
    const { secret } = await credentials.signIn(code, 'browser');
    now += 29 * 24 * 60 * 60_000;
    expect(await credentials.authenticate('session', secret)).not.toBeNull();
    now += 29 * 24 * 60 * 60_000;
    expect(await credentials.authenticate('session', secret)).not.toBeNull();
    now += 30 * 24 * 60 * 60_000;
    expect(await credentials.authenticate('session', secret)).toBeNull();
    await credentials.clean();
    expect(await store.count(credentialTable, {})).toBe(0);
  });

  test('data.md: a ticket works once, and for 30 seconds', () => {
    const tickets = createTickets(clock, random);
    const holder = { userId: 'usr-1', credentialId: null };
    const first = tickets.issue(holder);
    expect(tickets.redeem(first.ticket)).toEqual(holder);
    expect(tickets.redeem(first.ticket)).toBeNull();
    const late = tickets.issue(holder);
    now += 30_000;
    expect(tickets.redeem(late.ticket)).toBeNull();
  });
});

describe('members', () => {
  const withWorkspace = async () => {
    const built = build();
    const { ownerId, firstWorkspaceId } = await built.start();
    return { ...built, ownerId, workspaceId: firstWorkspaceId ?? '' };
  };

  test('S1: nobody gives or takes more than they hold', async () => {
    const { members, workspaceId, ownerId } = await withWorkspace();
    await expect(members.add(workspaceId, 'admin', { name: 'x', role: 'owner' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(members.changeRole(workspaceId, 'admin', ownerId, 'viewer')).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(members.remove(workspaceId, 'admin', ownerId)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('the last owner stays, also when two are removed at once', async () => {
    const { members, workspaceId, ownerId } = await withWorkspace();
    await expect(members.remove(workspaceId, 'owner', ownerId)).rejects.toMatchObject({ code: 'last_owner' });
    const { member } = await members.add(workspaceId, 'owner', { name: 'bo', role: 'owner' });
    const both = await Promise.allSettled([
      members.remove(workspaceId, 'owner', ownerId),
      members.changeRole(workspaceId, 'owner', member.userId, 'viewer'),
    ]);
    expect(both.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
    expect(await store.count(memberTable, { workspaceId, role: 'owner' })).toBe(1);
  });

  test('S15: less rights end the sockets of that person in that workspace, and no others', async () => {
    const { members, workspaceId } = await withWorkspace();
    const sockets = createOpenSockets();
    members.onLess(({ userId, workspaceId: where }) => sockets.endMember(userId, where));
    const { member } = await members.add(workspaceId, 'owner', { name: 'bo', role: 'admin' });
    const closed: string[] = [];
    const add = (name: string, userId: string, where: string | null) =>
      sockets.add({ userId, credentialId: null, workspaceId: where, close: () => closed.push(name) });
    add('document', member.userId, workspaceId);
    add('live', member.userId, null);
    add('elsewhere', member.userId, 'ws-other');
    add('somebody', 'usr-other', workspaceId);
    await members.changeRole(workspaceId, 'owner', member.userId, 'owner');
    expect(closed).toEqual([]);
    await members.remove(workspaceId, 'owner', member.userId);
    expect(closed).toEqual(['document', 'live']);
  });

  test('S1: a person has no access where they are no member; for a node the best of its workspaces counts', async () => {
    const { members, workspaceId, ownerId } = await withWorkspace();
    const directory = createDirectory(store);
    const { member } = await members.add(workspaceId, 'owner', { name: 'bo', role: 'viewer' });
    expect(await directory.access(ownerId, 'workspace', workspaceId)).toEqual({ workspaceId, role: 'owner' });
    expect(await directory.access(member.userId, 'workspace', workspaceId)).toEqual({ workspaceId, role: 'viewer' });
    expect(await directory.access('usr-nobody', 'workspace', workspaceId)).toBeNull();
    expect(await directory.access(ownerId, 'flow', 'flow-none')).toBeNull();
  });
});

describe('workspaces', () => {
  test('the last workspace stays; another goes with its members, and its nodes are told', async () => {
    const { workspaces, start, forgotten } = build();
    const { ownerId, firstWorkspaceId } = await start();
    await expect(workspaces.delete(firstWorkspaceId ?? '')).rejects.toMatchObject({ code: 'last_workspace' });
    const second = await workspaces.create(ownerId, 'Second');
    await workspaces.delete(second.id);
    expect(forgotten).toEqual([second.id]);
    expect(await store.count(memberTable, { workspaceId: second.id })).toBe(0);
    await expect(workspaces.get(second.id, 'owner')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('protocol.md: the share key is off by default, shown to admins only, and another after rotation', async () => {
    const { workspaces, start } = build();
    const id = (await start()).firstWorkspaceId ?? '';
    const on = await workspaces.update(id, 'owner', { shareKeyEnabled: true });
    expect(on.share_key).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    expect((await workspaces.get(id, 'member')).share_key).toBeNull();
    expect((await workspaces.rotateShareKey(id, 'owner')).share_key).not.toBe(on.share_key);
  });
});

describe('idempotency', () => {
  const request = { scope: 'usr-1', key: 'k', hash: 'h', keep: true };

  test('protocol.md: a repeat gets the first answer, also of an earlier start; one meanwhile is told to wait', async () => {
    const idempotency = createIdempotency(store, clock);
    let times = 0;
    const act = async () => ({ status: 201, body: { times: ++times } });
    const answers = await Promise.allSettled([idempotency.once(request, act), idempotency.once(request, act)]);
    expect(answers).toMatchObject([
      { value: { body: { times: 1 }, repeated: false } },
      { reason: { code: 'idempotency_in_progress' } },
    ]);
    for (const start of [idempotency, createIdempotency(store, clock)]) {
      expect(await start.once(request, act)).toEqual({ status: 201, body: { times: 1 }, repeated: true });
    }
  });

  test('protocol.md: the key is durable before anything is done; after a kill in between nobody does it again', async () => {
    const killed = createIdempotency(store, clock);
    const begun = Promise.withResolvers<void>();
    void killed.once(request, () => {
      begun.resolve();
      return new Promise(() => undefined);
    });
    await begun.promise;
    let again = 0;
    const act = async () => ({ status: 200, body: ++again });
    const next = createIdempotency(store, clock);
    await expect(next.once(request, act)).rejects.toMatchObject({ code: 'idempotency_unknown' });
    await expect(next.once({ ...request, hash: 'x' }, act)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    expect(again).toBe(0);
  });

  test('S10: keys of a person and lengths of answers are bounded', async () => {
    const idempotency = createIdempotency(store, clock);
    const long = { ...request, key: 'long' };
    const answer = async () => ({ status: 200, body: 'x'.repeat(mostAnswer) });
    expect((await idempotency.once(long, answer)).body).toHaveLength(mostAnswer);
    await expect(idempotency.once(long, answer)).rejects.toMatchObject({ code: 'conflict' });
    const row = { scope: 'usr-2', hash: 'h', status: 200, body: null, createdAt: now };
    await store.commit(
      Array.from({ length: mostKeys }, (_, index) => put(idempotencyTable, { ...row, key: `${index}` })),
    );
    const many = idempotency.once({ ...request, scope: 'usr-2' }, answer);
    await expect(many).rejects.toMatchObject({ code: 'too_many_requests' });
  });

  test('another request with the same key is refused; a failure is not kept; a day later it is new', async () => {
    const idempotency = createIdempotency(store, clock);
    await expect(idempotency.once(request, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await idempotency.once(request, async () => ({ status: 200, body: 1 }));
    await expect(
      idempotency.once({ ...request, hash: 'x' }, async () => ({ status: 200, body: 2 })),
    ).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    now += 24 * 60 * 60_000;
    expect(await idempotency.once({ ...request, hash: 'x' }, async () => ({ status: 200, body: 2 }))).toMatchObject({
      body: 2,
    });
  });

  test('S2: an answer with a secret is not kept', async () => {
    const idempotency = createIdempotency(store, clock);
    const secret = { ...request, keep: false };
    await idempotency.once(secret, async () => ({ status: 201, body: { secret: 'hush' } }));
    await expect(idempotency.once(secret, async () => ({ status: 201, body: 1 }))).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});
