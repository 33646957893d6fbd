import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as plainRequest } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../shared/errors.ts';
import { fingerprintOf } from '../tls/certificate-files.ts';
import { makeSelfSigned } from '../tls/self-signed.ts';
import { type Relay, startRelay } from './relay.ts';

const pageOrigin = 'app://otherthing';
const identity = makeSelfSigned(['127.0.0.1'], Date.now());
const print = fingerprintOf(new X509Certificate(identity.certificate).raw);

let host: Server;
let relay: Relay;
let seen: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string }[];
let reached: (string | AppError)[];
let reply: (response: ServerResponse) => void;

const origin = () => `https://127.0.0.1:${(host.address() as AddressInfo).port}`;
const open = (fingerprint: string) =>
  startRelay({
    ...{ origin: origin(), fingerprint, token: 'the-persons-own', pageOrigin },
    onReached: (how) => reached.push(how),
  });

beforeEach(async () => {
  [seen, reached] = [[], []];
  reply = (response) => response.end('{}');
  host = createServer({ cert: identity.certificate, key: identity.key }, async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    reply(response);
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  relay = await open(print);
});
afterEach(async () => {
  await relay.stop();
  host.closeAllConnections();
  await new Promise((resolve) => host.close(resolve));
});

const asWindow = (path: string, init: RequestInit = {}) =>
  fetch(relay.url + path, {
    ...init,
    headers: { authorization: `Bearer ${relay.bearer}`, origin: pageOrigin, ...init.headers },
  });

describe('the relay to a host', () => {
  test('S4: passes calls on with the person’s own token, which the window never sees', async () => {
    reply = (response) =>
      response
        .writeHead(201, { 'x-live-position': 'a.1', 'set-cookie': 'a=b', 'access-control-allow-origin': pageOrigin })
        .end('{"ok":true}');
    const answer = await asWindow('/api/v1/flows?x=1', { method: 'POST', body: 'a body', headers: { cookie: 'c=d' } });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ ok: true });
    expect(answer.headers.get('x-live-position')).toBe('a.1');
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(seen).toMatchObject([{ method: 'POST', url: '/api/v1/flows?x=1', body: 'a body' }]);
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer the-persons-own', origin: pageOrigin });
    expect(seen[0]?.headers['host']).toBe(new URL(origin()).host);
    expect(seen[0]?.headers['cookie']).toBeUndefined();
    expect(reached).toEqual(['answered']);
  });

  test('a stream comes as it is sent, and ends at the host when the window leaves', async () => {
    const left = Promise.withResolvers<void>();
    reply = (response) => {
      response.write('one');
      response.once('close', () => left.resolve());
    };
    const leave = new AbortController();
    const answer = await asWindow('/api/v1/stream', { signal: leave.signal });
    const first = await answer.body?.getReader().read();
    expect(Buffer.from(first?.value ?? []).toString()).toBe('one');
    leave.abort();
    await left.promise;
  });

  test.each([
    ['without a token', '/api/v1/me', { authorization: '' }, 401],
    ['with another token', '/api/v1/me', { authorization: 'Bearer guessed' }, 401],
    ['from another page', '/api/v1/me', { origin: 'https://evil.example' }, 403],
    ['for a page of the host', '/', {}, 404],
    ['beside the API', '/api/v1/../../metrics', {}, 404],
  ])('S3: a call %s is refused and never reaches the host', async (_what, path, headers, status) => {
    expect((await rawStatus(path, headers)).status).toBe(status);
    expect(seen).toEqual([]);
  });

  test('S3: another name for 127.0.0.1 is refused (DNS rebinding)', async () => {
    expect((await rawStatus('/api/v1/me', { host: 'evil.example' })).status).toBe(421);
    expect(seen).toEqual([]);
  });

  test('S4: a host that shows another certificate gets nothing, and the window is told in words', async () => {
    await relay.stop();
    relay = await open(`sha256:${'0'.repeat(64)}`);
    const answer = await asWindow('/api/v1/me');
    expect(answer.status).toBe(421);
    expect(await answer.json()).toMatchObject({ code: 'certificate_changed' });
    expect(answer.headers.get('access-control-allow-origin')).toBe(pageOrigin);
    expect(seen).toEqual([]);
    // By 421 a client may ask once more, on another connection.
    expect(new Set(reached.map((how) => (how instanceof AppError ? how.code : how)))).toEqual(
      new Set(['certificate_changed']),
    );
  });

  test('a host that is away is said to be, and is reached again when it is back', async () => {
    const { port } = new URL(origin());
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    const away = await asWindow('/api/v1/me');
    expect(await away.json()).toMatchObject({ code: 'host_away' });
    await new Promise<void>((resolve) => host.listen(Number(port), '127.0.0.1', resolve));
    expect((await asWindow('/api/v1/me')).status).toBe(200);
    expect(reached).toMatchObject([{ code: 'host_away' }, 'answered']);
  });

  test('a token that the host does not know any more is noticed', async () => {
    reply = (response) => response.writeHead(401).end('{}');
    expect((await asWindow('/api/v1/me')).status).toBe(401);
    expect(reached).toEqual(['not-known']);
  });

  test('sockets pass in both directions, with the ticket that they bring, and end together', async () => {
    const sockets = new WebSocketServer({ server: host, path: '/ws/live' });
    const ended = Promise.withResolvers<string>();
    sockets.on('connection', (socket, request) => {
      socket.on('message', (data) => socket.send(`${request.url} ${String(data)}`));
      socket.on('close', () => ended.resolve(request.headers.origin ?? ''));
    });
    const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/ws/live?ticket=t`, { origin: pageOrigin });
    await new Promise((resolve) => socket.once('open', resolve));
    const echoed = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
    socket.send('hello');
    expect(await echoed).toBe('/ws/live?ticket=t hello');
    socket.close();
    expect(await ended.promise).toBe(pageOrigin);
  });

  test('S3: a socket of another page is refused', async () => {
    const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/ws/live?ticket=t`, {
      origin: 'https://evil.example',
    });
    const refused = await new Promise<Error>((resolve) => socket.once('error', resolve));
    expect(refused.message).toContain('403');
    expect(seen).toEqual([]);
  });
});

/** fetch would tidy the path and set the name itself. */
function rawStatus(path: string, headers: Record<string, string>): Promise<{ status: number | undefined }> {
  const all = { authorization: `Bearer ${relay.bearer}`, origin: pageOrigin, ...headers };
  return new Promise((resolve, reject) => {
    const { port } = new URL(relay.url);
    const sent = plainRequest({ host: '127.0.0.1', port, path, headers: all }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode });
    });
    sent.once('error', reject).end();
  });
}
