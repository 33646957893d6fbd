import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { runtimePath } from '../../platform/paths.ts';
import { ExecutorError } from '../executors/executor.ts';
import { bareEnvironment, killTree, lowerPriority } from '../sandbox/process-tree.ts';
import type { ReadDocument } from './document.ts';
import type { FromDocumentReader, ToDocumentReader } from './messages.ts';

export interface DocumentPlan {
  /** MiB of V8's heap; what is outside of it is watched by whoever started it. */
  ramMb: number;
  /** `taskset`, to bind the process to `processors`; both or neither. */
  taskset?: string | undefined;
  processors?: readonly number[] | undefined;
}

/** A running reader of one document. */
export interface DocumentProcess {
  pid: number;
  /** Throws an ExecutorError; `document_reader_died` when the process ended instead of answering. */
  read(document: ToDocumentReader): Promise<ReadDocument>;
  kill(): void;
  ended: Promise<void>;
}

/** The entry file of the child, built or as source. */
function entry(): string {
  const built = runtimePath('worker/document/child.js');
  return existsSync(built) ? built : runtimePath('worker/document/child.ts');
}

export function startDocumentReader({ ramMb, taskset, processors = [] }: DocumentPlan): DocumentProcess {
  const command = [process.execPath, `--max-old-space-size=${ramMb}`, entry()];
  const bind = taskset !== undefined && processors.length > 0;
  const [file = '', ...args] = bind ? [taskset, '--cpu-list', processors.join(','), ...command] : command;
  const child = spawn(file, args, {
    detached: true,
    env: bareEnvironment({}),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    windowsHide: true,
  });
  if (child.pid !== undefined) lowerPriority(child.pid);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { pid: child.pid ?? 0, read: (document) => ask(child, document, ramMb), kill: () => killTree(child), ended };
}

function ask(child: ChildProcess, document: ToDocumentReader, ramMb: number): Promise<ReadDocument> {
  return new Promise((resolve, reject) => {
    child.once('message', (message: FromDocumentReader) => {
      if (message.type === 'read') resolve(message.result);
      else reject(new ExecutorError(message.error.code, message.error.message, message.error.fault));
    });
    child.once('exit', (code, signal) => reject(endOf(code, signal, ramMb)));
    child.once('error', () => reject(died()));
    child.send(document, (error) => error !== null && reject(died()));
  });
}

/** V8 ends a process whose heap is full with an abort. */
function endOf(code: number | null, signal: string | null, ramMb: number): ExecutorError {
  return signal === 'SIGABRT' || code === 134 ? documentMemory(ramMb) : died();
}

export function documentMemory(ramMb: number): ExecutorError {
  const words = `Reading the document needed more than ${ramMb} MiB of memory. Give the step more, or split the document.`;
  return new ExecutorError('document_memory', words, 'job');
}

function died(): ExecutorError {
  return new ExecutorError('document_reader_died', 'The process that reads documents ended unexpectedly', 'node');
}
