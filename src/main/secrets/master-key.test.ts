import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainBox } from '../../platform/secret-box.ts';
import { secretBox } from './keychain-box.ts';
import { desktopMasterKey, setAsideMasterKey } from './master-key.ts';

/** A keychain that opens only what it closed up itself. */
const keychain = (name: string, backend = 'gnome_libsecret') => ({
  isAsyncEncryptionAvailable: async () => true,
  encryptStringAsync: async (text: string) => Buffer.from(`${name}|${[...text].reverse().join('')}`),
  decryptStringAsync: async (sealed: Buffer) => {
    const [by, text = ''] = sealed.toString().split('|');
    if (by !== name) throw new Error('Error while decrypting the ciphertext');
    return { result: [...text].reverse().join(''), shouldReEncrypt: false };
  },
  getSelectedStorageBackend: () => backend as 'gnome_libsecret',
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-master-key-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('S5: with a keychain the key is made once, and no file holds it in the clear', async () => {
  const box = await secretBox(keychain('one'), 'linux');
  const key = await desktopMasterKey(folder, box);
  expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32);
  expect(await desktopMasterKey(folder, box)).toBe(key);
  for (const name of await readdir(folder)) expect(await readFile(join(folder, name), 'utf8')).not.toContain(key);
});

test('S5: a key that a file held moves into the keychain, also when the move was cut off', async () => {
  const box = await secretBox(keychain('one'), 'linux');
  const before = Buffer.alloc(32, 7).toString('base64');
  await writeFile(join(folder, 'master.key'), `${before}\n`);
  expect(await desktopMasterKey(folder, box)).toBe(before);
  expect(await readdir(folder)).toEqual(['master.key.sealed']);
  await writeFile(join(folder, 'master.key'), `${before}\n`);
  expect(await desktopMasterKey(folder, box)).toBe(before);
  expect(await readdir(folder)).toEqual(['master.key.sealed']);
});

test('S5: a keychain that does not open it loses nothing: it is said, and set aside only when asked', async () => {
  const key = await desktopMasterKey(folder, await secretBox(keychain('one'), 'linux'));
  const other = await secretBox(keychain('two'), 'linux');
  await expect(desktopMasterKey(folder, other)).rejects.toMatchObject({ code: 'master_key_sealed' });
  await expect(desktopMasterKey(folder, plainBox)).rejects.toMatchObject({ code: 'master_key_sealed' });
  expect(await desktopMasterKey(folder, await secretBox(keychain('one'), 'linux'))).toBe(key);
  expect(await setAsideMasterKey(folder, 0)).toContain('master.key.sealed.aside-1970');
  expect(await desktopMasterKey(folder, other)).not.toBe(key);
});

test('S5: where Linux has no keychain it is said to be a file, which the orchestrator holds', async () => {
  const box = await secretBox(keychain('one', 'basic_text'), 'linux');
  expect(box.protection).toBe('file');
  expect(await desktopMasterKey(folder, box)).toBeUndefined();
  expect((await secretBox(keychain('one', 'unknown'), 'darwin')).protection).toBe('keychain');
});
