import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { denoPackage } from '../../src/worker/sandbox/deno.ts';
import type { Target } from './contents.ts';

const require = createRequire(import.meta.url);

/** A program that the app carries beside its archive, in resources/bin. */
export interface Binary {
  name: string;
  path: string;
}

export interface BinaryChoices {
  /** Instead of what npm installed; for a package made for another platform. */
  deno?: string | undefined;
  kubo?: string | undefined;
}

/** Deno, without which no script runs, and Kubo where there is one. Throws when Deno for the target is not at hand. */
export function findBinaries({ platform, arch }: Target, choices: BinaryChoices): Binary[] {
  const ending = platform === 'win32' ? '.exe' : '';
  const deno = choices.deno ?? inPackage(denoPackage(platform, arch), `deno${ending}`);
  if (deno === null || !existsSync(deno)) {
    throw new Error(
      `No Deno for ${platform}-${arch}. Package on such a machine, or name its binary in OTHERTHING_DENO.`,
    );
  }
  const kubo = choices.kubo ?? inPackage('kubo', join('kubo', `ipfs${ending}`));
  const found = [{ name: `deno${ending}`, path: deno }];
  return kubo === null || !existsSync(kubo) ? found : [...found, { name: `ipfs${ending}`, path: kubo }];
}

function inPackage(name: string | null, file: string): string | null {
  if (name === null) return null;
  try {
    return join(require.resolve(`${name}/package.json`), '..', file);
  } catch {
    return null;
  }
}

/** Copies them to `resources`/bin, where src/worker looks for them. */
export async function placeBinaries(binaries: readonly Binary[], resources: string): Promise<void> {
  await mkdir(join(resources, 'bin'), { recursive: true });
  for (const { name, path } of binaries) {
    const target = join(resources, 'bin', name);
    await copyFile(path, target);
    await chmod(target, 0o755);
  }
}
