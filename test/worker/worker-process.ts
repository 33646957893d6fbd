import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HostToJoin, ServiceFailed, WorkerReady, WorkerStart } from '../../src/shared/services.ts';

const entry = fileURLToPath(new URL('../../src/worker/main.ts', import.meta.url));

export interface WorkerProcess {
  readonly child: ChildProcess;
  readonly ready: WorkerReady;
  /** Orderly; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Resolves with the exit code when it ends by itself. */
  ended(): Promise<number | null>;
  /** kill -9. */
  kill(): Promise<void>;
}

/** Starts a real worker as its parent does; what it logs is shown when it fails to start. */
export async function startWorker(
  dataDir: string,
  hosts: HostToJoin[],
  models?: WorkerStart['models'],
  env: Record<string, string> = {},
): Promise<WorkerProcess> {
  const child = fork(entry, [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--no-warnings'],
    serialization: 'json',
    env: { ...process.env, ...env },
  });
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-20_000);
  });
  const answered = Promise.race([once(child, 'message'), once(child, 'exit')]);
  const choices = models === undefined ? {} : { models };
  child.send({ type: 'start', dataDir, hosts, version: '0.0.0-test', ...choices });
  const [answer] = (await answered) as [WorkerReady | ServiceFailed | number];
  if (typeof answer !== 'object' || answer.type !== 'ready') {
    child.kill('SIGKILL');
    throw new Error(typeof answer === 'object' ? `${answer.code}: ${answer.message}` : `The worker ended:\n${log}`);
  }
  const exited = once(child, 'exit') as Promise<[number | null]>;
  return {
    child,
    ready: answer,
    async stop() {
      if (child.connected) child.send({ type: 'stop' });
      return (await exited)[0];
    },
    ended: async () => (await exited)[0],
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
