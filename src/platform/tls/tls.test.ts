import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ownCertificate, ownCertificatePaths, readCertificate } from './certificate-files.ts';
import { lookAtHost } from './look-at-host.ts';
import { decidePin } from './pin.ts';
import { pinnedAgent } from './pinned-agent.ts';
import { makeSelfSigned } from './self-signed.ts';

const now = Date.UTC(2026, 10, 22);
const [a, b] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];

describe('a certificate of our own', () => {
  test('S4: is a P-256 certificate for the names and addresses, for years, signed by itself', () => {
    const names = ['localhost', 'box.example', '127.0.0.1', '::1', '2001:db8::10', '192.168.0.20'];
    const parsed = new X509Certificate(makeSelfSigned(names, now).certificate);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
    expect(names.filter((name) => !parsed.checkHost(name) && !parsed.checkIP(name))).toEqual([]);
    expect(parsed.checkHost('evil.example')).toBeUndefined();
    expect(parsed.ca).toBe(false);
    expect(parsed.validFromDate.getTime()).toBeLessThan(now);
    expect(parsed.validToDate.getUTCFullYear()).toBe(2046);
  });

  test('S4: a validity beyond 2049 is written in the longer form', () => {
    const parsed = new X509Certificate(makeSelfSigned(['localhost'], Date.UTC(2035, 0, 1)).certificate);
    expect(parsed.validToDate.getUTCFullYear()).toBe(2054);
  });

  test('S4: every address and name can stand in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const parsed = new X509Certificate(makeSelfSigned([address], now).certificate);
        expect(parsed.checkIP(address)).toBeDefined();
      }),
      { numRuns: 30 },
    );
  });
});

describe('the certificate in the data folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'otherthing-tls-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('S4: is made once, and its key is for its owner alone', async () => {
    const first = await ownCertificate(folder, 'Box', now);
    const second = await ownCertificate(folder, 'another', now + 1);
    expect(second).toEqual(first);
    const { keyFile, certFile } = ownCertificatePaths(folder);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(first.facts.selfSigned).toBe(true);
    const shown = new X509Certificate(await readFile(certFile)).fingerprint256.replaceAll(':', '').toLowerCase();
    expect(first.facts.fingerprint).toBe(`sha256:${shown}`);
  });

  test('S4: a key of another certificate is refused in words', async () => {
    await ownCertificate(folder, 'box', now);
    const other = join(folder, 'other');
    await ownCertificate(other, 'box', now);
    const mixed = {
      certFile: ownCertificatePaths(folder).certFile,
      keyFile: ownCertificatePaths(other).keyFile,
    };
    await expect(readCertificate(mixed)).rejects.toThrow(/does not belong/);
  });
});

describe('which certificate is taken', () => {
  const shown = (fingerprint: string, trusted = false) => ({ fingerprint, trusted });
  test('S4: what was given or is known must be shown', () => {
    expect(decidePin({ given: a, known: null, shown: shown(a) })).toEqual({ verdict: 'connect', pin: a, keep: true });
    expect(decidePin({ given: null, known: a, shown: shown(a) })).toEqual({ verdict: 'connect', pin: a, keep: false });
    expect(decidePin({ given: a, known: null, shown: shown(b) })).toEqual({ verdict: 'refuse', expected: a, shown: b });
    expect(decidePin({ given: null, known: a, shown: shown(b) })).toEqual({ verdict: 'refuse', expected: a, shown: b });
  });
  test('S4: a changed certificate is refused even when an authority vouches for it', () => {
    expect(decidePin({ given: null, known: a, shown: shown(b, true) })?.verdict).toBe('refuse');
  });
  test('S4: what is given replaces what was known', () => {
    expect(decidePin({ given: b, known: a, shown: shown(b) })).toEqual({ verdict: 'connect', pin: b, keep: true });
  });
  test('S4: unknown and unvouched is asked, vouched is taken without a pin', () => {
    expect(decidePin({ given: null, known: null, shown: shown(a) })).toEqual({ verdict: 'ask', fingerprint: a });
    expect(decidePin({ given: null, known: null, shown: shown(a, true) })).toMatchObject({ pin: null, keep: false });
  });
  test('a host that is away is waited for where it is known, and not guessed at otherwise', () => {
    expect(decidePin({ given: null, known: a, shown: null })).toMatchObject({ verdict: 'connect', pin: a });
    expect(decidePin({ given: null, known: null, shown: null })).toBeNull();
  });
});

describe('a pinned connection', () => {
  const made = makeSelfSigned(['localhost', '127.0.0.1'], Date.now());
  let url: string;
  let fingerprint: string;
  let asked: number;
  let close: () => void;
  beforeEach(async () => {
    asked = 0;
    const server = createServer({ cert: made.certificate, key: made.key }, (_request, response) => {
      asked += 1;
      response.end('hello');
    });
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      asked += 1;
      socket.send('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    ({ fingerprint } = await lookAtHost(url));
    close = () => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      server.close();
    };
  });
  afterEach(() => close());

  const get = (agent: ReturnType<typeof pinnedAgent>) =>
    new Promise<string>((resolve, reject) => {
      request(url, { agent }, (response) => {
        response.setEncoding('utf8').on('data', resolve);
      })
        .on('error', reject)
        .end();
    });
  const open = (agent: ReturnType<typeof pinnedAgent>) =>
    new Promise<string>((resolve, reject) => {
      const socket = new WebSocket(url.replace('https', 'wss'), { agent });
      socket.on('message', (data) => resolve(String(data)));
      socket.on('error', reject);
    });

  test('S4: goes to the certificate with this fingerprint, over HTTP and sockets, again and again', async () => {
    const agent = pinnedAgent(fingerprint, { keepAlive: true });
    expect(await Promise.all([get(agent), get(agent), open(agent)])).toEqual(['hello', 'hello', 'hello']);
    expect(await get(agent)).toBe('hello');
    agent.destroy();
  });

  test('S4: refuses any other before anything is sent, and says both fingerprints', async () => {
    const wrong = pinnedAgent(a);
    await expect(get(wrong)).rejects.toMatchObject({ code: 'certificate_changed' });
    await expect(open(wrong)).rejects.toThrow(/AAAA AAAA/);
    expect(asked).toBe(0);
  });

  test('S4: nobody vouches for it', async () => {
    expect(await lookAtHost(url)).toEqual({ fingerprint, trusted: false });
  });
});
