import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import type { SandboxTools } from './command.ts';

/** Finds what this machine has for confining scripts. Bubblewrap counts only when it really makes a sandbox here. */
export async function findSandboxTools(platform: string = process.platform): Promise<SandboxTools> {
  if (platform !== 'linux') return {};
  const [setpriv, prlimit, taskset, bwrap] = await Promise.all(
    ['setpriv', 'prlimit', 'taskset', 'bwrap'].map(findProgram),
  );
  const tools: SandboxTools = {};
  if (setpriv && (await succeeds(setpriv, ['--pdeathsig', 'KILL', '--', '/bin/true']))) tools.setpriv = setpriv;
  if (prlimit) tools.prlimit = prlimit;
  if (taskset) tools.taskset = taskset;
  if (bwrap && (await succeeds(bwrap, bubblewrapProbe))) tools.bwrap = bwrap;
  return tools;
}

const libraries = ['/bin', '/lib', '/lib64', '/usr'].flatMap((path) => ['--ro-bind-try', path, path]);
const bubblewrapProbe = [
  '--unshare-all',
  ...libraries,
  '--size',
  '4096',
  '--tmpfs',
  '/cache',
  '--dev',
  '/dev',
  '/bin/true',
];

async function findProgram(name: string): Promise<string | null> {
  for (const folder of ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin']) {
    const path = `${folder}/${name}`;
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

function succeeds(file: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) =>
    execFile(file, args, { timeout: 3_000, env: {} }, (error) => resolve(error === null)),
  );
}
