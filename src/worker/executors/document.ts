import { Compile } from 'typebox/compile';
import { DocumentInput, largestDocument } from '../../shared/model/document.ts';
import { watchHelper } from '../children/watch-helper.ts';
import {
  type DocumentPlan,
  type DocumentProcess,
  documentMemory,
  startDocumentReader,
} from '../document/document-process.ts';
import { tooLargeDocument } from '../document/formats.ts';
import { cancelled, type Executor, type ExecutorContext, ExecutorError, type JobLimits } from './executor.ts';

const documentInput = Compile(DocumentInput);

/** The libraries take about 100 MiB, a large PDF several times its size. */
const leastRamMb = 256;

export interface DocumentOptions {
  taskset?: string | undefined;
  start?: (plan: DocumentPlan) => DocumentProcess;
}

/** The executor of kind `document`: the text of a PDF, DOCX, HTML or text file, read in a process of its own (S8, S10, J3). */
export function createDocumentExecutor({ taskset, start = startDocumentReader }: DocumentOptions = {}): Executor {
  const all = new Set<DocumentProcess>();
  return {
    kind: 'document',
    leastRamMb,
    async execute({ input, limits }, context) {
      if (!documentInput.Check(input))
        throw new ExecutorError('document_bad_input', 'The job does not name a document', 'job');
      const { file } = input;
      if (file.size > largestDocument)
        throw tooLargeDocument(file.name, `it has more than ${largestDocument / 1024 / 1024} MB`);
      const path = await context.blob(file);
      if (context.signal.aborted) throw cancelled();
      const ramMb = Math.max(limits.ramMb, leastRamMb);
      const process = start({ ramMb, taskset, processors: limits.processors });
      all.add(process);
      try {
        return await readBounded(process, { path, name: file.name, mime: file.mime }, { ...limits, ramMb }, context);
      } finally {
        process.kill();
        await process.ended;
        all.delete(process);
      }
    },
    async stop() {
      const processes = [...all];
      for (const process of processes) process.kill();
      await Promise.all(processes.map(({ ended }) => ended));
    },
  };
}

async function readBounded(
  process: DocumentProcess,
  document: Parameters<DocumentProcess['read']>[0],
  { ramMb, runSeconds }: JobLimits,
  { signal }: ExecutorContext,
): Promise<unknown> {
  let verdict: ExecutorError | undefined;
  const end = (reason: ExecutorError) => {
    verdict ??= reason;
    process.kill();
  };
  const overdue = () =>
    end(new ExecutorError('document_timeout', `Reading the document took longer than ${runSeconds} s`, 'job'));
  const timer = setTimeout(overdue, runSeconds * 1_000);
  const bounds = { ramMb, writtenBytes: Number.POSITIVE_INFINITY, folder: null, folderBytes: 0 };
  const stopWatching = watchHelper(process, bounds, () => end(documentMemory(ramMb)));
  const onAbort = () => end(cancelled());
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await process.read(document);
  } catch (error) {
    throw verdict ?? error;
  } finally {
    clearTimeout(timer);
    stopWatching();
    signal.removeEventListener('abort', onAbort);
  }
}
