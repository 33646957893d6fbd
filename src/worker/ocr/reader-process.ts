import { type Binding, type HelperProcess, startHelper } from '../children/helper-process.ts';
import { ExecutorError } from '../executors/executor.ts';
import type { FromReader, ToReader } from './messages.ts';
import type { ReadText } from './reader.ts';

export interface ReaderPlan extends Binding {
  threads: number;
}

/** A running reader; it reads one image at a time. */
export interface ReaderProcess {
  /** Undefined when it could not be started. */
  pid: Promise<number | undefined>;
  readonly alive: boolean;
  /** Throws an ExecutorError; `ocr_reader_died` when the process ended instead of answering. */
  read(path: string): Promise<ReadText>;
  kill(): void;
  ended: Promise<void>;
}

export function startReader({ threads, ...binding }: ReaderPlan): ReaderProcess {
  return conversation(startHelper({ program: 'ocr', threads }, binding));
}

function conversation(helper: HelperProcess): ReaderProcess {
  let alive = true;
  let nextId = 0;
  const waiting = new Map<number, { resolve(result: ReadText): void; reject(error: Error): void }>();
  const ended = helper.ended.then(() => {
    alive = false;
    for (const { reject } of waiting.values()) reject(died());
    waiting.clear();
  });
  helper.onMessage((said) => {
    const message = said as FromReader;
    if (message.type === 'loaded') return;
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'read') asked?.resolve(message.result);
    else asked?.reject(new ExecutorError(message.error.code, message.error.message, message.error.fault));
  });
  return {
    pid: helper.pid,
    get alive() {
      return alive;
    },
    read: (path) =>
      new Promise((resolve, reject) => {
        if (!alive) return reject(died());
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        helper.send({ type: 'read', id, path } satisfies ToReader);
      }),
    kill: () => helper.kill(),
    ended,
  };
}

function died(): ExecutorError {
  return new ExecutorError('ocr_reader_died', 'The process that reads text ended unexpectedly', 'node');
}
