/**
 * A host that other machines reach: real TLS on an address of this machine that is not the usual loopback one, real worker
 * processes, invites from their making to their end.
 */

import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { trustHost } from '../../src/cli/trust-host.ts';
import { addressesOfThisMachine, ownCertificatePaths } from '../../src/platform/tls/certificate-files.ts';
import { lookAtHost } from '../../src/platform/tls/look-at-host.ts';
import { pinnedFetch } from '../../src/platform/tls/pinned-fetch.ts';
import { type Client, createClient } from '../../src/shared/api/client.ts';
import { parseJoinLink } from '../../src/shared/join-link.ts';
import type { HostToJoin } from '../../src/shared/services.ts';
import { temporaryFolder } from '../harness/host.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { addPerson, startTestHost, type TestHost } from './support.ts';

/** An address of this machine by which others could call it; where there is none, another loopback one. */
const address = addressesOfThisMachine().find((one) => !one.includes(':')) ?? '127.0.0.2';
const listen = { address, port: 0 };

let host: TestHost;
let workspaceId: string;
let workers: WorkerProcess[];
let folders: { path: string; remove(): void }[];

const folder = (name: string) => {
  const made = temporaryFolder(name);
  folders.push(made);
  return made.path;
};
const work = async (dataDir: string, at: HostToJoin) => {
  const worker = await startWorker(dataDir, [at]);
  workers.push(worker);
  return worker;
};
const origin = () => host.hosting.origins[0] ?? '';
const pin = () => host.hosting.fingerprint ?? '';
const remote = (token?: string): Client =>
  createClient({ baseUrl: origin(), fetch: pinnedFetch(pin()), ...(token === undefined ? {} : { token }) });
const invite = async (more: object = {}) => {
  const body = { role: 'member' as const, expiresHours: 1, ...more };
  const made = await host.owner.call('createInvite', { params: { id: workspaceId }, body });
  const link = parseJoinLink(made.link);
  if (link === null) throw new Error(`No invite link: ${made.link}`);
  return { ...made, parsed: link };
};
const nodes = async () => (await host.owner.call('listWorkspaceNodes', { params: { id: workspaceId } })).items;
const codeOf = (error: { code?: string }) => error.code;

beforeEach(async () => {
  [workers, folders] = [[], []];
  host = await startTestHost({ hosting: { listen } });
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await host.stop();
  host.remove();
  for (const made of folders) made.remove();
});

describe('listening for other machines', () => {
  test('S3: only when it is asked for, and then with TLS beside plain loopback', async () => {
    const hosting = await host.owner.call('getHosting', {});
    expect(hosting).toMatchObject({ enabled: true, byCommandLine: true, problem: null, listening: { address } });
    expect(hosting.certificate).toMatchObject({ fingerprint: pin(), selfSigned: true });
    expect(await lookAtHost(origin())).toEqual({ fingerprint: pin(), trusted: false });
    expect((await remote(host.adminToken).call('me', {})).user.name).toBe('ana');
    // Plain HTTP is not answered there.
    await expect(fetch(origin().replace('https', 'http'))).rejects.toThrow();
    const other = await startTestHost();
    expect((await other.owner.call('getHosting', {})).listening).toBeNull();
    await other.stop();
    other.remove();
  });

  test('S3: is switched off and on while the host goes on, and is kept', async () => {
    const { port } = new URL(origin());
    const reachable = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port: Number(port) }, () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('close', () => socket.destroy());
        socket.once('connect', () => socket.destroy());
      });
    expect(await reachable()).toBe(true);
    const settings = { enabled: false, address, port: Number(port), names: [] };
    const closed = await host.owner.call('putHosting', { body: settings });
    expect(closed).toMatchObject({ enabled: false, listening: null, byCommandLine: false });
    expect(await reachable()).toBe(false);
    const opened = await host.owner.call('putHosting', { body: { ...settings, enabled: true } });
    expect(opened.listening).toEqual({ address, port: Number(port) });
    expect(opened.certificate?.fingerprint).toBe(pin());
    expect(await reachable()).toBe(true);
  });

  test('S3: what cannot be listened on is said in words, and loopback goes on', async () => {
    const body = { enabled: true, address: '192.0.2.1', port: 0, names: [] };
    const answer = await host.owner.call('putHosting', { body });
    expect(answer).toMatchObject({ listening: null, problem: expect.stringContaining('192.0.2.1') });
  });

  test('S3: names that were not given are refused (DNS rebinding), also with TLS; given ones are known at once', async () => {
    const send = pinnedFetch(pin());
    const ask = async (name: string) => (await send(`${origin()}/healthz`, { headers: { host: name } })).status;
    expect(await ask('evil.example')).toBe(421);
    expect(await ask('192.0.2.7')).toBe(421);
    const { enabled, address: at, port } = await host.owner.call('getHosting', {});
    await host.owner.call('putHosting', { body: { enabled, address: at, port, names: ['box.example'] } });
    expect(await ask('box.example')).toBe(200);
    expect(await ask('evil.example')).toBe(421);
  });

  test('S2: the page of an invite signs in with a Secure cookie, and another site gets nowhere', async () => {
    const { page, parsed } = await invite();
    const send = pinnedFetch(pin());
    const shown = await (await send(page)).text();
    expect(shown).toContain('ana invites you');
    const post = (from: string) =>
      send(page, {
        method: 'POST',
        body: 'name=%3Cb%3EBo',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: from },
      });
    expect((await post('https://evil.example')).status).toBe(403);
    const joined = await post(origin());
    expect(joined.status).toBe(200);
    const cookie = joined.headers.getSetCookie()[0] ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/Secure/);
    expect(cookie).toMatch(/SameSite=Strict/);
    // It brings the command for a machine, with another code than the one that is spent.
    const command = /otherthing join '(otherthing:\S+?)'/.exec(await joined.text())?.[1] ?? '';
    expect(parseJoinLink(command)).toMatchObject({ fingerprint: pin() });
    expect(command).not.toContain(parsed.code);
    const session = { headers: { cookie: cookie.split(';')[0] ?? '' } };
    expect(await (await send(`${origin()}/api/v1/me`, session)).json()).toMatchObject({ user: { name: '<b>Bo' } });
    expect((await send(page, session)).status).toBe(200);
    expect((await send(page)).status).toBe(404);
  });
});

