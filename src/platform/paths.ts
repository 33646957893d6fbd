import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HelperProgram } from '../shared/helpers.ts';

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
 * A file of the package as another program has to name it. The desktop app carries the package as one archive, which only
 * Electron can read; what others open (Deno, SQLite's loader, ONNX) lies beside the archive.
 */
export function outsideArchive(path: string): string {
  return path.replace(/([\\/])app\.asar(?=[\\/])/, '$1app.asar.unpacked');
}

/**
 * Where a packaged desktop app carries what is no part of the archive: binaries, app-update.yml. Undefined under plain Node, and in
 * a desktop app that runs from a checkout, whose folder is Electron's own.
 */
export function packagedResources(): string | undefined {
  if (!/[\\/]app\.asar[\\/]/.test(here)) return undefined;
  return (process as unknown as { resourcesPath?: string }).resourcesPath;
}

/**
 * A file of a program that is read or started as it is, named from src, for example
 * `worker/executors/sandbox/runner.js`. The build copies these, so that they lie beside what runs.
 */
export function runtimePath(file: string): string {
  return outsideArchive(join(packageRoot(), isBuilt() ? 'dist' : 'src', ...file.split('/')));
}

/** The entry file of a helper process, built or as source. It runs inside Electron or Node, which read the archive. */
export function helperPath(program: HelperProgram): string {
  const [folder, file] = isBuilt() ? ['dist', 'child.js'] : ['src', 'child.ts'];
  return join(packageRoot(), folder, 'worker', program, file);
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
