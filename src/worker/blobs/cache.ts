import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobSource, downloadBlob } from './transfer.ts';

/** Contents that this node fetched, kept for the next job that needs them. */
export interface BlobCache {
  /**
   * The path of a blob's content, fetched when it is not here yet. It stays until `release` is called; then it may be
   * dropped to make room.
   */
  open(source: BlobSource, signal: AbortSignal): Promise<{ path: string; release(): void }>;
  /** Bytes that it holds. */
  bytes(): number;
  /** It may hold so many bytes from now on. */
  resize(maxBytes: number): void;
}

interface Kept {
  bytes: number;
  usedAt: number;
  users: number;
}

/** Opens the cache in a folder. It holds at most so many bytes beyond what is in use; the longest unused goes first. */
export async function openBlobCache(
  folder: string,
  initialBytes: number,
  now: () => number = Date.now,
): Promise<BlobCache> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let maxBytes = initialBytes;
  const kept = await readFolder(folder);
  const fetching = new Map<string, Promise<void>>();

  const fetch = async (source: BlobSource, path: string, signal: AbortSignal) => {
    await downloadBlob(source, path, { signal });
    kept.set(source.sha256, { bytes: (await stat(path)).size, usedAt: now(), users: 0 });
  };

  const fetchOnce = async (source: BlobSource, path: string, signal: AbortSignal): Promise<void> => {
    const other = fetching.get(source.sha256);
    if (other !== undefined) {
      await other.catch(() => undefined);
      return kept.has(source.sha256) ? undefined : fetchOnce(source, path, signal);
    }
    signal.throwIfAborted();
    const mine = fetch(source, path, signal).finally(() => fetching.delete(source.sha256));
    fetching.set(source.sha256, mine);
    await mine;
  };

  const held = () => [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  const makeRoom = async () => {
    let total = held();
    const idle = [...kept]
      .filter(([, blob]) => blob.users === 0)
      .sort(([, one], [, other]) => one.usedAt - other.usedAt);
    for (const [sha256, blob] of idle) {
      if (total <= maxBytes) return;
      kept.delete(sha256);
      total -= blob.bytes;
      await rm(join(folder, sha256), { force: true });
    }
  };

  const hold = (blob: Kept) => {
    let released = false;
    blob.users += 1;
    blob.usedAt = now();
    return () => {
      if (released) return;
      released = true;
      blob.users -= 1;
      blob.usedAt = now();
      void makeRoom();
    };
  };

  return {
    bytes: held,
    resize(next) {
      maxBytes = next;
      void makeRoom();
    },
    async open(source, signal) {
      const path = join(folder, source.sha256);
      for (;;) {
        const blob = kept.get(source.sha256);
        if (blob === undefined) {
          await fetchOnce(source, path, signal);
          continue;
        }
        const release = hold(blob);
        await utimes(path, new Date(now()), new Date(now())).catch(() => undefined);
        await makeRoom();
        return { path, release };
      }
    },
  };
}

/** What an earlier life left: finished files are kept (their hash was checked), begun ones are not. */
async function readFolder(folder: string): Promise<Map<string, Kept>> {
  const kept = new Map<string, Kept>();
  for (const name of await readdir(folder)) {
    if (!/^[0-9a-f]{64}$/.test(name)) {
      await rm(join(folder, name), { force: true });
      continue;
    }
    const { size, mtimeMs } = await stat(join(folder, name));
    kept.set(name, { bytes: size, usedAt: mtimeMs, users: 0 });
  }
  return kept;
}
