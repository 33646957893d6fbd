import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { BlobStore } from '../services.ts';

/**
 * Blobs on the disk of the host:
 *
 *     <folder>/ab/abcdef…   content under its SHA-256
 *     <folder>/tmp/…        on its way in; emptied at every start
 *
 * `name` makes names for temporary files that are never given twice.
 */
export async function openBlobStore(folder: string, name: () => string): Promise<BlobStore> {
  const coming = join(folder, 'tmp');
  await rm(coming, { recursive: true, force: true });
  await mkdir(coming, { recursive: true });
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);

  const size = async (sha256: string): Promise<number | null> => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
    const found = await stat(pathOf(sha256)).catch(absent);
    return found?.size ?? null;
  };

  return {
    async put(content, { maxBytes, expected }) {
      const temporary = join(coming, name());
      try {
        const written = await write(temporary, content, maxBytes);
        if (expected !== undefined && expected !== written.sha256) throw new AppError('blob_mismatch');
        if ((await size(written.sha256)) === null) await settle(temporary, pathOf(written.sha256));
        return written;
      } catch (error) {
        throw isFull(error) ? new AppError('disk_full', undefined, { cause: error }) : error;
      } finally {
        await rm(temporary, { force: true });
      }
    },

    async open(sha256, range) {
      const bytes = await size(sha256);
      return bytes === null ? null : { size: bytes, stream: createReadStream(pathOf(sha256), range) };
    },

    size,
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
  };
}

/** Writes and syncs; counts and hashes on the way. */
async function write(path: string, content: AsyncIterable<Uint8Array>, maxBytes: number) {
  const hash = createHash('sha256');
  let size = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of content) {
      size += chunk.byteLength;
      if (size > maxBytes) throw new AppError('body_too_large', `More than ${maxBytes} bytes`);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), size };
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < chunk.byteLength) offset += (await file.write(chunk, offset)).bytesWritten;
}

/** Moves a synced file to its place, and syncs the folder so that the name survives a power cut too. */
async function settle(temporary: string, place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  await rename(temporary, place);
  if (process.platform === 'win32') return;
  const folder = await open(dirname(place), 'r');
  await folder.sync().finally(() => folder.close());
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
