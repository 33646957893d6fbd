import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../shared/clock.ts';

export type JsonFile<Schema extends TSchema> =
  | { state: 'read'; value: Static<Schema> }
  | { state: 'missing' }
  /** It was not what it should be, and now lies at `keptAt`, untouched. */
  | { state: 'set-aside'; keptAt: string; reason: string };

/** Reads and checks a JSON file. A damaged one is renamed to `<path>.damaged-<time>`, so that nothing overwrites it. */
export async function readJsonFile<Schema extends TSchema>(
  path: string,
  schema: Schema,
  clock: Clock,
): Promise<JsonFile<Schema>> {
  const text = await readFile(path, 'utf8').catch(missingIsNull);
  if (text === null) return { state: 'missing' };
  const value = parse(text);
  if (value !== undefined && Value.Check(schema, value)) return { state: 'read', value };
  const keptAt = `${path}.damaged-${new Date(clock.now()).toISOString().replaceAll(':', '')}`;
  await rename(path, keptAt);
  return { state: 'set-aside', keptAt, reason: value === undefined ? 'not JSON' : 'not of the expected form' };
}

/**
 * Writes the whole file or nothing: a temporary file beside it, synced, then renamed over it. `mode` is what the file has
 * from its first byte on; 0600 by default, since most of ours hold a secret.
 */
export async function writeJsonFile(path: string, value: unknown, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function missingIsNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
