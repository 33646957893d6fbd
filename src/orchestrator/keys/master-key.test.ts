import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { masterKey } from './master-key.ts';

test('S5: a headless start on the folder of a desktop makes no other key beside the sealed one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-master-key-'));
  await writeFile(join(folder, 'master.key.sealed'), 'keychain:AAAA');
  const made = masterKey(folder, undefined, (count) => Buffer.alloc(count));
  await expect(made).rejects.toMatchObject({ code: 'master_key_sealed' });
  expect(await readdir(folder)).toEqual(['master.key.sealed']);
  await rm(folder, { recursive: true });
});
