/** Who gets in: links, cookies, tokens, tickets, origins, names (data.md, S2, S15). */
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openEditor } from './editor.ts';
import { addPerson, inlineFlow, signIn, startTestHost, type TestHost } from './support.ts';

let host: TestHost;
let workspaceId: string;
beforeAll(async () => {
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
});
afterAll(async () => {
  await host.stop();
  host.remove();
});

const freshLink = async () => (await host.owner.call('createSignInLink', {})).url;

/** A request with headers that fetch does not let one set. */
function raw(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const { hostname, port } = new URL(host.url);
  return new Promise<{ status: number; code: string | undefined; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const outgoing = httpRequest(
        { hostname, port, path, method: options.method ?? 'GET', headers: options.headers },
        (response) => {
          let text = '';
          response.on('data', (part) => {
            text += String(part);
          });
          response.on('end', () => {
            const isProblem = response.headers['content-type']?.startsWith('application/problem+json') === true;
            const code = isProblem ? (JSON.parse(text) as { code: string }).code : undefined;
            resolve({ status: response.statusCode ?? 0, code, headers: response.headers });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(options.body);
    },
  );
}

describe('sign-in links and sessions', () => {
  test('data.md: the link of the start works, once', async () => {
    const { response } = await signIn(host.url, host.signInLink);
    expect(response.status).toBe(200);
    const again = await signIn(host.url, host.signInLink);
    expect(again.response.status).toBe(401);
    expect(await again.response.json()).toMatchObject({ code: 'sign_in_link_spent' });
  });

  test('data.md: the code stands after the #, where no server and no log sees it', async () => {
    const link = new URL(await freshLink());
    expect([link.search, link.pathname]).toEqual(['', '/sign-in']);
    expect(link.hash).toMatch(/^#code=[\w-]{43}$/);
  });

  test('data.md: the cookie is HttpOnly, SameSite=Strict, and named after the host', async () => {
    const { response } = await signIn(host.url, await freshLink());
    const { host: facts } = await host.owner.call('me', {});
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(new RegExp(`^otherthing-${facts.id}=[\\w-]{43}; `));
    for (const flag of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(flag);
  });

  test('S2: guesses at codes are bounded per address', async () => {
    const guesser = await startTestHost();
    try {
      const guess = () => signIn(guesser.url, `${guesser.url}/sign-in#code=wrong`);
      const answers = await Promise.all(Array.from({ length: 30 }, guess));
      const statuses = answers.map(({ response }) => response.status);
      expect([
        statuses.filter((status) => status === 401).length,
        statuses.filter((status) => status === 429).length,
      ]).toEqual([10, 20]);
    } finally {
      await guesser.stop();
      guesser.remove();
    }
  });

  test('signing out ends the session and its sockets at once', async () => {
    const { cookie } = await signIn(host.url, await freshLink());
    const headers = { cookie, origin: host.url };
    const { ticket } = (await (await fetch(`${host.url}/api/v1/tickets`, { method: 'POST', headers })).json()) as {
      ticket: string;
    };
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/live?ticket=${ticket}`);
    await new Promise((resolve) => socket.once('message', resolve));
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    expect((await fetch(`${host.url}/api/v1/sign-out`, { method: 'POST', headers })).status).toBe(204);
    expect(await closed).toBe(4006);
    expect((await fetch(`${host.url}/api/v1/me`, { headers })).status).toBe(401);
  });
});

describe('origins and names', () => {
  test('data.md: an unknown Host header is refused (DNS rebinding), on requests and sockets', async () => {
    const headers = { host: 'evil.example', authorization: `Bearer ${host.adminToken}` };
    expect(await raw('/api/v1/me', { headers })).toMatchObject({ status: 421, code: 'wrong_host' });
    expect(await raw('/healthz', { headers })).toMatchObject({ status: 421 });
    const upgrade = {
      ...headers,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'sec-websocket-version': '13',
    };
    expect(await raw('/ws/node', { headers: upgrade })).toMatchObject({ status: 421, code: 'wrong_host' });
  });

  test('S2: another site changes nothing, whatever it brings; nor does a cookie without an origin', async () => {
    const { cookie } = await signIn(host.url, await freshLink());
    const post = (headers: Record<string, string>) =>
      raw('/api/v1/workspaces', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: '{"name":"x"}',
      });
    const bearer = { authorization: `Bearer ${host.adminToken}` };
    expect(await post({ cookie, origin: 'http://evil.example' })).toMatchObject({ status: 403, code: 'wrong_origin' });
    expect(await post({ ...bearer, origin: 'http://evil.example' })).toMatchObject({
      status: 403,
      code: 'wrong_origin',
    });
    expect(await post({ cookie, origin: 'null' })).toMatchObject({ status: 403, code: 'wrong_origin' });
    expect(await post({ cookie, origin: 'http://127.0.0.1:1' })).toMatchObject({ status: 403, code: 'wrong_origin' });
    expect(await post({ cookie })).toMatchObject({ status: 403, code: 'wrong_origin' });
    expect(await post({ cookie, origin: host.url })).toMatchObject({ status: 201 });
    expect(await post(bearer)).toMatchObject({ status: 201 });
  });

  test('S2: a socket from another site is refused; from our window or from a program it opens', async () => {
    const open = async (origin: string | undefined) => {
      const { ticket } = await host.owner.call('createTicket', {});
      return new Promise<number>((resolve) => {
        const socket = new WebSocket(
          `${host.url.replace('http', 'ws')}/ws/live?ticket=${ticket}`,
          origin === undefined ? {} : { origin },
        );
        socket.on('error', () => undefined);
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.on('open', () => {
          resolve(101);
          socket.close();
        });
      });
    };
    expect(await open('http://evil.example')).toBe(403);
    expect([await open('app://otherthing'), await open(undefined), await open(host.url)]).toEqual([101, 101, 101]);
  });

  test('data.md: CORS is for app://otherthing alone, with bearer, never with cookies', async () => {
    const preflight = (origin: string) =>
      raw('/api/v1/workspaces', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const ours = await preflight('app://otherthing');
    expect(ours.status).toBe(204);
    expect(ours.headers).toMatchObject({ 'access-control-allow-origin': 'app://otherthing' });
    expect(ours.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(await preflight('http://evil.example')).toMatchObject({ status: 403, code: 'wrong_origin' });
    const { cookie } = await signIn(host.url, await freshLink());
    expect(await raw('/api/v1/me', { headers: { cookie, origin: 'app://otherthing' } })).toMatchObject({ status: 401 });
    const answer = await raw('/api/v1/me', {
      headers: { authorization: `Bearer ${host.adminToken}`, origin: 'app://otherthing' },
    });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'app://otherthing',
      vary: expect.stringContaining('Origin'),
    });
    const foreign = await raw('/api/v1/me', {
      headers: { authorization: `Bearer ${host.adminToken}`, origin: 'http://evil.example' },
    });
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('what ends with a right (S15)', () => {
  test('S15: a removed member is out of documents and live events at once, and cannot come back', async () => {
    const bo = await addPerson(host, host.owner, workspaceId, 'bo', 'member');
    const flow = await host.owner.call('createFlow', { params: { id: workspaceId }, body: { file: inlineFlow() } });
    const editor = await openEditor({ url: host.url, client: bo.client }, flow.id);
    const { ticket } = await bo.client.call('createTicket', {});
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/live?ticket=${ticket}`);
    await new Promise((resolve) => socket.once('message', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await vi.waitFor(async () => {
      const { flow: seen } = await host.owner.call('getFlow', { params: { id: flow.id } });
      expect(seen.editing).toEqual([{ userId: bo.userId, name: 'bo' }]);
    });
    await host.owner.call('removeMember', { params: { id: workspaceId, userId: bo.userId } });
    await closed;
    editor.set('too-late', true);
    // In no workspace any more: what they signed in with has ended too.
    await expect(bo.client.call('getFlow', { params: { id: flow.id } })).rejects.toMatchObject({
      code: 'not_signed_in',
    });
    await vi.waitFor(async () => {
      const { flow: seen, file } = await host.owner.call('getFlow', { params: { id: flow.id } });
      expect([seen.editing, file.settings]).toEqual([[], {}]);
    });
    editor.close();
  });

  test('S2: a revoked token is worth nothing at once', async () => {
    const { token, secret } = await host.owner.call('createToken', { body: { name: 'short' } });
    const headers = { authorization: `Bearer ${secret}` };
    expect((await fetch(`${host.url}/api/v1/me`, { headers })).status).toBe(200);
    await host.owner.call('deleteToken', { params: { id: token.id } });
    expect((await fetch(`${host.url}/api/v1/me`, { headers })).status).toBe(401);
  });

  test('S1: nobody gives more than they hold, over REST', async () => {
    const admin = await addPerson(host, host.owner, workspaceId, 'ad', 'admin');
    const add = admin.client.call('addMember', { params: { id: workspaceId }, body: { name: 'x', role: 'owner' } });
    await expect(add).rejects.toMatchObject({ code: 'forbidden' });
  });
});
