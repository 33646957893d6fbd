import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openServiceLog } from './service-log.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-log-'));
  path = join(folder, 'worker.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const megabyte = 'x'.repeat(1024 * 1024);

describe('the log of a service', () => {
  test('goes on where the last one stopped', async () => {
    for (const line of ['one\n', 'two\n']) {
      const log = await openServiceLog(folder, 'worker');
      log.write(line);
      await log.close();
    }
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('a large one is set aside at the next start', async () => {
    await writeFile(path, megabyte.repeat(11));
    const log = await openServiceLog(folder, 'worker');
    log.write('fresh\n');
    await log.close();
    expect(await readFile(path, 'utf8')).toBe('fresh\n');
    expect((await stat(join(folder, 'worker.1.log'))).size).toBe(11 * 1024 * 1024);
  });

  test('S10: however much a service writes, the log stays below 20 MB', async () => {
    const log = await openServiceLog(folder, 'worker');
    for (let i = 0; i < 25; i += 1) log.write(megabyte);
    await log.close();
    expect((await stat(path)).size).toBeLessThanOrEqual(20 * 1024 * 1024);
  });
});
