/** Where the master key comes from: the desktop's keychain, by the start message; else a file of the owner's alone (S5). */
import { existsSync } from 'node:fs';
import { chmod, link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sealedMasterKey } from '../../platform/secret-box.ts';
import { AppError } from '../../shared/errors.ts';
import type { RandomBytes } from '../workspaces/secrets.ts';
import { masterKeyBytes } from './vault.ts';

const fileName = 'master.key';

/** `given` is base64, from a keychain. Rejects `master_key_damaged` for one that is not 32 bytes, `master_key_sealed` where only the desktop can open it; it is never made anew over one. */
export async function masterKey(dataDir: string, given: string | undefined, random: RandomBytes): Promise<Buffer> {
  if (given !== undefined) return parse(given, 'The keychain');
  const path = join(dataDir, fileName);
  const known = await readKey(path);
  // Another key beside it would leave what it encrypted behind for good.
  if (known === null && existsSync(join(dataDir, sealedMasterKey))) throw new AppError('master_key_sealed');
  return known ?? (await makeKey(path, random));
}

async function readKey(path: string): Promise<Buffer | null> {
  try {
    const text = await readFile(path, 'utf8');
    await chmod(path, 0o600);
    return parse(text, fileName);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all: written beside it, synced, and linked to its name, which fails where there is one by now. */
async function makeKey(path: string, random: RandomBytes): Promise<Buffer> {
  const key = Buffer.from(random(masterKeyBytes));
  const temporary = `${path}.${Buffer.from(random(6)).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(`${key.toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
    return key;
  } finally {
    await rm(temporary, { force: true });
  }
}

function parse(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== masterKeyBytes) throw new AppError('master_key_damaged', `${where} does not hold a master key`);
  return key;
}
