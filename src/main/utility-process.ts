import { utilityProcess } from 'electron';
import { serviceEnvironment } from '../platform/config.ts';
import { helperPath } from '../platform/paths.ts';
import { type ForkService, serviceFlags } from '../platform/service-process.ts';
import type { ForkHelper } from './lent-helpers.ts';

/** The adapter for Electron: a utilityProcess has Node, but no way to be used as `node` by others. */
export const forkUtility: ForkService = (entry) => {
  const child = utilityProcess.fork(entry, [], { env: serviceEnvironment(), execArgv: serviceFlags, stdio: 'pipe' });
  return {
    get pid() {
      return child.pid;
    },
    send: (message) => child.postMessage(message),
    onMessage: (receive) => child.on('message', receive),
    onExit: (ended) => child.once('exit', ended),
    onOutput: (receive) => {
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => receive(data.toString()));
    },
    kill: (signal) => {
      // utilityProcess.kill only knows SIGTERM.
      if (signal === 'SIGTERM') child.kill();
      else if (child.pid !== undefined) process.kill(child.pid, signal);
    },
  };
};

/** A helper gets nothing of the environment: it reads files that strangers made. */
export const forkUtilityHelper: ForkHelper = ({ program, heapMb, threads }) => {
  const execArgv = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const child = utilityProcess.fork(helperPath(program), [String(threads)], { env: {}, execArgv, stdio: 'ignore' });
  const kill = () => {
    if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
  };
  return {
    onStart: (started) => child.once('spawn', () => child.pid !== undefined && started(child.pid)),
    send: (message) => child.postMessage(message),
    onMessage: (receive) => child.on('message', receive),
    onExit: (ended) => child.once('exit', ended),
    // One that has not been spawned yet cannot be ended yet.
    kill: () => (child.pid === undefined ? child.once('spawn', kill) : kill()),
  };
};
