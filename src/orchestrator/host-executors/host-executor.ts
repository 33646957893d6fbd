/** What the host does itself, as a job: HTTP requests, calls with a provider key. One file per kind in this folder. */
import type { TokenUsage } from '../../shared/model/inference.ts';
import type { JobOrigin, OutputChunk } from '../../shared/model/job.ts';

/** The node that these jobs are leased to. It is in no list; ids of real nodes have a prefix (ids.ts). */
export const hostNodeId = 'host';

/** One attempt of a job, as its executor sees it. */
export interface HostContext {
  readonly jobId: string;
  readonly workspaceId: string;
  /** Who asked for it: a member's name, or null. */
  readonly submittedBy: string | null;
  readonly origin: JobOrigin | null;
  /** Counts from 1. */
  readonly attempt: number;
  /** Aborted when the job is cancelled, runs too long, or the host stops. */
  readonly signal: AbortSignal;
  /** Seconds that this attempt may run. */
  readonly runSeconds: number;
  /** Shown to whoever looks, as it comes (N9). */
  write(stream: OutputChunk['stream'], text: string): void;
  /** Tokens that a model says it used for an attempt that then gave no result; counted once for each attempt. */
  spent(what: { model: string; usage: TokenUsage; ms: number }): Promise<void>;
  /** The content of a file of this workspace. Throws a HostFault where it is not there or larger. */
  readFile(file: { fileId: string; sha256: string; name: string }, maxBytes: number): Promise<Buffer>;
  /** Keeps content as a file of this workspace. */
  addFile(name: string, content: AsyncIterable<Uint8Array>): Promise<unknown>;
}

export interface HostExecutor {
  readonly kind: string;
  /** Jobs of this kind at work at once, and those with the same `lane`. */
  readonly atOnce: number;
  readonly atOncePerLane: number;
  /** Jobs that share something scarce, such as a provider key, share a lane within their workspace; null while the input is not at hand. */
  lane(input: unknown): string | null;
  /** Resolves with the result; rejects with a `HostFault` where it knows why not. Every secret in it is to be left out. */
  execute(input: unknown, context: HostContext): Promise<unknown>;
}

/** Why an attempt of a host's job failed: a stable code, words with the next step, whose fault (J4). */
export class HostFault extends Error {
  readonly code: string;
  readonly fault: 'node' | 'job';
  /** Milliseconds that the other side asked us to wait before the next attempt. */
  readonly retryAfterMs: number | null;

  constructor(code: string, message: string, fault: 'node' | 'job' = 'job', retryAfterMs: number | null = null) {
    super(message);
    this.name = 'HostFault';
    this.code = code;
    this.fault = fault;
    this.retryAfterMs = retryAfterMs;
  }
}
