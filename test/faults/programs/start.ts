import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { descendantsOf } from '../../harness/processes.ts';

export interface FaultProgram<Ready> {
  readonly pid: number;
  readonly ready: Ready;
  readonly ended: Promise<void>;
  /** kill -9 of it alone: its children notice that it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; after the deadline it and all its descendants are killed. */
  stop(deadlineMs?: number): Promise<void>;
}

/** Starts one of the programs of this folder with its first message; resolves with its first answer. */
export async function startFaultProgram<Ready>(
  name: 'host' | 'join',
  start: object,
  deadlineMs = 180_000,
): Promise<FaultProgram<Ready>> {
  const child = fork(join(import.meta.dirname, `${name}.ts`), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--no-warnings=ExperimentalWarning'],
  });
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors = (errors + String(text)).slice(-4_000);
  });
  const ended = once(child, 'exit').then(() => undefined);
  child.send(start);
  const ready = await firstAnswer<Ready>(child, ended, deadlineMs).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw new Error(`The program "${name}" did not get ready:\n${errors}`, { cause: error });
  });
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop(patience = 20_000) {
      if (child.connected) child.send({ type: 'stop' });
      const timer = setTimeout(() => {
        for (const pid of [...descendantsOf(child.pid ?? 0), child.pid ?? 0]) endNow(pid);
      }, patience);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function firstAnswer<Ready>(child: ChildProcess, ended: Promise<void>, deadlineMs: number): Promise<Ready> {
  const [answer] = (await Promise.race([
    once(child, 'message', { signal: AbortSignal.timeout(deadlineMs) }),
    ended.then(() => Promise.reject(new Error('It ended'))),
  ])) as [Ready];
  return answer;
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
