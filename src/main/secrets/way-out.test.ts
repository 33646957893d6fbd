import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dialog } from 'electron';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SecretBox } from '../../platform/secret-box.ts';
import { masterKeyOrWayOut } from './way-out.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-way-out-'));
  await writeFile(join(folder, 'master.key.sealed'), 'closed:key');
});
afterEach(() => rm(folder, { recursive: true }));

const box: SecretBox & { locked: boolean } = {
  locked: true,
  protection: 'keychain',
  seal: async (text) => `closed:${text}`,
  async open(sealed) {
    if (this.locked) throw new Error('locked');
    return sealed.slice('closed:'.length);
  },
};

/** A person who presses these buttons, one after the other. */
function ask(...presses: (() => number)[]) {
  const showMessageBox = async () => ({ response: presses.shift()?.() ?? 2, checkboxChecked: false });
  return masterKeyOrWayOut({ dataDir: folder, box, dialog: { showMessageBox } as unknown as Dialog, now: () => 0 });
}

test('S5: a keychain that is unlocked meanwhile gives the key back, and nothing was lost', async () => {
  box.locked = true;
  const unlock = () => {
    box.locked = false;
    return 0;
  };
  expect(await ask(() => 0, unlock)).toBe('key');
  expect(await readdir(folder)).toEqual(['master.key.sealed']);
});

test('S5: who starts without the stored keys gets a new one; the closed one is put aside', async () => {
  box.locked = true;
  const made = await ask(() => 1);
  expect(Buffer.from(made ?? '', 'base64')).toHaveLength(32);
  expect((await readdir(folder)).sort()).toEqual([
    'master.key.sealed',
    'master.key.sealed.aside-1970-01-01T000000.000Z',
  ]);
});

test('S5: who quits leaves everything as it is', async () => {
  box.locked = true;
  expect(await ask(() => 2)).toBe('quit');
  expect(await readdir(folder)).toEqual(['master.key.sealed']);
});
