import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Program<Ready> {
  ready: Ready;
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a program with its first message; resolves with its first answer. */
export async function startProgram<Ready>(
  path: string,
  start: object,
  execArgv: string[] = [],
): Promise<Program<Ready>> {
  const child = fork(path, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv });
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors = (errors + String(text)).slice(-4_000);
  });
  child.send(start);
  const ended = once(child, 'exit');
  const [ready] = await Promise.race([
    once(child, 'message') as Promise<[Ready]>,
    ended.then(([code]) => Promise.reject(new Error(`${path} ended with ${code}:\n${errors}`))),
  ]);
  return {
    ready,
    child,
    async stop() {
      if (child.connected) child.send({ type: 'stop' });
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
