/**
 * The jobs of one host on this node, from `job_assign` to `done_ack`:
 *
 *     assigned ─▶ room taken ─▶ acknowledged ─▶ executed ─▶ result on disk ─▶ sent until done_ack
 *         └─▶ rejected                              └─▶ cancelled: killed, nothing is sent (J3)
 */

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { Agent } from 'node:https';
import { join } from 'node:path';
import { type FileValue, isBlobRef, limits } from '../../shared/model/values.ts';
import type { HostMessageOf, NodeMessage, NodeTimings, RunningJob } from '../../shared/protocol/node.ts';
import type { Sizes } from '../../shared/room.ts';
import type { BlobCache } from '../blobs/cache.ts';
import { uploadBlob } from '../blobs/transfer.ts';
import { type Executor, type ExecutorContext, ExecutorError, toJobError } from '../executors/executor.ts';
import { readInput } from './input.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { createOutputStream, type OutputStream } from './output-stream.ts';
import type { Slots } from './slots.ts';

type Assign = HostMessageOf<'job_assign'>;
type Registered = HostMessageOf<'registered'>;

export interface DeskOptions {
  /** Origin of the host. */
  url: string;
  /** Takes only the pinned certificate of the host (S4). */
  agent?: Agent | undefined;
  executors: ReadonlyMap<string, Executor>;
  slots: Slots;
  outbox: Outbox;
  cache: Pick<BlobCache, 'open'>;
  /** Folder for the attempts' own folders. */
  folder(): string;
  /** Folder for results that wait to be uploaded. */
  uploads: string;
  send(message: NodeMessage): void;
  /** Whether the host is there. */
  online(): boolean;
  /** False while the owner paused the node, or it drains: nothing new is taken. */
  accepting(): boolean;
  processors(): readonly number[] | undefined;
  now(): number;
  timings: Pick<NodeTimings, 'assignAck'>;
  /** An attempt for a workspace has ended after so many milliseconds, other than by being cancelled. */
  onEnded(workspaceId: string, ms: number): void;
  onTrouble(what: string, detail: Record<string, unknown>): void;
}

export interface Desk {
  /** Jobs that the node still holds: those that run, and those whose result waits (N6). */
  held(): RunningJob[];
  readonly running: number;
  /** What it works on now; `startedAt` by the desk's own clock. */
  works(): { jobId: string; kind: string; label: string; workspaceId: string; startedAt: number }[];
  assign(message: Assign): void;
  cancel(message: HostMessageOf<'job_cancel'>): void;
  chunkAcknowledged(message: HostMessageOf<'chunk_ack'>): void;
  doneAcknowledged(message: HostMessageOf<'done_ack'>): void;
  /** The host is there (again): keeps or ends what runs, sends what waits. */
  online(verdicts: Registered['jobs']): void;
  /** Ends what runs; resolves when every process of it is gone. Results that wait stay on disk. */
  stop(): Promise<void>;
}

interface Attempt {
  job: Assign;
  abort: AbortController;
  output: OutputStream;
  /** When it was acknowledged; null while it waits for room. */
  startedAt: number | null;
  over: Promise<void>;
}

/** How much of N7's time an assigned job may wait for the room that a cancelled one is just giving back. */
const patience = 0.6;
/** What a result and the logs of one attempt may hold. */
const outputBytes = 8 * 1024 * 1024;

