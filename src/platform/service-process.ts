import { fork } from 'node:child_process';
import { serviceEnvironment } from './config.ts';

/** One life of a service as its parent sees it; what differs between child_process and Electron's utilityProcess. */
export interface ServiceProcess {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(receive: (message: unknown) => void): void;
  /** Called once; `how` is the exit code or the name of the signal. */
  onExit(ended: (how: number | string) => void): void;
  /** Text that the service writes to stdout and stderr. */
  onOutput(receive: (text: string) => void): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts an entry file (src/platform/paths.ts, programPath) as a service. */
export type ForkService = (entry: string) => ServiceProcess;

/**
 * V8's young generation at a fixed 4 MB a half: by itself it grows to 16 and keeps the pages, which is a fifth of an idle
 * orchestrator and half of what 10,000 sockets cost. On the few cores that services share with the work of their
 * machine, threads of the garbage collector cost more than they bring (docs/benchmarks.md).
 */
export const serviceFlags = ['--max-semi-space-size=4', '--min-semi-space-size=4', '--no-parallel-scavenge'];

/** The adapter for plain Node. */
export const forkChild: ForkService = (entry) => {
  const child = fork(entry, [], {
    env: serviceEnvironment(),
    execArgv: ['--enable-source-maps', '--no-warnings=ExperimentalWarning', ...serviceFlags],
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => {
      // The callback takes the error of a channel that closed meanwhile; the exit tells the story.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (receive) => child.on('message', receive),
    // `exit`, not `close`: a grandchild that inherited a pipe would keep that one away. A failed start has `error` alone.
    onExit: (ended) => {
      const settle = onlyOnce(ended);
      child.once('exit', (code, signal) => settle(signal ?? code ?? 1));
      child.once('error', (error) => settle(error.message));
    },
    onOutput: (receive) => {
      for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', receive);
    },
    kill: (signal) => child.kill(signal),
  };
};

function onlyOnce<Value>(call: (value: Value) => void): (value: Value) => void {
  let called = false;
  return (value) => {
    if (!called) call(value);
    called = true;
  };
}
