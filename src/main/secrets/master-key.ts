import { randomBytes } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type SecretBox, sealedMasterKey } from '../../platform/secret-box.ts';
import { writeTextFile } from '../../platform/text-file.ts';
import { AppError } from '../../shared/errors.ts';

const plainFile = 'master.key';
const bytes = 32;

/**
 * The master key as the orchestrator is given it (base64 of 32 bytes), or undefined where a file of its own holds it (S5). With a
 * keychain it lies closed up in `master.key.sealed`: one that a file held before is closed up and the file goes, in
 * this order, so that a crash in between loses nothing. Rejects `master_key_sealed` when the keychain does not
 * open it any more; the sealed file stays as it is.
 */
export async function desktopMasterKey(dataDir: string, box: SecretBox): Promise<string | undefined> {
  const sealedAt = join(dataDir, sealedMasterKey);
  const plainAt = join(dataDir, plainFile);
  const sealed = await readFile(sealedAt, 'utf8').catch(missing);
  if (sealed !== null) {
    const key = await box.open(sealed.trim()).catch((error: unknown) => {
      throw new AppError('master_key_sealed', undefined, { cause: error });
    });
    const plain = await readFile(plainAt, 'utf8').catch(missing);
    // What is left of a move that was cut off; a file with another key is not ours to judge.
    if (plain?.trim() === key) await rm(plainAt, { force: true });
    return key;
  }
  if (box.protection === 'file') return undefined;
  const plain = await readFile(plainAt, 'utf8').catch(missing);
  const key = plain?.trim() ?? randomBytes(bytes).toString('base64');
  await writeTextFile(sealedAt, `${await box.seal(key)}\n`);
  await rm(plainAt, { force: true });
  return key;
}

/** Puts a sealed key that cannot be opened out of the way, for good keeping; answers where. Stored secrets have to be put in again. */
export async function setAsideMasterKey(dataDir: string, now: number): Promise<string> {
  const keptAt = join(dataDir, `${sealedMasterKey}.aside-${new Date(now).toISOString().replaceAll(':', '')}`);
  await rename(join(dataDir, sealedMasterKey), keptAt);
  return keptAt;
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
