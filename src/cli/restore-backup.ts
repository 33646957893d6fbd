/**
 * Puts a backup into a data folder. Everything is checked against its hashes while it is copied; only then does it take the
 * place of what is there, which is set aside and never removed. A kill in between leaves a folder that no host begins on
 * before the restore has been repeated.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Value } from 'typebox/value';
import { dataFolderFiles, makePrivateFolder } from '../platform/data-folder.ts';
import { LockedError, takeLock } from '../platform/lock-file.ts';
import { BackupManifest, backupFiles } from '../shared/model/backup.ts';
import { CommandError } from './failure.ts';

export interface RestoreOptions {
  /** The folder of the backup. */
  from: string;
  dataDir: string;
  /** Whether what is there may be set aside. */
  replace: boolean;
  /** Milliseconds since 1970; names the folder into which that goes. */
  now: number;
}

export interface Restored {
  manifest: BackupManifest;
  /** Where the earlier database, blobs and collections are now; null where there were none. */
  aside: string | null;
}

/** A CommandError says what is wrong with the backup, or that the folder is in use or not empty. */
export async function restoreBackup({ from, dataDir, replace, now }: RestoreOptions): Promise<Restored> {
  const backup = resolve(from);
  const manifest = await readManifest(backup);
  await makePrivateFolder(dataDir);
  const lock = await takeLock(join(dataDir, dataFolderFiles.lock)).catch((error: unknown) => {
    if (!(error instanceof LockedError)) throw error;
    throw new CommandError(`A host runs on ${dataDir} (process ${error.pid}). Stop it first.`);
  });
  try {
    const present = await whatIsThere(dataDir);
    if (present.length > 0 && !replace) {
      throw new CommandError(`${dataDir} holds data. With --replace it is set aside, or choose another --data.`);
    }
    const coming = join(dataDir, dataFolderFiles.restoring);
    await rm(coming, { recursive: true, force: true });
    for (const name of [backupFiles.blobs, backupFiles.vectors])
      await mkdir(join(coming, name), { recursive: true, mode: 0o700 });
    try {
      await copyChecked(backup, coming, manifest);
    } catch (error) {
      await rm(coming, { recursive: true, force: true });
      throw error;
    }
    const aside = present.length === 0 ? null : join(dataDir, `replaced-${now}`);
    if (aside !== null) await moveAll(dataDir, present, aside);
    // The database last: without it no host begins while this folder is there.
    const { blobs, vectors, database } = backupFiles;
    for (const name of [blobs, vectors, database]) await rename(join(coming, name), join(dataDir, name));
    await syncFolder(dataDir);
    await rm(coming, { recursive: true, force: true });
    return { manifest, aside };
  } finally {
    await lock.release();
  }
}

async function readManifest(backup: string): Promise<BackupManifest> {
  const text = await readFile(join(backup, backupFiles.manifest), 'utf8').catch(() => {
    throw new CommandError(`${backup} is no backup: it has no ${backupFiles.manifest}.`);
  });
  const manifest = parseJson(text);
  if (Value.Check(BackupManifest, manifest)) return manifest;
  throw new CommandError(`${backup} is no backup that this version knows.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What a restore would replace, and what a damaged database left: all of it goes aside together. */
async function whatIsThere(dataDir: string): Promise<string[]> {
  const names = await readdir(dataDir);
  const folders: readonly string[] = [backupFiles.blobs, backupFiles.vectors];
  return names.filter((name) => name.startsWith(backupFiles.database) || folders.includes(name));
}

async function copyChecked(backup: string, to: string, manifest: BackupManifest): Promise<void> {
  const database = await copyHashed(join(backup, backupFiles.database), join(to, backupFiles.database));
  if (database.sha256 !== manifest.database.sha256) throw damaged(backupFiles.database);
  for (const { workspaceId, sha256 } of manifest.vectors ?? []) {
    const place = join(backupFiles.vectors, `${workspaceId}.db`);
    const copy = await copyHashed(join(backup, place), join(to, place)).catch(() => null);
    if (copy?.sha256 !== sha256) throw damaged(place);
  }
  const found = { count: 0, bytes: 0 };
  const blobs = join(backup, backupFiles.blobs);
  for (const bucket of existsSync(blobs) ? await readdir(blobs) : []) {
    await mkdir(join(to, backupFiles.blobs, bucket), { recursive: true });
    for (const name of await readdir(join(blobs, bucket))) {
      const { sha256, size } = await copyHashed(join(blobs, bucket, name), join(to, backupFiles.blobs, bucket, name));
      if (sha256 !== name) throw damaged(`${bucket}/${name}`);
      found.count += 1;
      found.bytes += size;
    }
  }
  if (found.count === manifest.blobs.count && found.bytes === manifest.blobs.bytes) return;
  throw new CommandError(
    `The backup is not whole: ${found.count} of ${manifest.blobs.count} blobs are there. Nothing was changed.`,
  );
}

const damaged = (what: string) =>
  new CommandError(`The backup is damaged: ${what} does not have its hash. Nothing was changed.`);

async function copyHashed(from: string, to: string): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  await pipeline(
    createReadStream(from),
    async function* (source: AsyncIterable<Buffer>) {
      for await (const part of source) {
        hash.update(part);
        size += part.byteLength;
        yield part;
      }
    },
    createWriteStream(to, { mode: 0o600, flush: true }),
  );
  return { sha256: hash.digest('hex'), size };
}

async function moveAll(dataDir: string, names: readonly string[], aside: string): Promise<void> {
  await mkdir(aside, { mode: 0o700 });
  for (const name of names) await rename(join(dataDir, name), join(aside, name));
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
