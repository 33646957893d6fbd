import { readdir, readFile } from 'node:fs/promises';

/**
 * Ends the sandboxes that an earlier life of this worker left behind, known by the import map that they were started with,
 * which is this worker's alone; answers how many processes. Killed between two steps of its own start, bubblewrap
 * leaves a child that waits for its dead parent for ever: nothing has told the kernel yet to end it too. Only Linux has
 * bubblewrap; elsewhere a script ends when its input does.
 */
export async function endLeftovers(importMap: string): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await isStartedWith(pid, importMap)) ? [pid] : [])));
  return found.flat().filter(kill).length;
}

async function isStartedWith(pid: number, importMap: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // It ended while we looked.
  const args = command.split('\0');
  return args.includes(importMap) || args.includes(`--import-map=${importMap}`);
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
