import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { FileValue } from '../../shared/model/values.ts';
import { watchHelper } from '../children/watch-helper.ts';
import { type ReaderPlan, type ReaderProcess, startReader } from '../ocr/reader-process.ts';
import {
  cancelled,
  type Executor,
  type ExecutorContext,
  ExecutorError,
  type ExecutorJob,
  type JobLimits,
} from './executor.ts';

/** An OCR job: the image to read. It answers `ReadText` of ocr/reader.ts. */
export const OcrInput = Type.Object({ image: FileValue });
export type OcrInput = Static<typeof OcrInput>;
const ocrInput = Compile(OcrInput);

/** The models and the largest page that is read take about 650 MiB. */
const leastRamMb = 768;

export interface OcrOptions {
  taskset?: string | undefined;
  /** A warm reader that nobody used for this long is ended, in milliseconds. */
  idleMs?: number;
  start?: (plan: ReaderPlan) => ReaderProcess;
}

interface WarmReader {
  process: ReaderProcess;
  key: string;
  timer?: NodeJS.Timeout;
}

/** The executor of kind `ocr`: PP-OCRv4 on the CPU, offline, in child processes that keep the models loaded (S8, J3). */
export function createOcrExecutor(options: OcrOptions = {}): Executor {
  const { taskset, idleMs = 60_000, start = startReader } = options;
  const all = new Set<ReaderProcess>();
  const warm: WarmReader[] = [];

  const take = ({ cores, processors }: JobLimits): WarmReader => {
    const threads = Math.max(1, Math.round(cores));
    const key = `${threads}:${processors?.join(',') ?? ''}`;
    const index = warm.findLastIndex((reader) => reader.key === key && reader.process.alive);
    const [kept] = index < 0 ? [] : warm.splice(index, 1);
    if (kept !== undefined) {
      clearTimeout(kept.timer);
      return kept;
    }
    for (const other of warm.splice(0)) release(other);
    const process = start({ threads, taskset, processors });
    all.add(process);
    void process.ended.then(() => all.delete(process));
    return { process, key };
  };

  const release = (reader: WarmReader) => {
    clearTimeout(reader.timer);
    reader.process.kill();
  };

  const keep = (reader: WarmReader) => {
    warm.push(reader);
    reader.timer = setTimeout(() => {
      warm.splice(warm.indexOf(reader), 1);
      release(reader);
    }, idleMs);
    reader.timer.unref();
  };

  return {
    kind: 'ocr',
    leastRamMb,
    async execute(job, context) {
      const { image } = parseInput(job);
      const path = await context.blob(image);
      if (context.signal.aborted) throw cancelled();
      const reader = take(job.limits);
      try {
        return await readBounded(reader.process, path, job.limits, context);
      } finally {
        if (reader.process.alive) keep(reader);
      }
    },
    async stop() {
      for (const reader of warm.splice(0)) clearTimeout(reader.timer);
      const processes = [...all];
      for (const process of processes) process.kill();
      await Promise.all(processes.map((process) => process.ended));
    },
  };
}

/** Reads within the limits. A reader that passed them is gone when this throws. */
async function readBounded(
  process: ReaderProcess,
  path: string,
  limits: JobLimits,
  context: ExecutorContext,
): Promise<unknown> {
  const ramMb = Math.max(limits.ramMb, leastRamMb);
  const bounds = { ramMb, writtenBytes: Number.POSITIVE_INFINITY, folder: null, folderBytes: 0 };
  let verdict: ExecutorError | undefined;
  const end = (reason: ExecutorError) => {
    verdict ??= reason;
    process.kill();
  };
  const timer = setTimeout(() => end(timeoutError(limits)), limits.runSeconds * 1_000);
  const stopWatching = watchHelper(process, bounds, () => end(memoryError(ramMb)));
  const onAbort = () => end(cancelled());
  context.signal.addEventListener('abort', onAbort, { once: true });
  if (context.signal.aborted) onAbort();
  try {
    return await process.read(path);
  } catch (error) {
    if (verdict === undefined) throw error;
    await process.ended;
    throw verdict;
  } finally {
    clearTimeout(timer);
    stopWatching();
    context.signal.removeEventListener('abort', onAbort);
  }
}

function parseInput(job: ExecutorJob): OcrInput {
  if (ocrInput.Check(job.input)) return job.input;
  const [first] = ocrInput.Errors(job.input);
  const where = `${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim();
  throw new ExecutorError('ocr_bad_input', `The job does not name an image: ${where}`, 'job');
}

function timeoutError(limits: JobLimits): ExecutorError {
  return new ExecutorError('ocr_timeout', `Reading the image took longer than ${limits.runSeconds} s`, 'job');
}

function memoryError(ramMb: number): ExecutorError {
  return new ExecutorError('ocr_memory', `Reading the image needed more than ${ramMb} MiB of memory`, 'job');
}
