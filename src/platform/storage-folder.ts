/**
 * The folder in which a node keeps files, on a drive or in a folder that its owner chose. It carries a mark, so that a node
 * never takes over, or removes, what is not its own.
 */
import { mkdir, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { Type } from 'typebox';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const Mark = Type.Object({ nodeId: Type.String() });
const markName = 'otherthing-storage.json';
const folderName = 'OtherThing';

/** The node's own folder at a place that was chosen. Pure. */
export function storageFolder(chosen: string): string {
  return basename(chosen) === folderName ? chosen : join(chosen, folderName);
}

/**
 * Makes the folder at a place where it is not there yet, and marks it. Rejects `storage_not_usable` with the reason: no such
 * drive or folder, another node's, something else in it, not writable.
 */
export async function openStorageFolder(chosen: string, nodeId: string): Promise<string> {
  if (!isAbsolute(chosen)) throw refusal(`"${chosen}" is no whole path`);
  const place = await stat(chosen).catch(() => null);
  if (place?.isDirectory() !== true) throw refusal(`There is no folder ${chosen}`);
  const folder = storageFolder(chosen);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await checkMark(folder, nodeId);
    const probe = join(folder, `.probe-${process.pid}`);
    await writeFile(probe, '', { mode: 0o600, flush: true });
    await rm(probe);
    return folder;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refusal(`Nothing can be written in ${chosen} (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
}

async function checkMark(folder: string, nodeId: string): Promise<void> {
  const path = join(folder, markName);
  const mark = await readJsonFile(path, Mark, systemClock);
  if (mark.state === 'read' && mark.value.nodeId !== nodeId) throw refusal(`Another node keeps its files in ${folder}`);
  if (mark.state === 'read') return;
  if (mark.state === 'missing' && (await readdir(folder)).length > 0)
    throw refusal(`${folder} holds something else already`);
  await writeJsonFile(path, { nodeId });
}

/** Rejects `storage_not_usable` where so many bytes would not fit on the drive of a folder, with `keepFree` left over. */
export async function checkFree(folder: string, bytes: number, keepFree: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize - keepFree;
  if (bytes > free)
    throw refusal(`${inGigabytes(bytes)} are to be moved, and ${inGigabytes(Math.max(0, free))} are free`);
}

/** Whether a folder is another, or lies in it. Pure. */
export function isWithin(folder: string, other: string): boolean {
  const path = relative(other, folder);
  return path === '' || (!path.startsWith('..') && !isAbsolute(path));
}

const inGigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

const refusal = (detail: string) => new AppError('storage_not_usable', detail);
