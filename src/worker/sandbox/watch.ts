import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Usage {
  /** Memory of the whole process tree, in MiB; files that are merely mapped do not count where the platform can tell. */
  ramMb: number;
  /** Bytes that the tree has handed to write(), pipes included; 0 where the platform can't tell. */
  writtenBytes: number;
}

export interface Bounds {
  ramMb: number;
  writtenBytes: number;
  /** Nothing but caches belongs here; null inside bubblewrap, where the kernel bounds it. */
  folder: string | null;
  folderBytes: number;
}

export type Breach = 'memory' | 'disk';

/** What of its bounds a process tree has passed. Pure. */
export function breach(usage: Usage, folderBytes: number, bounds: Bounds): Breach | null {
  if (usage.ramMb > bounds.ramMb) return 'memory';
  if (usage.writtenBytes > bounds.writtenBytes || folderBytes > bounds.folderBytes) return 'disk';
  return null;
}

/**
 * Looks at a process tree every `everyMs` and says once when it passes its bounds; V8's heap cap does not cover
 * ArrayBuffers, and a cache can be written without any permission (S6). Returns its stop.
 */
export function watchTree(pid: number, bounds: Bounds, onBreach: (breach: Breach) => void, everyMs = 50): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const [usage, folderBytes] = await Promise.all([
      measureTree(pid),
      bounds.folder === null ? 0 : folderSize(bounds.folder),
    ]);
    if (stopped) return;
    const found = breach(usage, folderBytes, bounds);
    if (found !== null) {
      stopped = true;
      onBreach(found);
      return;
    }
    timer = setTimeout(() => void look(), everyMs);
  };
  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Memory and writes of a process and its descendants. Processes that are gone count nothing. */
export async function measureTree(pid: number): Promise<Usage> {
  if (process.platform === 'linux') return measureLinux(pid);
  return { ramMb: await (process.platform === 'win32' ? ramOnWindows(pid) : ramByPs(pid)), writtenBytes: 0 };
}

async function measureLinux(pid: number): Promise<Usage> {
  const [status, io, children] = await Promise.all([
    readText(`/proc/${pid}/status`),
    readText(`/proc/${pid}/io`),
    readText(`/proc/${pid}/task/${pid}/children`),
  ]);
  const own = {
    ramMb: (field(status, 'RssAnon') + field(status, 'RssShmem')) / 1024,
    writtenBytes: field(io, 'wchar'),
  };
  const below = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => measureLinux(Number(child))),
  );
  return below.reduce(add, own);
}

function add(one: Usage, other: Usage): Usage {
  return { ramMb: one.ramMb + other.ramMb, writtenBytes: one.writtenBytes + other.writtenBytes };
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

async function ramByPs(pid: number): Promise<number> {
  return Number((await output('ps', ['-o', 'rss=', '-p', String(pid)])).trim() || 0) / 1024;
}

async function ramOnWindows(pid: number): Promise<number> {
  const row = await output('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH']);
  const size = /"([\d.,\s]+) K"\s*$/.exec(row.trim())?.[1] ?? '0';
  return Number(size.replace(/\D/g, '')) / 1024;
}

function output(file: string, args: string[]): Promise<string> {
  return new Promise((resolve) => execFile(file, args, { timeout: 2_000 }, (_error, stdout) => resolve(stdout)));
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Bytes of all files below a folder; what vanishes meanwhile counts nothing. */
export async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        (found) => found.size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
