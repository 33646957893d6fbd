import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Backup } from '../../shared/model/backup.ts';
import { connect } from '../connect.ts';
import { CommandError } from '../failure.ts';

/** `otherthing backup`: a copy of everything, while the host goes on. With `--to` it is put there, for example on another disk. */
export async function backupCommand(options: { data?: string; to?: string }): Promise<void> {
  const { client } = await connect(options.data);
  const backup = await client.call('createBackup', {});
  const place = options.to === undefined ? backup.path : await put(backup, resolve(options.to));
  const { blobs } = backup.manifest;
  console.error(`${blobs.count} ${blobs.count === 1 ? 'blob' : 'blobs'} and the database, ${backup.size} bytes.`);
  console.error('Provider keys and secrets in it open only with the master key of this host, which is not in it.');
  console.log(place);
}

/** Into a folder that is there, under the backup's own name; otherwise under the name that is given. */
async function put(backup: Backup, to: string): Promise<string> {
  const there = await stat(to).catch(() => null);
  if (there !== null && !there.isDirectory())
    throw new CommandError(`${to} is a file; the backup is in ${backup.path}.`);
  const place = there === null ? to : join(to, basename(backup.path));
  await mkdir(resolve(place, '..'), { recursive: true });
  try {
    await rename(backup.path, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await copyToOtherDisk(backup.path, place);
  }
  return place;
}

/** Appears there under its name only when it is whole. */
async function copyToOtherDisk(from: string, place: string): Promise<void> {
  const coming = `${place}.partial`;
  await rm(coming, { recursive: true, force: true });
  await cp(from, coming, { recursive: true, errorOnExist: true });
  await rename(coming, place);
  await rm(from, { recursive: true, force: true });
}
