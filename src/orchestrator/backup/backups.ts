/**
 * Copies of everything, made while everything goes on: the database at one moment, every blob that was there then, and the
 * collections of each workspace. The sweep holds still meanwhile, and a row is committed after its blobs are on the disk, so whatever the copy names is in it.
 *
 * Blobs never change, so they are linked, which takes no space; a backup that is moved to another disk holds copies. The
 * master key that seals provider keys and secrets is not in it (S5): whoever finds a backup cannot use them.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Value } from 'typebox/value';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { type Backup, BackupManifest, backupFiles } from '../../shared/model/backup.ts';
import { type BlobFolder, blobBuckets } from '../files/blobs.ts';
import type { Store } from '../store/store.ts';
import type { Collections } from '../vectors/collections.ts';

export interface Backups {
  /** Of daily ones the oldest go. Rejects `disk_full`; `conflict` where another one is being made, or the store lives in memory. */
  create(kind: 'asked' | 'daily'): Promise<Backup>;
  /** The latest first. */
  list(): Promise<Backup[]>;
  /** Whether the last daily one is a day old, and there is room for another. */
  isDue(): Promise<boolean>;
}

type Vectors = NonNullable<BackupManifest['vectors']>;

const day = 24 * 60 * 60_000;
const dailyKept = 3;
/** Larger databases and collections are backed up when somebody asks: copies of them take space that the host may not have. */
const largestDaily = 2 * 1024 ** 3;
const partial = '.partial';

export function createBackups(deps: {
  folder: string;
  store: Store;
  blobs: BlobFolder;
  collections: Pick<Collections, 'copyTo' | 'size'>;
  holdStill: <Value>(act: () => Promise<Value>) => Promise<Value>;
  clock: Clock;
  hostId: string;
  version: string;
}): Backups {
  const { folder, store, blobs, clock } = deps;
  let making = false;

  const fill = async (place: string): Promise<Omit<BackupManifest, 'createdAt' | 'vectors'>> => {
    if (store.copyTo === null) throw new AppError('conflict', 'This store cannot be backed up');
    const copy = join(place, backupFiles.database);
    const { schema } = await store.copyTo(copy);
    const linked = await linkBlobs(blobs, join(place, backupFiles.blobs));
    return {
      format: 'otherthing.backup/1',
      hostId: deps.hostId,
      version: deps.version,
      schema,
      database: await measured(copy),
      blobs: linked,
    };
  };

  /** Beside the sweep, which knows nothing of them: copies of large collections take their time. */
  const copyCollections = async (place: string): Promise<Vectors> => {
    const folder = join(place, backupFiles.vectors);
    const vectors: Vectors = [];
    for (const workspaceId of await deps.collections.copyTo(folder))
      vectors.push({ workspaceId, ...(await measured(join(folder, `${workspaceId}.db`))) });
    return vectors;
  };

  const make = async (kind: 'asked' | 'daily'): Promise<Backup> => {
    const createdAt = clock.now();
    const name = `${kind === 'daily' ? 'daily' : 'backup'}-${new Date(createdAt).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`;
    const [place, final] = [join(folder, name + partial), join(folder, name)];
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true, mode: 0o700 });
    try {
      const filled = await deps.holdStill(() => fill(place));
      const manifest: BackupManifest = { createdAt, ...filled, vectors: await copyCollections(place) };
      await writeSynced(join(place, backupFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`);
      await rename(place, final);
      return toBackup(folder, name, manifest);
    } catch (error) {
      await rm(place, { recursive: true, force: true });
      throw isFull(error) ? new AppError('disk_full', undefined, { cause: error }) : error;
    }
  };

  const list = async (): Promise<Backup[]> => {
    const names = await readdir(folder).catch(() => []);
    const found = await Promise.all(names.map((name) => readBackup(folder, name)));
    return found
      .filter((backup) => backup !== null)
      .sort((one, other) => other.manifest.createdAt - one.manifest.createdAt);
  };

  const dailies = async () => (await list()).filter(({ name }) => name.startsWith('daily-'));

  return {
    list,
    async create(kind) {
      if (making) throw new AppError('conflict', 'Another backup is being made');
      making = true;
      try {
        const backup = await make(kind);
        const over = kind === 'daily' ? (await dailies()).slice(dailyKept) : [];
        for (const { path } of over) await rm(path, { recursive: true, force: true });
        return backup;
      } finally {
        making = false;
      }
    },
    async isDue() {
      const newest = (await dailies())[0];
      if (store.copyTo === null || (newest !== undefined && newest.manifest.createdAt > clock.now() - day))
        return false;
      const database = await stat(join(dirname(folder), backupFiles.database)).catch(() => null);
      if (database === null) return false;
      const copied = database.size + (await deps.collections.size());
      const { bavail, bsize } = await statfs(dirname(folder));
      return copied <= largestDaily && bavail * bsize > 4 * copied;
    },
  };
}

async function linkBlobs(blobs: BlobFolder, into: string): Promise<BackupManifest['blobs']> {
  const total = { count: 0, bytes: 0 };
  for (const bucket of blobBuckets) {
    const stored = await blobs.bucket(bucket);
    if (stored.length > 0) await mkdir(join(into, bucket), { recursive: true });
    for (const { sha256, size } of stored) {
      await linkOrCopy(blobs.pathOf(sha256), join(into, bucket, sha256));
      total.count += 1;
      total.bytes += size;
    }
  }
  return total;
}

/** Some file systems have no links. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}

async function readBackup(folder: string, name: string): Promise<Backup | null> {
  if (name.endsWith(partial)) return null;
  const text = await readFile(join(folder, name, backupFiles.manifest), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const manifest: unknown = JSON.parse(text);
    return Value.Check(BackupManifest, manifest) ? toBackup(folder, name, manifest) : null;
  } catch {
    return null;
  }
}

function toBackup(folder: string, name: string, manifest: BackupManifest): Backup {
  const vectors = (manifest.vectors ?? []).reduce((sum, { size }) => sum + size, 0);
  const size = manifest.database.size + manifest.blobs.bytes + vectors;
  return { name, path: join(folder, name), size, manifest };
}

async function measured(path: string): Promise<{ size: number; sha256: string }> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return { size: (await stat(path)).size, sha256: hash.digest('hex') };
}

async function writeSynced(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