export function createDesk(options: DeskOptions): Desk {
  const { outbox, send } = options;
  const attempts = new Map<string, Attempt>();
  /** Output of attempts that are over, kept until the host has the result, which it must get after the output. */
  const finished = new Map<string, OutputStream>();
  const delivering = new Set<string>();

  const needOf = ({ kind, requires }: Assign): Sizes => ({
    ...requires,
    ramMb: Math.max(requires.ramMb, options.executors.get(kind)?.leastRamMb ?? 0),
  });
  const isCurrent = (attempt: Attempt) => attempts.get(attempt.job.job_id) === attempt && !attempt.abort.signal.aborted;

  const begin = (job: Assign): Attempt => {
    const abort = new AbortController();
    const names = { job_id: job.job_id, fence: job.fence };
    const output = createOutputStream({ send: (chunk) => send({ type: 'chunk', ...names, ...chunk }) });
    const attempt: Attempt = { job, abort, output, startedAt: null, over: Promise.resolve() };
    attempts.set(job.job_id, attempt);
    attempt.over = perform(attempt).catch((error: unknown) => {
      options.onTrouble('attempt', { ...names, error: String(error) });
    });
    return attempt;
  };

  const perform = async (attempt: Attempt) => {
    const { job, abort } = attempt;
    const release = await options.slots.take(needOf(job), patience * options.timings.assignAck, abort.signal);
    try {
      if (abort.signal.aborted) return;
      if (release === null) return reject(job, 'no_room', 'The node has no room for this job within its limits');
      attempt.startedAt = options.now();
      send({ type: 'job_ack', job_id: job.job_id, fence: job.fence });
      const entry = await execute(attempt);
      attempt.output.end();
      if (entry !== null) options.onEnded(job.workspace_id, entry.message.run_ms ?? 0);
      if (entry === null || !isCurrent(attempt)) return;
      finished.set(keyOf(job), attempt.output);
      await keepResult(entry);
      deliver(entry);
    } finally {
      release?.();
      attempt.output.end();
      if (attempts.get(job.job_id) === attempt) attempts.delete(job.job_id);
    }
  };

  /** The message that tells how the attempt ended; null when it was cancelled. */
  const execute = async (attempt: Attempt): Promise<OutboxEntry | null> => {
    const { job, abort, startedAt } = attempt;
    const names = { job_id: job.job_id, fence: job.fence };
    const folder = await mkdtemp(join(options.folder(), 'job-'));
    const releases: (() => void)[] = [];
    const took = () => Math.max(0, options.now() - (startedAt ?? options.now()));
    try {
      const result = await runExecutor(attempt, folder, releases);
      if (abort.signal.aborted) return null;
      return await resultEntry(job, names, result ?? null, took());
    } catch (error) {
      if (abort.signal.aborted) return null;
      return { message: { type: 'job_failed', ...names, error: toJobError(error), run_ms: took() } };
    } finally {
      for (const release of releases) release();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
        options.onTrouble('folder', { ...names, error: String(error) });
      });
    }
  };

  const runExecutor = async (
    { job, abort, output }: Attempt,
    folder: string,
    releases: (() => void)[],
  ): Promise<unknown> => {
    const executor = options.executors.get(job.kind);
    if (executor === undefined) throw new ExecutorError('no_executor', `This node cannot do "${job.kind}"`, 'node');
    const openBlob = async (sha256: string) => {
      if (job.ticket === undefined)
        throw new ExecutorError('blob_refused', 'The job came without a ticket for its files', 'node');
      const opened = await options.cache.open(
        { url: options.url, agent: options.agent, ticket: job.ticket, sha256 },
        abort.signal,
      );
      releases.push(opened.release);
      return opened.path;
    };
    const context: ExecutorContext = {
      signal: abort.signal,
      folder,
      chunk: (stream, text) => output.write(stream, text),
      blob: (file: FileValue) => openBlob(file.sha256),
    };
    const input = await readInput(job.input, async (ref) => readFile(await openBlob(ref.$blob), 'utf8'));
    const processors = options.processors();
    const jobLimits = {
      ...needOf(job),
      runSeconds: job.run_seconds,
      outputBytes,
      ...(processors === undefined ? {} : { processors }),
    };
    return executor.execute(
      { jobId: job.job_id, attempt: job.attempt, kind: job.kind, input, limits: jobLimits },
      context,
    );
  };

  /** A result beyond 256 KiB is written to disk now and uploaded before its message goes (N12). */
  const resultEntry = async (
    job: Assign,
    names: { job_id: string; fence: string },
    result: unknown,
    run_ms: number,
  ): Promise<OutboxEntry> => {
    const text = JSON.stringify(result);
    const size = Buffer.byteLength(text);
    if (size <= limits.inlinePayload && !isBlobRef(result))
      return { message: { type: 'job_done', ...names, result, run_ms } };
    if (job.ticket === undefined)
      throw new ExecutorError('blob_refused', 'The job came without a ticket for a large result', 'node');
    const sha256 = createHash('sha256').update(text).digest('hex');
    await writeFile(join(options.uploads, sha256), text, { mode: 0o600, flush: true });
    return {
      message: { type: 'job_done', ...names, result: { $blob: sha256, size }, run_ms },
      upload: { sha256, ticket: job.ticket },
    };
  };

  const keepResult = (entry: OutboxEntry) =>
    outbox.put(entry).catch((error: unknown) => {
      // It is still in memory and still sent; only a kill before the host has it would have the job done again.
      options.onTrouble('outbox', { job_id: entry.message.job_id, error: String(error) });
    });

  const deliver = (entry: OutboxEntry) => {
    if (entry.upload === undefined) send(entry.message);
    else if (options.online()) void deliverLarge(entry, entry.upload);
  };

  const deliverLarge = async (entry: OutboxEntry, upload: NonNullable<OutboxEntry['upload']>) => {
    const { message } = entry;
    const key = keyOf(message);
    if (delivering.has(key)) return;
    delivering.add(key);
    try {
      const path = join(options.uploads, upload.sha256);
      await uploadBlob({ url: options.url, agent: options.agent, ...upload }, path, { signal: stopping.signal });
      send(message);
    } catch (error) {
      options.onTrouble('upload', { job_id: message.job_id, error: String(error) });
      // A host that is away gets it when it is back; one that refuses it is told that the attempt failed.
      if (error instanceof ExecutorError && error.code !== 'blob_unavailable') await refuseUpload(message, error);
    } finally {
      delivering.delete(key);
    }
  };

  const refuseUpload = async ({ job_id, fence }: OutboxEntry['message'], error: ExecutorError) => {
    if (!outbox.has(job_id, fence)) return;
    const failed: OutboxEntry = { message: { type: 'job_failed', job_id, fence, error: toJobError(error) } };
    await keepResult(failed);
    deliver(failed);
  };

  const reject = (job: Assign, reason: string, message: string) =>
    send({ type: 'job_reject', job_id: job.job_id, fence: job.fence, reason, message });

  const end = (attempt: Attempt) => {
    attempt.abort.abort();
    attempt.output.end();
  };

  const stopping = new AbortController();

  return {
    get running() {
      return [...attempts.values()].filter((attempt) => attempt.startedAt !== null).length;
    },
    works: () =>
      [...attempts.values()].flatMap(({ job, startedAt }) =>
        startedAt === null
          ? []
          : [
              {
                jobId: job.job_id,
                kind: job.kind,
                label: job.label,
                workspaceId: job.workspace_id,
                startedAt,
              },
            ],
      ),
    held() {
      const running = [...attempts.values()].filter(
        (attempt) => attempt.startedAt !== null && !attempt.abort.signal.aborted,
      );
      return [
        ...running.map(({ job, output }) => ({ job_id: job.job_id, fence: job.fence, acked_seq: output.ackedSeq })),
        ...outbox
          .pending()
          .map(({ message }) => message)
          .filter(({ job_id, fence }) => !running.some(({ job }) => job.job_id === job_id && job.fence === fence))
          .map(({ job_id, fence }) => ({
            job_id,
            fence,
            acked_seq: finished.get(keyOf({ job_id, fence }))?.ackedSeq ?? -1,
          })),
      ];
    },
    assign(job) {
      const known = attempts.get(job.job_id);
      if (known?.job.fence === job.fence) {
        if (known.startedAt !== null) send({ type: 'job_ack', job_id: job.job_id, fence: job.fence });
        return;
      }
      // It was done already; the host will see so.
      const waiting = outbox
        .pending()
        .find(({ message }) => message.job_id === job.job_id && message.fence === job.fence);
      if (waiting !== undefined) return deliver(waiting);
      if (known !== undefined) end(known);
      if (!options.accepting()) return reject(job, 'not_accepting', 'The node takes no new jobs now');
      if (!options.executors.has(job.kind)) return reject(job, 'no_executor', `This node cannot do "${job.kind}"`);
      begin(job);
    },
    cancel({ job_id, fence }) {
      const attempt = attempts.get(job_id);
      if (attempt?.job.fence === fence) end(attempt);
    },
    chunkAcknowledged({ job_id, fence, seq }) {
      const attempt = attempts.get(job_id);
      if (attempt?.job.fence === fence) attempt.output.acknowledged(seq);
      else finished.get(keyOf({ job_id, fence }))?.acknowledged(seq);
    },
    doneAcknowledged({ job_id, fence }) {
      finished.delete(keyOf({ job_id, fence }));
      const entry = outbox.remove(job_id, fence);
      if (entry?.upload !== undefined) void rm(join(options.uploads, entry.upload.sha256), { force: true });
    },
    online(verdicts = []) {
      const verdictOf = new Map(verdicts.map((verdict) => [keyOf(verdict), verdict]));
      for (const attempt of attempts.values()) {
        const verdict = verdictOf.get(keyOf(attempt.job));
        if (verdict?.verdict === 'revoke') end(attempt);
        else attempt.output.resume(verdict?.acked_seq ?? attempt.output.ackedSeq);
        if (verdict?.ticket !== undefined) attempt.job.ticket = verdict.ticket;
      }
      for (const [key, output] of finished) output.resume(verdictOf.get(key)?.acked_seq ?? output.ackedSeq);
      // Revoked or not: the host answers each, and only its answer removes a result (N10, N11).
      for (const entry of outbox.pending()) {
        const ticket = verdictOf.get(keyOf(entry.message))?.ticket;
        if (ticket !== undefined && entry.upload !== undefined) entry.upload.ticket = ticket;
        deliver(entry);
      }
    },
    async stop() {
      stopping.abort();
      const all = [...attempts.values()];
      for (const attempt of all) end(attempt);
      await Promise.all(all.map((attempt) => attempt.over));
    },
  };
}

function keyOf({ job_id, fence }: { job_id: string; fence: string }): string {
  return `${job_id} ${fence}`;
}
