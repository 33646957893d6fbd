import { spawn } from 'node:child_process';
import { helperPath } from '../../platform/paths.ts';
import { bareEnvironment, killTree, lowerPriority } from '../sandbox/process-tree.ts';
import type { HelperProcess, StartHelper } from './helper-process.ts';

/** A helper as a child of this Node, which it uses as its program. */
export const spawnHelper: StartHelper = ({ program, heapMb, threads }, { taskset, processors = [] }): HelperProcess => {
  const heap = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const command = [process.execPath, ...heap, helperPath(program), String(threads)];
  const bind = taskset !== undefined && processors.length > 0;
  const [file = '', ...args] = bind ? [taskset, '--cpu-list', processors.join(','), ...command] : command;
  const child = spawn(file, args, {
    detached: true,
    env: bareEnvironment({}),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  });
  if (child.pid !== undefined) lowerPriority(child.pid);
  return {
    pid: Promise.resolve(child.pid),
    // The callback takes the error of a channel that closed meanwhile; the end tells the story.
    send: (message) => child.connected && child.send(message as object, () => undefined),
    onMessage: (receive) => child.on('message', receive),
    kill: () => killTree(child),
    ended: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? code ?? 1));
      child.once('error', (error) => resolve(error.message));
    }),
  };
};
