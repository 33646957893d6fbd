import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { BlobStore } from '../services.ts';
import { createTurns } from '../turns.ts';

/** A blob as it lies there; `touchedAt` is when it was last put, in milliseconds. */
export interface StoredBlob {
  sha256: string;
  size: number;
  touchedAt: number;
}

/** What the sweep and the backup do with blobs, beside what everybody does. */
export interface BlobFolder extends BlobStore {
  /** What lies under hashes that begin with these two hexadecimal digits. */
  bucket(digits: string): Promise<StoredBlob[]>;
  /** Removes a blob, unless somebody has put the same content since it was seen. */
  removeUntouched(blob: StoredBlob): Promise<boolean>;
  pathOf(sha256: string): string;
}

/**
 * Blobs on the disk of the host:
 *
 *     <folder>/ab/abcdef…   content under its SHA-256
 *     <folder>/tmp/…        on its way in; emptied at every start
 *
 * `name` makes names for temporary files that are never given twice.
 */
export async function openBlobStore(folder: string, name: () => string): Promise<BlobFolder> {
  const coming = join(folder, 'tmp');
  await rm(coming, { recursive: true, force: true });
  await mkdir(coming, { recursive: true });
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);
  /** Putting and removing the same content take turns, so that what has just been put is not removed. */
  const turns = createTurns();

  const size = async (sha256: string): Promise<number | null> => {
    if (!isHash.test(sha256)) return null;
    return (await look(sha256))?.size ?? null;
  };
  const look = async (sha256: string): Promise<StoredBlob | null> => {
    const found = await stat(pathOf(sha256)).catch(absent);
    return found === null ? null : { sha256, size: found.size, touchedAt: found.mtimeMs };
  };

  return {
    async put(content, { maxBytes, expected }) {
      const temporary = join(coming, name());
      try {
        const written = await write(temporary, content, maxBytes);
        if (expected !== undefined && expected !== written.sha256) throw new AppError('blob_mismatch');
        await turns.take(written.sha256, async () => {
          const place = pathOf(written.sha256);
          if ((await size(written.sha256)) === null) await settle(temporary, place);
          else await touch(place);
        });
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
    remove: (sha256) => turns.take(sha256, () => rm(pathOf(sha256), { force: true })),
    pathOf,

    async bucket(digits) {
      const names = await readdir(join(folder, digits)).catch(() => []);
      const found = await Promise.all(names.filter((sha256) => isHash.test(sha256)).map((sha256) => look(sha256)));
      return found.filter((blob) => blob !== null);
    },

    removeUntouched: (blob) =>
      turns.take(blob.sha256, async () => {
        if ((await look(blob.sha256))?.touchedAt !== blob.touchedAt) return false;
        await rm(pathOf(blob.sha256), { force: true });
        return true;
      }),
  };
}

const digits = '0123456789abcdef';
/** The folders in which blobs lie. */
export const blobBuckets: readonly string[] = [...digits].flatMap((first) =>
  [...digits].map((second) => first + second),
);

const isHash = /^[0-9a-f]{64}$/;

/** Content that is put again is as good as new. */
async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now);
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
