import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);

/** The folder of the package: the checkout, or what was installed. Works from src as from dist. */
export function packageRoot(): string {
  let folder = dirname(here);
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${here}`);
    folder = parent;
  }
  return folder;
}

/** A file or folder below resources/, which lies beside package.json and is never built. */
export function resourcePath(...parts: string[]): string {
  return join(packageRoot(), 'resources', ...parts);
}

/**
 * A file of a program that is read or started as it is, named from src, for example
 * `worker/executors/sandbox/runner.js`. The build copies these, so that they lie beside what runs.
 */
export function runtimePath(file: string): string {
  return join(packageRoot(), isBuilt() ? 'dist' : 'src', ...file.split('/'));
}

/** The entry file of a built program: `orchestrator`, `worker`, `cli` or `main`. */
export function programPath(name: 'orchestrator' | 'worker' | 'cli' | 'main'): string {
  return join(packageRoot(), 'dist', name, 'main.js');
}

/** The built interface, as the orchestrator and the desktop window serve it. */
export function rendererPath(): string {
  return join(packageRoot(), 'dist', 'renderer');
}

function isBuilt(): boolean {
  return relative(packageRoot(), here).split(sep)[0] === 'dist';
}
