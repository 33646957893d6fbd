import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A folder that this process alone may use, until `release`. */
export interface Lock {
  release(): Promise<void>;
}

/** Somebody living holds the lock. */
export class LockedError extends Error {
  readonly pid: number;

  constructor(path: string, pid: number) {
    super(`${path} is held by process ${pid}`);
    this.name = 'LockedError';
    this.pid = pid;
  }
}

/**
 * Takes a lock file, which holds the pid and the start time of its owner. One that a dead process left behind, or whose
 * pid now belongs to a process that started later, is taken over. Throws LockedError.
 */
export async function takeLock(path: string, self: number = process.pid): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mine = `${self} ${await startTime(self)}\n`;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await create(path, mine)) return { release: () => releaseOwn(path, mine) };
    const content = await readFile(path, 'utf8').catch(() => null);
    const holder = parseHolder(content ?? '');
    if (holder !== null && (await isAlive(holder))) throw new LockedError(path, holder.pid);
    if (content !== null) await clearAway(path, content);
  }
  throw new Error(`${path} cannot be taken`);
}

/**
 * Takes the lock; when another holds it, waits until that one has ended, at most `patience` milliseconds: after a kill of
 * the parent an old service needs a moment to notice and to finish. Throws DataInUseError.
 */
export async function waitForLock(path: string, patience = 15_000): Promise<Lock> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await takeLock(path);
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (Date.now() > deadline) throw new DataInUseError(path, error.pid);
      await sleep(100);
    }
  }
}

export class DataInUseError extends Error {
  readonly code = 'data_in_use';

  constructor(path: string, pid: number) {
    super(`${dirname(path)} is in use by process ${pid}. Stop it, or choose another folder with --data.`);
    this.name = 'DataInUseError';
  }
}

interface Holder {
  pid: number;
  started: string;
}

/** Appears with its content at once (a link to a finished file), so that nobody sees a lock without an owner. */
async function create(path: string, content: string): Promise<boolean> {
  const finished = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(finished, content, { mode: 0o600, flag: 'wx' });
  try {
    await link(finished, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(finished, { force: true });
  }
}

/** Removes the lock that was judged stale, and only that: another process may have taken it over since. */
async function clearAway(path: string, stale: string): Promise<void> {
  const moved = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  const gone = await rename(path, moved).then(
    () => false,
    () => true,
  );
  if (gone) return;
  if ((await readFile(moved, 'utf8')) !== stale) await link(moved, path).catch(() => undefined);
  await rm(moved, { force: true });
}

function parseHolder(text: string): Holder | null {
  const [pid = '', started = ''] = text.trim().split(' ');
  return /^\d+$/.test(pid) ? { pid: Number(pid), started } : null;
}

async function isAlive({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await startTime(pid)) === started;
}

/** When a process started, in the kernel's ticks; pids are used again, a pair of both is not. Linux only, else `-`. */
async function startTime(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The command name, in parentheses, may hold spaces; what follows does not. Field 22 is the start time.
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
}

async function releaseOwn(path: string, mine: string): Promise<void> {
  const content = await readFile(path, 'utf8').catch(() => null);
  if (content === mine) await rm(path, { force: true });
}
