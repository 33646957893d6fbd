/** What is done about a database that is damaged or was taken away: nothing is overwritten, and the way out is said. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dataFolderFiles } from '../../platform/data-folder.ts';
import { AppError } from '../../shared/errors.ts';
import { backupFiles } from '../../shared/model/backup.ts';

export const damagedPrefix = `${backupFiles.database}.damaged-`;

/** Moves the database away under a name with the time, and rejects `store_corrupt` with the way out. */
export async function setAside(
  path: string,
  now: number,
  error: AppError,
  tell: (aside: string) => void,
): Promise<never> {
  const aside = join(dirname(path), `${damagedPrefix}${now}`);
  for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) await rename(path + part, aside + part);
  tell(aside);
  const out = `${await wayOut(dirname(path))} ${toStartEmpty}`;
  throw new AppError('store_corrupt', `The damaged database is now ${aside}. ${out}`, { cause: error });
}

/**
 * A folder whose database was set aside, or in which a backup is half restored, is not begun anew in silence: its content
 * would look like nobody's. Rejects `store_corrupt`.
 */
export async function refuseEmptyStart(path: string): Promise<void> {
  if (existsSync(path)) return;
  const folder = dirname(path);
  const names = await readdir(folder);
  const damaged = names.filter((name) => name.startsWith(damagedPrefix) && !/-(wal|shm)$/.test(name)).sort();
  if (names.includes(dataFolderFiles.restoring)) {
    throw new AppError('store_corrupt', `A backup is half restored in ${folder}. Run "otherthing restore" again.`);
  }
  const last = damaged.at(-1);
  if (last === undefined) return;
  throw new AppError(
    'store_corrupt',
    `The database was set aside as ${join(folder, last)}. ${await wayOut(folder)} ${toStartEmpty}`,
  );
}

const toStartEmpty = 'To start empty, move that file elsewhere.';

/** The command that brings back the latest backup, where there is one. */
async function wayOut(folder: string): Promise<string> {
  const backups = join(folder, dataFolderFiles.backups);
  const names = await readdir(backups).catch(() => []);
  const times = await Promise.all(names.map(async (name) => ({ name, at: await madeAt(join(backups, name)) })));
  const latest = times.reduce<{ name: string; at: number } | null>(
    (best, { name, at }) => (at !== null && (best === null || at > best.at) ? { name, at } : best),
    null,
  );
  if (latest === null)
    return `There is no backup in the data folder; one kept elsewhere is brought back by: otherthing restore FOLDER --data "${folder}" --replace.`;
  const command = `otherthing restore "${join(backups, latest.name)}" --data "${folder}" --replace`;
  return `The latest backup is of ${new Date(latest.at).toISOString()}; to restore it: ${command}`;
}

async function madeAt(backup: string): Promise<number | null> {
  if (backup.endsWith('.partial')) return null;
  const text = await readFile(join(backup, backupFiles.manifest), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const { createdAt } = JSON.parse(text) as { createdAt?: unknown };
    return typeof createdAt === 'number' ? createdAt : null;
  } catch {
    return null;
  }
}
