import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface CopyProgress {
  phase: 'copies' | 'compares';
  bytes: number;
  ofBytes: number;
}

/** The bytes that were read back are not those that were written. */
export class CopyDiffersError extends Error {
  constructor(file: string) {
    super(`What was written to ${file} cannot be read back as it was`);
    this.name = 'CopyDiffersError';
  }
}

/**
 * Copies every file of a folder into another, syncs each to the disk, then reads all copies again and compares their SHA-256
 * with what was read at first. `to` is made; what else lies in it stays. Rejects when aborted, when the disk is full, and with
 * `CopyDiffersError`; what was copied until then stays, and whoever asked removes it.
 */
export async function copyFolder(
  from: string,
  to: string,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: CopyProgress) => void },
): Promise<void> {
  const files = await filesIn(from);
  const ofBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytes = 0;
  const count = (phase: CopyProgress['phase']) => (more: number) => {
    bytes += more;
    onProgress({ phase, bytes, ofBytes });
  };
  const hashes = new Map<string, string>();
  for (const { path } of files) {
    hashes.set(path, await copyFile(join(from, path), join(to, path), signal, count('copies')));
  }
  bytes = 0;
  onProgress({ phase: 'compares', bytes, ofBytes });
  for (const [path, hash] of hashes) {
    if ((await hashOf(join(to, path), signal, count('compares'))) !== hash) throw new CopyDiffersError(join(to, path));
  }
}

async function filesIn(folder: string): Promise<{ path: string; bytes: number }[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { path: relative(folder, path), bytes: (await stat(path)).size };
    }),
  );
}

async function copyFile(
  from: string,
  to: string,
  signal: AbortSignal,
  count: (bytes: number) => void,
): Promise<string> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  const read = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      count(chunk.length);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(from), read, createWriteStream(to, { mode: 0o600, flush: true }), { signal });
  return hash.digest('hex');
}

async function hashOf(path: string, signal: AbortSignal, count: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    count(chunk.length);
  }
  return hash.digest('hex');
}
