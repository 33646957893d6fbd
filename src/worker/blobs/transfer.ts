import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { type Agent, request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExecutorError } from '../executors/executor.ts';

/** Where a blob is, and what opens it: the ticket of the attempt (data.md). */
export interface BlobSource {
  /** Origin of the host. */
  url: string;
  ticket: string;
  sha256: string;
  /** Takes only the pinned certificate of the host (S4). */
  agent?: Agent | undefined;
}

export interface TransferOptions {
  signal: AbortSignal;
  /** Waits between tries, in milliseconds; as many tries more as there are waits. */
  waits?: readonly number[];
}

const defaultWaits = [200, 500, 1_000, 2_000, 4_000, 8_000, 16_000];
/** A transfer that moves nothing for this long is begun again. */
const stalledMs = 20_000;

/**
 * Downloads a blob to `path`. What came before a connection broke is kept in `<path>.part` and gone on from there
 * (Range); the finished file has the right hash or the download fails with `blob_mismatch`.
 */
export async function downloadBlob(source: BlobSource, path: string, options: TransferOptions): Promise<void> {
  const part = `${path}.part`;
  await persevere(options, async () => {
    const have = await stat(part).then(
      (found) => found.size,
      () => 0,
    );
    await fetchInto(source, part, have, options.signal);
    if ((await hashOf(part)) === source.sha256) return rename(part, path);
    await rm(part, { force: true });
    throw new ExecutorError(
      'blob_mismatch',
      'The content that came does not have the hash it was announced with',
      'node',
    );
  });
}

/** Delivers a file as a blob. */
export async function uploadBlob(source: BlobSource, path: string, options: TransferOptions): Promise<void> {
  await persevere(options, async () => {
    const { size } = await stat(path);
    await new Promise<void>((resolve, reject) => {
      const request = open(
        source,
        'PUT',
        { 'content-type': 'application/octet-stream', 'content-length': size },
        options.signal,
      );
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume();
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(refusal(status));
      });
      const content = createReadStream(path);
      content.on('error', reject);
      content.pipe(request);
    });
  });
}

function fetchInto(source: BlobSource, part: string, have: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = open(source, 'GET', have > 0 ? { range: `bytes=${have}-` } : {}, signal);
    request.on('error', reject);
    request.on('response', (response) => {
      const status = response.statusCode ?? 0;
      // Nothing is left to fetch: what is there is whole, or not what it should be, and the hash tells which.
      if (status === 416) {
        response.resume();
        resolve();
        return;
      }
      if (status !== 200 && status !== 206) {
        response.resume();
        reject(refusal(status));
        return;
      }
      const file = createWriteStream(part, { flags: status === 206 ? 'a' : 'w', mode: 0o600 });
      pipeline(response, file).then(resolve, reject);
    });
    request.end();
  });
}

function open(
  source: BlobSource,
  method: 'GET' | 'PUT',
  headers: Record<string, string | number>,
  signal: AbortSignal,
) {
  const url = new URL(`/api/v1/blobs/${source.sha256}`, source.url);
  url.searchParams.set('ticket', source.ticket);
  const { agent } = source;
  const options = { method, headers, signal, ...(agent === undefined ? {} : { agent }) };
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, options);
  request.setTimeout(stalledMs, () => request.destroy(new Error('The transfer stalled')));
  return request;
}

/** Tries again after what may pass: a broken connection, a host that is overloaded or starting. */
async function persevere({ signal, waits = defaultWaits }: TransferOptions, once: () => Promise<void>): Promise<void> {
  for (const wait of [...waits, null]) {
    try {
      return await once();
    } catch (error) {
      const lasting =
        error instanceof ExecutorError && error.code !== 'blob_unavailable' && error.code !== 'blob_mismatch';
      if (lasting || wait === null || signal.aborted) throw told(error);
    }
    await sleep(wait, undefined, { signal });
  }
}

function told(error: unknown): ExecutorError {
  if (error instanceof ExecutorError) return error;
  const words = error instanceof Error ? error.message : String(error);
  return new ExecutorError('blob_unavailable', `The host could not be reached for a file: ${words}`, 'node', error);
}

function refusal(status: number): ExecutorError {
  if (status >= 500 || status === 429)
    return new ExecutorError('blob_unavailable', `The host answered ${status}`, 'node');
  if (status === 404) return new ExecutorError('blob_missing', 'The host no longer has this file', 'job');
  if (status === 413 || status === 507)
    return new ExecutorError('blob_too_large', 'The host has no room for this file', 'job');
  return new ExecutorError('blob_refused', `The host refused the transfer of a file (${status})`, 'node');
}

export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