describe('joining', () => {
  test('S4: by invite: a new member, their machine a node of theirs, over the pinned certificate', async () => {
    const { parsed, invite: made } = await invite();
    const client = createClient({ baseUrl: `https://${parsed.host}`, fetch: pinnedFetch(parsed.fingerprint ?? '') });
    expect(await client.call('lookAtInvite', { body: { code: parsed.code } })).toMatchObject({
      role: 'member',
      invitedBy: 'ana',
    });
    const joined = await client.call('acceptInvite', { body: { code: parsed.code, name: 'Bo', machine: true } });
    expect(joined).toMatchObject({ state: 'in', signInLink: expect.stringContaining(origin()) });
    const worker = await work(folder('joins'), {
      url: origin(),
      joinKey: joined.joinKey ?? '',
      fingerprint: parsed.fingerprint ?? '',
    });
    await expect
      .poll(async () => (await nodes()).find(({ id }) => id === worker.ready.nodeId)?.status, { timeout: 30_000 })
      .toBe('online');
    const { items } = await host.owner.call('listMembers', { params: { id: workspaceId } });
    expect(items.find(({ name }) => name === 'Bo')).toMatchObject({ role: 'member', userId: joined.userId });
    const listed = await host.owner.call('listInvites', { params: { id: workspaceId } });
    expect(listed.items.find(({ id }) => id === made.id)).toMatchObject({ state: 'used', usedByName: 'Bo' });

    // A run across it, with content too large for a frame: both ways through the pinned agent.
    const text = 'x'.repeat(600_000);
    const [jobId = ''] = (
      await host.owner.call('submitJobs', {
        params: { id: workspaceId },
        body: {
          jobs: [
            {
              kind: 'script',
              input: {
                language: 'javascript',
                source: 'export default ({ text }) => ({ text: text.concat("!") })',
                input: { text },
              },
              requires: { nodeId: worker.ready.nodeId },
            },
          ],
        },
      })
    ).jobIds;
    await expect
      .poll(async () => (await host.owner.call('getJob', { params: { id: jobId } })).state, { timeout: 60_000 })
      .toMatch(/succeeded|failed|dead/);
    const job = await host.owner.call('getJob', { params: { id: jobId } });
    expect(job.error ?? null).toBeNull();
    expect(job.state).toBe('succeeded');

    // S15: their removal takes back their machine.
    await host.owner.call('removeMember', { params: { id: workspaceId, userId: joined.userId } });
    expect((await nodes()).some(({ id }) => id === worker.ready.nodeId)).toBe(false);
  });

  test('S4: a worker with another pin never speaks to the host', async () => {
    const { parsed } = await invite();
    const { joinKey } = await remote().call('acceptInvite', { body: { code: parsed.code, name: 'Bo', machine: true } });
    const worker = await work(folder('wrong-pin'), {
      url: origin(),
      joinKey: joinKey ?? '',
      fingerprint: `sha256:${'0'.repeat(64)}`,
    });
    const right = await work(folder('right-pin'), { url: origin(), joinKey: joinKey ?? '', fingerprint: pin() });
    await expect
      .poll(async () => (await nodes()).map(({ id }) => id), { timeout: 30_000 })
      .toContain(right.ready.nodeId);
    const all = await host.owner.call('listNodes', {});
    expect(all.items.some(({ id }) => id === worker.ready.nodeId)).toBe(false);
  });

  test('S4: the first certificate is taken only after a yes, or by its fingerprint; a changed one is refused in words', async () => {
    const dataDir = folder('trust');
    const url = origin();
    await expect(trustHost({ url, given: null, dataDir }, null)).rejects.toMatchObject({
      code: 'certificate_unknown',
      message: expect.stringContaining(pin()),
    });
    await expect(trustHost({ url, given: null, dataDir }, async () => false)).rejects.toThrow(/Nothing was sent/);
    expect(await trustHost({ url, given: null, dataDir }, async () => true)).toBe(pin());
    // From now on it is known, and nobody is asked.
    expect(await trustHost({ url, given: null, dataDir }, null)).toBe(pin());
    expect(JSON.parse(await readFile(join(dataDir, 'known-hosts.json'), 'utf8'))).toEqual({ [url]: pin() });

    const before = pin();
    const { port } = new URL(url);
    await host.stop();
    await rm(ownCertificatePaths(host.dataDir).certFile);
    const { dataDir: kept, remove } = host;
    host = await startTestHost({ dataDir: kept, hosting: { listen: { address, port: Number(port) } } });
    Object.assign(host, { remove });
    expect(pin()).not.toBe(before);
    await expect(trustHost({ url, given: null, dataDir }, null)).rejects.toMatchObject({ code: 'certificate_changed' });
    // The person at the host said the new one: that is the way on.
    expect(await trustHost({ url, given: pin(), dataDir }, null)).toBe(pin());
  });
});

