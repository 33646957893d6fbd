import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder } from './data-folder.ts';

test('S5: a data folder is closed to others, also when it existed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-data-'));
  try {
    await makePrivateFolder(join(folder, 'new', 'secrets'));
    expect((await stat(join(folder, 'new', 'secrets'))).mode & 0o777).toBe(0o700);
    await mkdir(join(folder, 'open'));
    await chmod(join(folder, 'open'), 0o755);
    await makePrivateFolder(join(folder, 'open'));
    expect((await stat(join(folder, 'open'))).mode & 0o777).toBe(0o700);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
