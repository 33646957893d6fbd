import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { systemClock } from '../shared/clock.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/**
 * `<data>/host.json`, readable by its owner alone: how the other commands find the host that runs on this data folder.
 * The bearer token in it is made at each start and dies with the host.
 */
export const HostFileSchema = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  url: Type.String(),
  bearer: Type.String(),
  version: Type.String(),
  startedAt: Type.Integer(),
});
export type HostFile = Static<typeof HostFileSchema>;

const pathIn = (dataDir: string) => join(dataDir, 'host.json');

export function writeHostFile(dataDir: string, file: HostFile): Promise<void> {
  return writeJsonFile(pathIn(dataDir), file);
}

export function removeHostFile(dataDir: string): Promise<void> {
  return rm(pathIn(dataDir), { force: true });
}

/** The host that runs on this data folder, or null. */
export async function readHostFile(dataDir: string): Promise<HostFile | null> {
  const file = await readJsonFile(pathIn(dataDir), HostFileSchema, systemClock);
  return file.state === 'read' && isAlive(file.value.pid) ? file.value : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
