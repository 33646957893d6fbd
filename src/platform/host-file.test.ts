import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readHostFile, removeHostFile, writeHostFile } from './host-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-host-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = { pid: process.pid, url: 'http://127.0.0.1:1', bearer: 'sample', version: '0', startedAt: 1 };

test('S2: the file with the bearer token can be read by its owner alone', async () => {
  await writeHostFile(folder, file);
  expect(await readHostFile(folder)).toEqual(file);
  expect((await stat(join(folder, 'host.json'))).mode & 0o777).toBe(0o600);
  await removeHostFile(folder);
  expect(await readdir(folder)).toEqual([]);
});

test('the file of a host that was killed counts as none', async () => {
  await writeHostFile(folder, { ...file, pid: 2 ** 22 + 1 });
  expect(await readHostFile(folder)).toBeNull();
});
