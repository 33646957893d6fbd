import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutorError } from '../executors/executor.ts';
import { openBlobCache } from './cache.ts';
import { downloadBlob, uploadBlob } from './transfer.ts';

const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest('hex');
const never = new AbortController().signal;
const quick = { signal: never, waits: [1, 1, 1] };

let folder: string;
let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: { method: string; path: string; range: string | undefined }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-blobs-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push({ method: request.method ?? '', path: request.url ?? '', range: request.headers.range });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const source = () => ({ url, ticket: 'ticket-1', sha256 });
const codeOf = (error: unknown) => (error as ExecutorError).code;

/** Serves the content with ranges, and breaks the connection after `cut` bytes of it, `times` times. */
function breaking(cut: number, times: number) {
  let broken = 0;
  return (request: IncomingMessage, response: ServerResponse) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= content.length) return void response.writeHead(416).end();
    const part = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length });
    if (broken++ < times) response.write(part.subarray(0, cut), () => setImmediate(() => response.destroy()));
    else response.end(part);
  };
}

describe('downloadBlob', () => {
  it('N12: fetches with the ticket of the attempt and checks the hash', async () => {
    answer = breaking(0, 0);
    await downloadBlob(source(), join(folder, 'a'), quick);
    expect(await readFile(join(folder, 'a'))).toEqual(content);
    expect(asked).toEqual([{ method: 'GET', path: `/api/v1/blobs/${sha256}?ticket=ticket-1`, range: undefined }]);
  });

  it('goes on where a broken connection left it', async () => {
    answer = breaking(100_000, 2);
    await downloadBlob(source(), join(folder, 'a'), quick);
    expect(await readFile(join(folder, 'a'))).toEqual(content);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.at(-1)?.range).toMatch(/^bytes=\d+-$/);
  });

  it('never keeps content with another hash', async () => {
    answer = (_request, response) => void response.end('something else');
    expect(await downloadBlob(source(), join(folder, 'a'), quick).catch(codeOf)).toBe('blob_mismatch');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    [404, 'blob_missing', 'job', 1],
    [401, 'blob_refused', 'node', 1],
    [503, 'blob_unavailable', 'node', 4],
  ])('a host that answers %d is %s, the fault of the %s, after %d tries', async (status, code, fault, tries) => {
    answer = (_request, response) => void response.writeHead(status).end();
    const error = await downloadBlob(source(), join(folder, 'a'), quick).catch((thrown: ExecutorError) => thrown);
    expect(error).toMatchObject({ code, fault });
    expect(asked).toHaveLength(tries);
  });

  it('J3: stops when the attempt is cancelled', async () => {
    const stop = new AbortController();
    answer = () => stop.abort();
    await expect(downloadBlob(source(), join(folder, 'a'), { signal: stop.signal, waits: [60_000] })).rejects.toThrow();
  });
});

describe('uploadBlob', () => {
  it('N12: delivers a large result with the ticket', async () => {
    await writeFile(join(folder, 'result'), content);
    let received = Buffer.alloc(0);
    answer = async (request, response) => {
      for await (const bytes of request) received = Buffer.concat([received, bytes as Buffer]);
      response.writeHead(204).end();
    };
    await uploadBlob(source(), join(folder, 'result'), quick);
    expect(received.equals(content)).toBe(true);
    expect(asked[0]).toMatchObject({ method: 'PUT', path: `/api/v1/blobs/${sha256}?ticket=ticket-1` });
  });

  it('tells a refusal from a host that is away', async () => {
    await writeFile(join(folder, 'result'), content);
    answer = (request, response) => {
      request.resume();
      response.writeHead(401).end();
    };
    expect(await uploadBlob(source(), join(folder, 'result'), quick).catch(codeOf)).toBe('blob_refused');
    const away = { ...source(), url: 'http://127.0.0.1:9' };
    expect(await uploadBlob(away, join(folder, 'result'), quick).catch(codeOf)).toBe('blob_unavailable');
  });
});

describe('the cache', () => {
  const other = Buffer.from('other content');
  const otherSha = createHash('sha256').update(other).digest('hex');
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    void response.end(request.url?.includes(otherSha) ? other : content);

  it('fetches a content once, for several attempts at once too', async () => {
    answer = serve;
    const cache = await openBlobCache(join(folder, 'cache'), 1e9);
    const opened = await Promise.all([1, 2, 3].map(() => cache.open(source(), never)));
    expect(new Set(opened.map(({ path }) => path)).size).toBe(1);
    expect(asked).toHaveLength(1);
  });

  it('an attempt that is cancelled does not take the file from another that waits for it', async () => {
    answer = (request, response) => setTimeout(() => serve(request, response), 50);
    const cache = await openBlobCache(join(folder, 'cache'), 1e9);
    const stop = new AbortController();
    const first = cache.open(source(), stop.signal).catch(codeOf);
    const second = cache.open(source(), never);
    await expect.poll(() => asked.length).toBe(1);
    stop.abort();
    await first;
    expect(await readFile((await second).path)).toEqual(content);
  });

  it('S10: keeps to its size, drops the longest unused, and nothing that is in use', async () => {
    answer = serve;
    let time = 1;
    const cache = await openBlobCache(join(folder, 'cache'), 1_000, () => time++);
    const large = await cache.open(source(), never);
    const small = await cache.open({ ...source(), sha256: otherSha }, never);
    expect((await readdir(join(folder, 'cache'))).sort()).toEqual([sha256, otherSha].sort());
    small.release();
    large.release();
    await expect.poll(async () => (await readdir(join(folder, 'cache'))).includes(sha256)).toBe(false);
  });

  it('keeps what an earlier life finished, not what it began', async () => {
    answer = serve;
    await (await openBlobCache(join(folder, 'cache'), 1e9)).open(source(), never);
    await writeFile(join(folder, 'cache', `${otherSha}.part`), 'half');
    const cache = await openBlobCache(join(folder, 'cache'), 1e9);
    expect(await readdir(join(folder, 'cache'))).toEqual([sha256]);
    await cache.open(source(), never);
    expect(asked).toHaveLength(1);
  });
});
