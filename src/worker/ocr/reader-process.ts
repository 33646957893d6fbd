import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { runtimePath } from '../../platform/paths.ts';
import { ExecutorError } from '../executors/executor.ts';
import { bareEnvironment, killTree, lowerPriority } from '../sandbox/process-tree.ts';
import type { FromReader, ToReader } from './messages.ts';
import type { ReadText } from './reader.ts';

export interface ReaderPlan {
  threads: number;
  /** `taskset`, to bind the process to `processors`; both or neither. */
  taskset?: string | undefined;
  processors?: readonly number[] | undefined;
}

/** A running reader; it reads one image at a time. */
export interface ReaderProcess {
  pid: number;
  readonly alive: boolean;
  /** Throws an ExecutorError; `ocr_reader_died` when the process ended instead of answering. */
  read(path: string): Promise<ReadText>;
  kill(): void;
  ended: Promise<void>;
}

/** The entry file of the child, built or as source. */
function entry(): string {
  const built = runtimePath('worker/ocr/child.js');
  return existsSync(built) ? built : runtimePath('worker/ocr/child.ts');
}

export function startReader(plan: ReaderPlan): ReaderProcess {
  const bind = plan.taskset !== undefined && plan.processors !== undefined && plan.processors.length > 0;
  const command = [process.execPath, entry(), String(plan.threads)];
  const bound = bind ? [plan.taskset ?? '', '--cpu-list', (plan.processors ?? []).join(','), ...command] : command;
  const [file = '', ...args] = bound;
  const child = spawn(file, args, {
    detached: true,
    env: bareEnvironment({}),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  });
  if (child.pid !== undefined) lowerPriority(child.pid);
  return conversation(child);
}

function conversation(child: ChildProcess): ReaderProcess {
  let alive = true;
  let nextId = 0;
  const waiting = new Map<number, { resolve(result: ReadText): void; reject(error: Error): void }>();
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      alive = false;
      for (const { reject } of waiting.values()) reject(died());
      waiting.clear();
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  child.on('message', (message: FromReader) => {
    if (message.type === 'loaded') return;
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'read') asked?.resolve(message.result);
    else asked?.reject(new ExecutorError(message.error.code, message.error.message, message.error.fault));
  });
  return {
    pid: child.pid ?? 0,
    get alive() {
      return alive;
    },
    read: (path) =>
      new Promise((resolve, reject) => {
        if (!alive) return reject(died());
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        child.send({ type: 'read', id, path } satisfies ToReader, (error) => error !== null && reject(died()));
      }),
    kill: () => killTree(child),
    ended,
  };
}

function died(): ExecutorError {
  return new ExecutorError('ocr_reader_died', 'The process that reads text ended unexpectedly', 'node');
}