describe('invites', () => {
  test('S2: used, revoked, expired and mistyped ones get the same answer', async () => {
    const [used, revoked] = [await invite(), await invite()];
    await remote().call('acceptInvite', { body: { code: used.parsed.code, name: 'Bo' } });
    await host.owner.call('revokeInvite', { params: { id: workspaceId, inviteId: revoked.invite.id } });
    const answers = await Promise.all(
      [used.parsed.code, revoked.parsed.code, 'A'.repeat(43)].map(async (code) => {
        const send = pinnedFetch(pin());
        const headers = { 'content-type': 'application/json' };
        const api = await send(`${origin()}/api/v1/join`, { method: 'POST', headers, body: JSON.stringify({ code }) });
        const page = await send(`${origin()}/join/${code}`);
        return [api.status, await api.text(), page.status, await page.text()];
      }),
    );
    expect(answers[0]?.[0]).toBe(404);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test('S2: two who take up one invite at once: one gets in', async () => {
    const { parsed } = await invite();
    const both = await Promise.all(
      ['Bo', 'Cy'].map((name) =>
        remote()
          .call('acceptInvite', { body: { code: parsed.code, name } })
          .catch(codeOf),
      ),
    );
    expect(both.filter((answer) => answer === 'invite_spent')).toHaveLength(1);
  });

  test('S2: guesses are counted', async () => {
    const guess = () =>
      remote()
        .call('lookAtInvite', { body: { code: 'B'.repeat(43) } })
        .catch(codeOf);
    const answers: unknown[] = [];
    for (let index = 0; index < 12; index += 1) answers.push(await guess());
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'invite_spent'));
    expect(answers.at(-1)).toBe('too_many_requests');
  });

  test('S1: nobody invites above their own role, and approval lets in only then', async () => {
    const admin = await addPerson(host, host.owner, workspaceId, 'Di', 'admin');
    const body = { role: 'owner' as const, expiresHours: 1 };
    await expect(admin.client.call('createInvite', { params: { id: workspaceId }, body })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const waiting = await invite({ approval: true });
    const joined = await remote().call('acceptInvite', {
      body: { code: waiting.parsed.code, name: 'Ed', machine: true },
    });
    expect(joined.state).toBe('waits');
    const members = async () => (await host.owner.call('listMembers', { params: { id: workspaceId } })).items;
    expect((await members()).some(({ name }) => name === 'Ed')).toBe(false);
    await admin.client.call('approveInvite', { params: { id: workspaceId, inviteId: waiting.invite.id } });
    expect((await members()).find(({ name }) => name === 'Ed')).toMatchObject({ role: 'member' });
  });

  test('S15: who is removed from their only workspace is signed out at once', async () => {
    const person = await addPerson(host, host.owner, workspaceId, 'Fe', 'member');
    await host.owner.call('removeMember', { params: { id: workspaceId, userId: person.userId } });
    await expect(person.client.call('me', {})).rejects.toMatchObject({ code: 'not_signed_in' });
  });
});
