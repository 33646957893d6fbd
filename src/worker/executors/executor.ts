import type { Fault, JobError } from '../../shared/model/job.ts';
import type { FileValue } from '../../shared/model/values.ts';

/** What one attempt may use at most (S8). */
export interface JobLimits {
  /** Processor cores; a share of one is allowed. */
  cores: number;
  /** Memory of the processes that the job starts, in MiB. */
  ramMb: number;
  /** Wall-clock time of the attempt, in seconds. */
  runSeconds: number;
  /** The result as JSON text, and separately all that the job logs, in bytes. */
  outputBytes: number;
  /** The processors it may run on (CPU affinity), where the platform can bind; all when absent. */
  processors?: readonly number[];
}

export interface ExecutorJob {
  jobId: string;
  attempt: number;
  kind: string;
  /** As the submitter sent it; the executor parses it. */
  input: unknown;
  limits: JobLimits;
}

export type ChunkStream = 'log' | 'token' | 'progress';

export interface ExecutorContext {
  /** Aborted when the job is cancelled; everything the executor started is gone within 5 s (J3). */
  signal: AbortSignal;
  /** A fresh folder of this attempt; whoever made it removes it. */
  folder: string;
  /** Sends output; resolves when there is room for more (N9), so awaiting it is the back-pressure. */
  chunk(stream: ChunkStream, text: string): Promise<void>;
  /** The content of a file value as a local, read-only file; answers its path. */
  blob(file: FileValue): Promise<string>;
}

/** Carries out one kind of job. */
export interface Executor {
  readonly kind: string;
  /** Memory in MiB below which it cannot work; a job that asks for less reserves and gets this. */
  readonly leastRamMb: number;
  /** Answers the job's result (a JSON value), or throws an ExecutorError. */
  execute(job: ExecutorJob, context: ExecutorContext): Promise<unknown>;
  /** Ends whatever still runs or was kept warm. */
  stop(): Promise<void>;
}

/** Why an attempt failed, and whose fault it was (J4): only the node's faults are retried by default. */
export class ExecutorError extends Error {
  readonly code: string;
  readonly fault: Fault;
  /** Milliseconds that whoever was asked wants nobody to ask again. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, fault: Fault, cause?: unknown, retryAfterMs: number | null = null) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ExecutorError';
    this.code = code;
    this.fault = fault;
    this.retryAfterMs = retryAfterMs;
  }
}

const messageLimit = 4_000;

/** How a failed attempt is told to the host. What is no ExecutorError is a mistake of this program, so the node's fault. */
export function toJobError(error: unknown): JobError {
  if (error instanceof ExecutorError) {
    const { code, message, fault, retryAfterMs } = error;
    return {
      code,
      message: message.slice(0, messageLimit),
      fault,
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
    };
  }
  const words = error instanceof Error ? error.message : String(error);
  return {
    code: 'executor_broke',
    message: `The executor itself failed: ${words}`.slice(0, messageLimit),
    fault: 'node',
  };
}

/** The error of an attempt whose signal was aborted. */
export function cancelled(): ExecutorError {
  return new ExecutorError('cancelled', 'The attempt was cancelled', 'node');
}
