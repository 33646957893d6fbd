import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashFiles } from './hash.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-hash-'));
  await writeFile(join(folder, 'a'), 'one');
  await writeFile(join(folder, 'b'), 'two');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the hash depends on names and contents, not on the order', async () => {
  const before = await hashFiles(folder, ['a', 'b']);
  expect(await hashFiles(folder, ['b', 'a'])).toBe(before);
  await writeFile(join(folder, 'b'), 'twO');
  expect(await hashFiles(folder, ['a', 'b'])).not.toBe(before);
  await writeFile(join(folder, 'b'), 'two');
  await rename(join(folder, 'b'), join(folder, 'c'));
  expect(await hashFiles(folder, ['a', 'c'])).not.toBe(before);
});

test('a folder or a file that has gone is passed over', async () => {
  expect(await hashFiles(folder, ['a', '.', 'gone'])).toBe(await hashFiles(folder, ['a']));
});
