import { type Binding, type HelperProcess, startHelper } from '../children/helper-process.ts';
import { ExecutorError } from '../executors/executor.ts';
import type { ReadDocument } from './document.ts';
import type { FromDocumentReader, ToDocumentReader } from './messages.ts';

export interface DocumentPlan extends Binding {
  /** MiB of V8's heap; what is outside of it is watched by whoever started it. */
  ramMb: number;
}

/** A running reader of one document. */
export interface DocumentProcess {
  /** Undefined when it could not be started. */
  pid: Promise<number | undefined>;
  /** Throws an ExecutorError; `document_reader_died` when the process ended instead of answering. */
  read(document: ToDocumentReader): Promise<ReadDocument>;
  kill(): void;
  ended: Promise<void>;
}

export function startDocumentReader({ ramMb, ...binding }: DocumentPlan): DocumentProcess {
  const helper = startHelper({ program: 'document', heapMb: ramMb, threads: 1 }, binding);
  return {
    pid: helper.pid,
    read: (document) => ask(helper, document, ramMb),
    kill: () => helper.kill(),
    ended: helper.ended.then(() => undefined),
  };
}

function ask(helper: HelperProcess, document: ToDocumentReader, ramMb: number): Promise<ReadDocument> {
  return new Promise((resolve, reject) => {
    helper.onMessage((said) => {
      const message = said as FromDocumentReader;
      if (message.type === 'read') resolve(message.result);
      else reject(new ExecutorError(message.error.code, message.error.message, message.error.fault));
    });
    void helper.ended.then((how) => reject(endOf(how, ramMb)));
    helper.send(document);
  });
}

/** V8 ends a process whose heap is full with an abort. */
function endOf(how: number | string, ramMb: number): ExecutorError {
  return how === 'SIGABRT' || how === 134 || how === 6 ? documentMemory(ramMb) : died();
}

export function documentMemory(ramMb: number): ExecutorError {
  const words = `Reading the document needed more than ${ramMb} MiB of memory. Give the step more, or split the document.`;
  return new ExecutorError('document_memory', words, 'job');
}

function died(): ExecutorError {
  return new ExecutorError('document_reader_died', 'The process that reads documents ended unexpectedly', 'node');
}
