import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../src/platform/paths.ts';
import { hashFiles } from './hash.ts';
import { whileLocked } from './lock.ts';

/** One Vite build: what goes in, and which folders of dist are its own. */
interface Target {
  name: string;
  config: string;
  inputs: string[];
  folders: string[];
}

const common = ['package-lock.json', 'tsconfig.json', 'src/shared/**/*.ts'];

export const targets: readonly Target[] = [
  {
    name: 'programs',
    config: 'vite.node.config.ts',
    inputs: [...common, 'src/{platform,orchestrator,worker,cli,main}/**/*.{ts,js,sql,json}'],
    folders: ['orchestrator', 'worker', 'cli', 'main', 'chunks'],
  },
  {
    name: 'preload',
    config: 'vite.preload.config.ts',
    inputs: [...common, 'src/main/preload.ts'],
    folders: ['preload'],
  },
  {
    name: 'interface',
    config: 'vite.renderer.config.ts',
    inputs: [...common, 'src/renderer/**/*'],
    folders: ['renderer'],
  },
];

export interface BuildOptions {
  force?: boolean;
  /** Names of targets; all when left out. */
  only?: readonly string[];
  say?: (line: string) => void;
}

/** Builds every target that is stale; answers their names. Two that build at once take turns. */
export async function buildAll({ force = false, only, say = () => undefined }: BuildOptions = {}): Promise<string[]> {
  const root = packageRoot();
  const asked = targets.filter(({ name }) => only === undefined || only.includes(name));
  if (!force && (await stale(root, asked)).length === 0) return [];
  return whileLocked(join(root, 'dist', '.building'), async () => {
    const due = force ? asked : await stale(root, asked);
    for (const target of due) {
      const since = Date.now();
      await build(root, target, since);
      say(`Built ${target.name} in ${((Date.now() - since) / 1000).toFixed(1)} s.`);
    }
    return due.map(({ name }) => name);
  });
}

async function stale(root: string, asked: readonly Target[]): Promise<Target[]> {
  const states = await Promise.all(asked.map(async (target) => ((await isFresh(root, target)) ? [] : [target])));
  return states.flat();
}

async function isFresh(root: string, target: Target): Promise<boolean> {
  const stamp = await readFile(stampPath(root, target), 'utf8').catch(() => '');
  return stamp !== '' && stamp === (await hashInputs(root, target));
}

async function build(root: string, target: Target, since: number): Promise<void> {
  // The hash is of what is about to be read: an edit during the build makes the target stale again.
  const hash = await hashInputs(root, target);
  await rm(stampPath(root, target), { force: true });
  runVite(root, target);
  await removeLeftovers(root, target, since);
  await mkdir(join(root, 'dist', '.stamps'), { recursive: true });
  await writeFile(stampPath(root, target), hash);
}

/** In a process of its own, so that the environment of whoever builds (a test run has NODE_ENV=test) does not end up in the build. */
function runVite(root: string, { name, config }: Target): void {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) throw new Error(`Building ${name} failed`);
}

/** Takes away what an earlier build left; only now, so that a running program finds its files as long as possible. */
async function removeLeftovers(root: string, { folders }: Target, since: number): Promise<void> {
  for (const entry of folders.flatMap((folder) => globSync(`dist/${folder}/**/*`, { cwd: root }))) {
    const stats = await stat(join(root, entry));
    if (stats.isFile() && stats.mtimeMs < since - 1000) await rm(join(root, entry));
  }
}

function hashInputs(root: string, { inputs, config }: Target): Promise<string> {
  const isSource = (file: string) => !/\.test\.tsx?$/.test(file);
  return hashFiles(root, globSync([...inputs, config], { cwd: root }).filter(isSource));
}

function stampPath(root: string, { name }: Target): string {
  return join(root, 'dist', '.stamps', name);
}
