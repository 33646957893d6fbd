/** What the desktop app does with hosts on other machines, against real hosts with TLS; the worker is a real process. */
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRemoteHosts, type RemoteHostsService } from '../../src/platform/remote-hosts/remote-hosts.ts';
import { plainBox, type SecretBox } from '../../src/platform/secret-box.ts';
import { addressesOfThisMachine, ownCertificatePaths } from '../../src/platform/tls/certificate-files.ts';
import { createClient } from '../../src/shared/api/client.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIdSource } from '../../src/shared/ids.ts';
import { parseJoinLink } from '../../src/shared/join-link.ts';
import type { HostToJoin } from '../../src/shared/services.ts';
import { temporaryFolder } from '../harness/host.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { startTestHost, type TestHost } from './support.ts';

const address = addressesOfThisMachine().find((one) => !one.includes(':')) ?? '127.0.0.2';
const pageOrigin = 'app://otherthing';

let host: TestHost;
let workspaceId: string;
let folder: { path: string; remove(): void };
let hosts: RemoteHostsService;
let served: HostToJoin[];
let worker: WorkerProcess | null;

const open = (box: SecretBox = plainBox) =>
  openRemoteHosts({
    ...{ dataDir: folder.path, box, clock: systemClock, ids: createIdSource(systemClock, Math.random) },
    ...{ computer: 'Laptop', pageOrigin, tryEvery: 100 },
    onServed: (now) => {
      served = now;
      worker?.child.send({ type: 'hosts', hosts: now });
    },
  });
const invite = async (more: object = {}) => {
  const body = { role: 'member' as const, expiresHours: 1, ...more };
  return host.owner.call('createInvite', { params: { id: workspaceId }, body });
};
const enter = async (link: string, contribute = false) => {
  const { lookId } = await hosts.look(link);
  return hosts.join({ lookId, name: 'Bo', contribute });
};
const only = () => {
  const [item] = hosts.list().items;
  if (item === undefined) throw new Error('There is no host');
  return item;
};
const stands = (state: string) => expect.poll(() => only().standing.state, { timeout: 20_000 }).toBe(state);
/** What the window does with what main tells it. */
const asWindow = async () => {
  const relay = await hosts.chosen();
  if (relay === null) throw new Error('This computer is chosen');
  return createClient({
    baseUrl: relay.url,
    token: relay.bearer,
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init?.headers, origin: pageOrigin } }),
  });
};
const hosting = () => ({ listen: { address, port: Number(new URL(host.hosting.origins[0] ?? '').port) } });

beforeEach(async () => {
  [served, worker] = [[], null];
  folder = temporaryFolder('remote-hosts');
  host = await startTestHost({ hosting: { listen: { address, port: 0 } } });
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  hosts = await open();
});
afterEach(async () => {
  await worker?.stop();
  await hosts.stop();
  await host.stop();
  host.remove();
  folder.remove();
});

