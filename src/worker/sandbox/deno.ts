import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** The package of the Deno binary for a platform, as the npm package `deno` names them; null where there is none. */
export function denoPackage(platform: string, architecture: string): string | null {
  const systems: Record<string, string> = { linux: 'linux', darwin: 'darwin', win32: 'win32' };
  const system = systems[platform];
  if (system === undefined || (architecture !== 'x64' && architecture !== 'arm64')) return null;
  return `@deno/${system}-${architecture}${system === 'linux' ? '-glibc' : ''}`;
}

/**
 * The Deno binary that npm installed, without running the package's own install step (which may copy or download).
 * `resources` is where a packaged desktop app carries its extra binaries. Null when there is none.
 */
export function findDeno(resources?: string): string | null {
  const file = process.platform === 'win32' ? 'deno.exe' : 'deno';
  const packaged = resources === undefined ? null : join(resources, 'bin', file);
  if (packaged !== null && existsSync(packaged)) return packaged;
  const name = denoPackage(process.platform, process.arch);
  if (name === null) return null;
  try {
    const binary = join(require.resolve(`${name}/package.json`), '..', file);
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}
