import { readFile, rename } from 'node:fs/promises';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Clock } from '../shared/clock.ts';
import { writeTextFile } from './text-file.ts';

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

/** Writes a value as JSON, the whole file or nothing; see writeTextFile. */
export async function writeJsonFile(path: string, value: unknown, mode?: number): Promise<void> {
  await writeTextFile(path, `${JSON.stringify(value, null, 2)}\n`, mode);
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
