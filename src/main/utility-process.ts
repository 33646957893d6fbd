import { utilityProcess } from 'electron';
import { serviceEnvironment } from '../platform/config.ts';
import { type ForkService, serviceFlags } from '../platform/service-process.ts';

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
