import { type ChildProcess, execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/**
 * Kills a child with all that it started, at once (J3). On POSIX the child must have been spawned `detached`, which
 * makes it the leader of its own process group.
 */
export function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') {
    execFile('taskkill', ['/pid', String(child.pid), '/T', '/F'], () => undefined);
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** The environment of what we start: nothing but `variables`, and what Windows itself cannot do without. */
export function bareEnvironment(variables: Record<string, string>): Record<string, string> {
  return process.platform === 'win32' ? { SystemRoot: 'C:\\Windows', ...variables } : variables;
}

/** Where processes cannot be bound to processors, low priority keeps the machine its owner's (S8). */
export function lowerPriority(pid: number, platform: string = process.platform): void {
  if (platform === 'linux') return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The process may be gone already; priority is a courtesy, not a bound.
  }
}
