import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const schema = Type.Object({ name: Type.String() });
const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-json-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('JSON files', () => {
  test('what is written is read, from a file only its owner can read', async () => {
    const path = join(folder, 'deep', 'a.json');
    await writeJsonFile(path, { name: 'x' });
    expect(await readJsonFile(path, schema, clock)).toEqual({ state: 'read', value: { name: 'x' } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'deep'))).toEqual(['a.json']);
  });

  test('a missing file is said to be missing', async () => {
    expect(await readJsonFile(join(folder, 'a.json'), schema, clock)).toEqual({ state: 'missing' });
  });

  test.each([
    ['{"name":', 'not JSON'],
    ['{"name":7}', 'not of the expected form'],
  ])('S10: the damaged file %s is set aside, never overwritten', async (text, reason) => {
    const path = join(folder, 'a.json');
    await writeFile(path, text);
    const keptAt = `${path}.damaged-2026-01-02T030405.000Z`;
    expect(await readJsonFile(path, schema, clock)).toEqual({ state: 'set-aside', keptAt, reason });
    expect(await readFile(keptAt, 'utf8')).toBe(text);
    expect(await readJsonFile(path, schema, clock)).toEqual({ state: 'missing' });
  });

  test('a write that fails leaves the old file and nothing beside it', async () => {
    const path = join(folder, 'a.json');
    await writeJsonFile(path, { name: 'old' });
    await expect(writeJsonFile(path, { circle: circular() })).rejects.toThrow();
    expect(await readJsonFile(path, schema, clock)).toEqual({ state: 'read', value: { name: 'old' } });
    expect(await readdir(folder)).toEqual(['a.json']);
  });
});

function circular(): unknown {
  const circle: unknown[] = [];
  circle.push(circle);
  return circle;
}
