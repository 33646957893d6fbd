import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import type { Server } from 'node:https';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookAtHost } from '../../platform/tls/look-at-host.ts';
import { makeSelfSigned } from '../../platform/tls/self-signed.ts';
import { createMemoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { createManualTimers } from '../timers.ts';
import { createHosting, type HostingDeps, type HostingService } from './hosting.ts';

const quiet = { info: () => undefined, error: () => undefined };
const listen = { address: '127.0.0.1', port: 0 };
const settings = { enabled: true, ...listen, names: [] };

let folder: string;
let store: Store;
let running: HostingService[];
let attached: number;
let announced: Parameters<HostingDeps['announce']>[0][];
const timers = createManualTimers();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-hosting-'));
  store = createMemoryStore();
  [running, attached, announced] = [[], 0, []];
});
afterEach(async () => {
  await Promise.all(running.map((hosting) => hosting.stop()));
  await rm(folder, { recursive: true, force: true });
});

const attach = (server: Server) => {
  attached += 1;
  server.on('request', (_request, response) => response.end());
  return async () => {
    attached -= 1;
  };
};

const begin = async (start: HostingDeps['start'], startId = 'first') => {
  const hosting = await createHosting({
    ...{ store, timers, dataDir: folder, start, startId, attach, log: quiet },
    clock: { now: () => Date.now() },
    connected: async () => ({ nodes: [], people: [] }),
    version: '0.0.0-test',
    announce: async (what) => {
      announced.push(what);
      return async () => void announced.splice(announced.indexOf(what), 1);
    },
  });
  running.push(hosting);
  await hosting.open();
  return hosting;
};

const shown = async (hosting: HostingService) => (await lookAtHost(hosting.origins()[0] ?? '')).fingerprint;

test('S3: nothing listens until it is asked for', async () => {
  const hosting = await begin(undefined);
  expect(await hosting.get()).toMatchObject({ enabled: false, listening: null, certificate: null, origins: [] });
  expect(attached).toBe(0);
});

test('S3: what was switched on is kept; what the command line says is not', async () => {
  const first = await begin({ listen });
  expect(await first.get()).toMatchObject({ enabled: true, byCommandLine: true });
  expect(await (await begin(undefined, 'second')).get()).toMatchObject({ enabled: false });
  await first.put(settings);
  expect(await (await begin(undefined, 'third')).get()).toMatchObject({ enabled: true, byCommandLine: false });
});

test('S3: switched off by hand it stays off when the orchestrator is started anew under the same command line', async () => {
  const first = await begin({ listen });
  await first.put({ ...settings, enabled: false });
  expect(attached).toBe(0);
  expect(await (await begin({ listen }, 'first')).get()).toMatchObject({ enabled: false, listening: null });
  expect(await (await begin({ listen }, 'next')).get()).toMatchObject({ enabled: true, byCommandLine: true });
});

test('S4: the same certificate after every start', async () => {
  const [one, two] = [await begin({ listen }), await begin({ listen }, 'second')];
  expect(one.pin()).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect([await shown(one), await shown(two)]).toEqual([one.pin(), one.pin()]);
});

test('S4: a certificate in given files is served, and its successor without a start', async () => {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const renew = async (at: number) => {
    const made = makeSelfSigned(['localhost', '127.0.0.1'], Date.now());
    await Promise.all([writeFile(certFile, made.certificate), writeFile(keyFile, made.key)]);
    await utimes(certFile, at, at);
  };
  await renew(1_000);
  const hosting = await begin({ listen, certFile, keyFile });
  const before = await shown(hosting);
  await renew(2_000);
  timers.advance(30_000);
  await expect.poll(() => shown(hosting)).not.toBe(before);
  expect(await shown(hosting)).toBe(hosting.pin());
});

test('S4: a key that does not fit is said in words, and nothing listens', async () => {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await writeFile(certFile, makeSelfSigned(['localhost'], Date.now()).certificate);
  await writeFile(keyFile, makeSelfSigned(['localhost'], Date.now()).key);
  const hosting = await begin({ listen, certFile, keyFile });
  expect(await hosting.get()).toMatchObject({ listening: null, problem: expect.stringContaining('does not belong') });
});

test('S3: a port that is taken is said in words', async () => {
  const first = await begin({ listen });
  const port = (await first.get()).listening?.port ?? 0;
  const second = await begin({ listen: { ...listen, port } }, 'second');
  expect(await second.get()).toMatchObject({
    listening: null,
    problem: expect.stringContaining(`Port ${port} is taken`),
  });
});

test('S4: behind a proxy its name is the address, and links carry no pin', async () => {
  const hosting = await begin({ proxy: 'team.example' });
  expect(hosting.origins()).toEqual(['https://team.example']);
  expect(hosting.names()).toEqual(['team.example']);
  expect(hosting.pin()).toBeNull();
  expect(attached).toBe(0);
});

test('S4: it is announced while it is to be found and reached by others: name, fingerprint, version, port', async () => {
  const others = { ...settings, address: '0.0.0.0' };
  const hosting = await begin(undefined);
  await hosting.put({ ...others, findable: true });
  const { certificate, listening, announced: isAnnounced } = await hosting.get();
  expect(isAnnounced).toBe(true);
  expect(announced).toEqual([
    { name: hostname(), fingerprint: certificate?.fingerprint, version: '0.0.0-test', port: listening?.port },
  ]);
  await hosting.put({ ...others, port: listening?.port ?? 0, findable: false });
  expect(announced).toEqual([]);
  await hosting.put({ ...others, findable: true });
  expect(announced).toHaveLength(1);
  await hosting.put({ ...others, enabled: false, findable: true });
  expect(announced).toEqual([]);
  await hosting.put({ ...settings, findable: true });
  expect(announced).toEqual([]);
});

test('what was chosen about being found is kept; a network that takes no announcement ends nothing', async () => {
  await (await begin(undefined)).put({ ...settings, address: '0.0.0.0', findable: true });
  const hosting = await begin(undefined, 'second');
  expect((await hosting.get()).findable).toBe(true);
  const deaf = await createHosting({
    ...{ store, timers, dataDir: folder, start: undefined, startId: 'third', attach, log: quiet },
    ...{ clock: { now: () => Date.now() }, version: '0.0.0-test', connected: async () => ({ nodes: [], people: [] }) },
    announce: () => Promise.reject(new Error('no multicast')),
  });
  running.push(deaf);
  await deaf.open();
  expect(await deaf.get()).toMatchObject({ announced: false, findable: true, problem: null });
});
