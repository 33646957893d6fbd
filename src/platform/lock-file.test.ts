import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LockedError, takeLock, waitForLock } from './lock-file.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-lock-'));
  path = join(folder, 'data', 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('lock file', () => {
  test('two cannot hold it; after release the next one can', async () => {
    const first = await takeLock(path);
    await expect(takeLock(path)).rejects.toThrow(LockedError);
    await first.release();
    await (await takeLock(path)).release();
  });

  test('the lock of a process that is gone is taken over', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    await (await takeLock(path)).release();
    await writeFile(path, `${child.pid} 1\n`);
    await takeLock(path);
    expect(await readFile(path, 'utf8')).toContain(`${process.pid} `);
  });

  test('a pid that is used again by another process does not hold it', async () => {
    await (await takeLock(path)).release();
    await writeFile(path, `${process.ppid} 1\n`);
    await takeLock(path);
    expect(await readFile(path, 'utf8')).toContain(`${process.pid} `);
  });

  test('what another process took over meanwhile is not released', async () => {
    const first = await takeLock(path);
    await writeFile(path, '1 1\n');
    await first.release();
    expect(await readFile(path, 'utf8')).toBe('1 1\n');
  });

  test('of ten that find a stale lock at once, one gets it', async () => {
    await (await takeLock(path)).release();
    await writeFile(path, '999999999 1\n');
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => takeLock(path)));
    expect(tries.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });

  test('a taker that died in the middle of taking over holds up nobody', async () => {
    await (await takeLock(path)).release();
    const stale = '999999999 1\n';
    await writeFile(path, stale);
    const claim = `${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
    await writeFile(claim, '999999998 1\n');
    await takeLock(path);
    expect(await readFile(path, 'utf8')).toContain(`${process.pid} `);
    expect(await readFile(claim, 'utf8').catch(() => null)).toBeNull();
  });

  test('who waits for it gets it as soon as it is free, or is told who has it', async () => {
    const first = await takeLock(path);
    await expect(waitForLock(path, 0)).rejects.toMatchObject({
      code: 'data_in_use',
      message: expect.stringContaining(`in use by process ${process.pid}`),
    });
    const waiting = waitForLock(path);
    await first.release();
    await (await waiting).release();
  });

  test('an empty lock, left by a crash while it was written, is taken over', async () => {
    await (await takeLock(path)).release();
    await writeFile(path, '');
    await (await takeLock(path)).release();
  });
});