describe('joining from the desktop', () => {
  test('S4: by invite link: it says whom one is about to trust, then opens the host through the relay', async () => {
    const { link } = await invite();
    const look = await hosts.look(link);
    expect(look).toMatchObject({
      origin: host.hosting.origins[0],
      fingerprint: host.hosting.fingerprint,
      trust: 'invited',
      offer: { invitedBy: 'ana', role: 'member', approval: false },
    });
    expect((await host.owner.call('listMembers', { params: { id: workspaceId } })).items).toHaveLength(1);
    const joined = await hosts.join({ lookId: look.lookId, name: 'Bo', contribute: false });
    expect(joined).toMatchObject({ standing: { state: 'connected' }, contributes: null, name: look.offer?.hostName });
    await hosts.choose(joined.id);
    const client = await asWindow();
    expect((await client.call('me', {})).user).toMatchObject({ name: 'Bo', hostAdmin: false });
    expect((await client.call('listWorkspaces', {})).items.map(({ id }) => id)).toEqual([workspaceId]);
    // A revocable token of its own, by the computer's name (S2).
    expect((await client.call('listTokens', {})).items).toMatchObject([{ name: 'OtherThing on Laptop' }]);
    expect(served).toEqual([]);
  });

  test('S5: what opens the host lies closed up in a file of this account, and is there after a start', async () => {
    const box: SecretBox = {
      protection: 'keychain',
      seal: async (text) => Buffer.from(text).toString('hex'),
      open: async (sealed) => Buffer.from(sealed, 'hex').toString(),
    };
    await hosts.stop();
    hosts = await open(box);
    const { id } = await enter((await invite()).link);
    await hosts.choose(id);
    await hosts.stop();
    const path = join(folder.path, 'hosts.json');
    expect(await readFile(path, 'utf8')).not.toContain('secret');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    hosts = await open(box);
    expect(hosts.list()).toMatchObject({ chosen: id, secrets: 'keychain' });
    expect((await (await asWindow()).call('me', {})).user.name).toBe('Bo');
    await hosts.stop();
    // Another keychain opens nothing, and destroys nothing either.
    const other = await open({ ...box, open: () => Promise.reject(new Error('another keychain')) });
    await expect.poll(() => other.list().items[0]?.standing.state).toBe('removed');
    await other.choose('here');
    await other.stop();
    hosts = await open(box);
    await stands('connected');
  });

  test('where approval is asked the person waits, is let in, and sees it; who is turned away sees that too', async () => {
    const [kept, turned] = [await invite({ approval: true }), await invite({ approval: true })];
    expect((await enter(kept.link)).standing).toEqual({ state: 'waits' });
    await host.owner.call('approveInvite', { params: { id: workspaceId, inviteId: kept.invite.id } });
    await stands('connected');
    await hosts.remove(only().id);
    expect((await enter(turned.link)).standing).toEqual({ state: 'waits' });
    await host.owner.call('revokeInvite', { params: { id: workspaceId, inviteId: turned.invite.id } });
    await stands('removed');
  });

  test('a second invite of the same host is for the same person', async () => {
    const { id } = await enter((await invite()).link);
    const second = await host.owner.call('createWorkspace', { body: { name: 'Second' } });
    const body = { role: 'viewer' as const, expiresHours: 1 };
    const { link } = await host.owner.call('createInvite', { params: { id: second.id }, body });
    expect((await enter(link)).id).toBe(id);
    await hosts.choose(id);
    expect((await (await asWindow()).call('listWorkspaces', {})).items).toHaveLength(2);
    expect(hosts.list().items).toHaveLength(1);
  });

  test('S4: without a fingerprint in hand nothing is sent before the person compared it', async () => {
    const { page } = await invite();
    const link = page.replace(/^https:\/\/(.+)\/join\//, 'otherthing://join/$1/');
    const look = await hosts.look(link);
    expect(look).toMatchObject({ trust: 'ask', offer: null, fingerprint: host.hosting.fingerprint });
    await expect(hosts.join({ lookId: look.lookId, name: 'Bo', contribute: false })).rejects.toMatchObject({
      code: 'certificate_unknown',
    });
    const confirmed = await hosts.confirm(look.lookId);
    expect(confirmed).toMatchObject({ trust: 'known', offer: { invitedBy: 'ana' } });
    expect((await hosts.join({ lookId: look.lookId, name: 'Bo', contribute: false })).standing.state).toBe('connected');
  });

  test('S4: a link whose fingerprint is not the one that is shown is refused before anything is sent', async () => {
    const parsed = parseJoinLink((await invite()).link);
    const wrong = `otherthing://join/${parsed?.host}/${parsed?.code}#sha256=${'0'.repeat(64)}`;
    await expect(hosts.look(wrong)).rejects.toMatchObject({ code: 'certificate_changed' });
  });

  test.each(['', 'https://example.org', 'otherthing://join/box', 'AB3X7K9M', 'AB3X7K9M@'])(
    '%j is refused in words',
    async (typed) => {
      await expect(hosts.look(typed)).rejects.toMatchObject({ code: 'bad_request' });
    },
  );
});

describe('a host that was joined', () => {
  test('S4: with another certificate is refused, says so, and is trusted anew only by the fingerprint it shows', async () => {
    const { id } = await enter((await invite()).link);
    await hosts.choose(id);
    const listen = hosting();
    const { dataDir, remove } = host;
    await host.stop();
    await rm(ownCertificatePaths(dataDir).certFile);
    host = Object.assign(await startTestHost({ dataDir, hosting: listen }), { remove });
    await stands('certificate-changed');
    await expect((await asWindow()).call('me', {})).rejects.toMatchObject({ code: 'certificate_changed' });
    const shown = host.hosting.fingerprint ?? '';
    expect(only().standing).toEqual({ state: 'certificate-changed', shown });
    await expect(hosts.trustAnew(id, `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({ code: 'conflict' });
    await hosts.trustAnew(id, shown);
    expect(only()).toMatchObject({ fingerprint: shown, standing: { state: 'connected' } });
    expect((await (await asWindow()).call('me', {})).user.name).toBe('Bo');
  });

  test('that goes away is offline since then, and comes back by itself', async () => {
    await enter((await invite()).link);
    const listen = hosting();
    const { dataDir, remove } = host;
    await host.stop();
    await stands('offline');
    const { standing } = only();
    await hosts.tryNow();
    expect(only().standing).toEqual(standing);
    host = Object.assign(await startTestHost({ dataDir, hosting: listen }), { remove });
    await stands('connected');
  });

  test('S15: that removes the person says so; removing a host here revokes the token there', async () => {
    const first = await enter((await invite()).link);
    await hosts.choose(first.id);
    const { user } = await (await asWindow()).call('me', {});
    const relay = await hosts.chosen();
    await hosts.remove(first.id);
    expect(hosts.list()).toMatchObject({ chosen: 'here', items: [] });
    expect(await hosts.chosen()).toBeNull();
    await expect(fetch(`${relay?.url}/api/v1/me`)).rejects.toThrow();
    const members = await host.owner.call('listMembers', { params: { id: workspaceId } });
    expect(members.items.some(({ userId }) => userId === user.id)).toBe(true);
    const again = await enter((await invite()).link);
    await hosts.choose(again.id);
    const me = (await (await asWindow()).call('me', {})).user;
    await host.owner.call('removeMember', { params: { id: workspaceId, userId: me.id } });
    await stands('removed');
  });
});

describe('contributing this computer', () => {
  const startNode = async () => {
    worker = await startWorker(join(folder.path, 'node'), []);
    worker.child.on('message', (said: { type: string }) => {
      if (said.type === 'standing') hosts.nodeStands(said as never);
    });
    return worker.ready.nodeId;
  };
  const contributing = () => expect.poll(() => only().contributes, { timeout: 30_000 });

  test('with the invite: it becomes a node of the person, and leaves again', async () => {
    const nodeId = await startNode();
    await enter((await invite()).link, true);
    await contributing().toMatchObject({ standing: 'connected', workspaces: [expect.any(String)] });
    const nodes = async () => (await host.owner.call('listWorkspaceNodes', { params: { id: workspaceId } })).items;
    expect((await nodes()).map(({ id }) => id)).toContain(nodeId);
    await hosts.stopContributing(only().id);
    expect(served).toEqual([]);
    expect(only().contributes).toBeNull();
    await expect.poll(async () => (await nodes()).find(({ id }) => id === nodeId)?.status).not.toBe('online');
  });

  test('later, to one workspace and then to another, over one connection', async () => {
    await startNode();
    const { id } = await enter((await invite()).link);
    await hosts.contribute(id, workspaceId);
    await contributing().toMatchObject({ workspaces: ['My workspace'] });
    const second = await host.owner.call('createWorkspace', { body: { name: 'Second' } });
    const body = { role: 'member' as const, expiresHours: 1 };
    await enter((await host.owner.call('createInvite', { params: { id: second.id }, body })).link);
    await hosts.contribute(id, second.id);
    await contributing().toMatchObject({ workspaces: ['My workspace', 'Second'] });
  });

  test('protocol.md: by KEY@host: the node waits until an admin lets it in; a key that is wrong is said to be', async () => {
    const nodeId = await startNode();
    const body = { shareKeyEnabled: true };
    const { share_key: key } = await host.owner.call('updateWorkspace', { params: { id: workspaceId }, body });
    const at = new URL(host.hosting.origins[0] ?? '').host;
    const wrong = await hosts.look(`ZZZZZZZZ@${at}`);
    expect(wrong).toMatchObject({ by: 'key', trust: 'ask' });
    await hosts.confirm(wrong.lookId);
    await hosts.join({ lookId: wrong.lookId, name: 'Bo', contribute: true });
    await contributing().toMatchObject({ standing: 'refused' });
    expect(only()).toMatchObject({ person: null, standing: { state: 'removed' } });
    await expect(hosts.choose(only().id)).rejects.toMatchObject({ code: 'conflict' });

    const look = await hosts.look(`${key}@${at}`);
    expect(look.trust).toBe('known');
    await hosts.join({ lookId: look.lookId, name: 'Bo', contribute: true });
    await contributing().toMatchObject({ standing: 'connected', workspaces: [] });
    await host.owner.call('approveNode', { params: { id: workspaceId, nodeId } });
    await contributing().toMatchObject({ standing: 'connected', workspaces: ['My workspace'] });
  });
});
