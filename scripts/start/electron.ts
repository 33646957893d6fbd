import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/paths.ts';

const folder = () => join(packageRoot(), 'node_modules', 'electron');

/** Electron's program, where it has been fetched (or is named by ELECTRON_OVERRIDE_DIST_PATH); null where not. */
export function findElectron(): string | null {
  const name = readName();
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder(), 'dist');
  const path = join(dist, name);
  return existsSync(path) ? path : null;
}

/** npm does not fetch the program; Electron's own script does, at most for five minutes. */
export function fetchElectron(): string | null {
  spawnSync(process.execPath, [join(folder(), 'install.js')], { stdio: 'ignore', timeout: 300_000 });
  return findElectron();
}

/** path.txt is written with the program; before, the name is that of Linux. */
function readName(): string {
  try {
    return readFileSync(join(folder(), 'path.txt'), 'utf8');
  } catch {
    return 'electron';
  }
}

/** Milliseconds within which an app that ends with an error counts as one that could not start, for want of a library or a GPU. */
const startTime = 15_000;

/** Runs the app until it ends. Answers its exit code, or null when it could not start. */
export async function runElectron(program: string, env: NodeJS.ProcessEnv): Promise<number | null> {
  const since = Date.now();
  const child = spawn(program, [packageRoot()], { stdio: 'inherit', env });
  passOnSignals(child);
  const code = await Promise.race([
    once(child, 'exit').then(([status]) => (typeof status === 'number' ? status : 1)),
    once(child, 'error').then(() => 1),
  ]).catch(() => 1);
  return code !== 0 && Date.now() - since < startTime ? null : code;
}

/** A terminal sends Ctrl-C to both; the app ends itself in order, and this waits for it. */
function passOnSignals(child: ChildProcess): void {
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
}
