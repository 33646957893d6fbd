import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';

interface ForkOptions {
  env?: Record<string, string>;
  execArgv?: string[];
  stdio?: 'pipe' | 'ignore';
}

/** One utility process: a child of Node that is given `process.parentPort`. */
class UtilityProcess extends EventEmitter {
  private readonly child: ChildProcess;

  constructor(entry: string, args: string[], { env, execArgv = [], stdio = 'pipe' }: ForkOptions) {
    super();
    this.child = fork(entry, args, {
      env,
      execArgv: [...execArgv, '--import', new URL('./utility-child.ts', import.meta.url).href],
      serialization: 'advanced',
      stdio: ['ignore', stdio, stdio, 'ipc'],
    });
    this.child.on('spawn', () => this.emit('spawn'));
    this.child.on('message', (message) => this.emit('message', message));
    this.child.on('exit', (code) => this.emit('exit', code ?? 1));
  }

  get pid(): number | undefined {
    return this.child.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  get stdout() {
    return this.child.stdout;
  }

  get stderr() {
    return this.child.stderr;
  }

  postMessage(message: object): void {
    if (this.child.connected) this.child.send(message);
  }

  kill(): boolean {
    return this.child.kill();
  }
}

export const utilityProcess = {
  fork: (entry: string, args: string[] = [], options: ForkOptions = {}) => new UtilityProcess(entry, args, options),
};
