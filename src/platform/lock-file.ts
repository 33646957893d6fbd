import { createHash, randomBytes } from 'node:crypto';
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
  const lock = { release: () => releaseOwn(path, mine) };
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    if (await create(path, mine)) return lock;
    const content = await readFile(path, 'utf8').catch(() => null);
    if (content === null) continue;
    const holder = await livingHolder(content);
    if (holder !== null) throw new LockedError(path, holder.pid);
    if (await takeOver(path, content, mine)) return lock;
    await sleep(10); // Somebody else is taking it over.
  }
  throw new Error(`${path} cannot be taken`);
}

const mostAttempts = 100;

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
  const finished = temporary(path);
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

/**
 * Puts a lock of ours in the place of one that was judged stale, in one step; false where somebody else does. Only who holds
 * the claim to just this stale lock may replace it, so between the look and the rename nobody else can have done it.
 */
async function takeOver(path: string, stale: string, mine: string, depth = 0): Promise<boolean> {
  const claim = `${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
  if (!(await create(claim, mine)) && !(await takeOverClaim(claim, mine, depth))) return false;
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) !== stale) return false;
    const finished = temporary(path);
    await writeFile(finished, mine, { mode: 0o600, flag: 'wx' });
    await rename(finished, path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

/** A claim that a dead process left behind is itself a stale lock. */
async function takeOverClaim(claim: string, mine: string, depth: number): Promise<boolean> {
  const content = await readFile(claim, 'utf8').catch(() => null);
  if (content === null || depth > 2 || (await livingHolder(content)) !== null) return false;
  return takeOver(claim, content, mine, depth + 1);
}

async function livingHolder(content: string): Promise<Holder | null> {
  const holder = parseHolder(content);
  return holder !== null && (await isAlive(holder)) ? holder : null;
}

function temporary(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}`;
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
