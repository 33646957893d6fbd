/**
 * The virtual node `host`: takes jobs that the host does itself from their lines, in turn, and reports as a node does, so
 * that fences, retries, timeouts, cancel, output and history are the job engine's (engine.md).
 */
import type { Clock } from '../../shared/clock.ts';
import type { JobError } from '../../shared/model/job.ts';
import { isBlobRef, limits } from '../../shared/model/values.ts';
import type { HostMessage, HostMessageOf } from '../../shared/protocol/node.ts';
import type { EngineLog, JobEngine } from '../jobs/engine.ts';
import type { HostWork } from '../jobs/host-work.ts';
import type { BlobStore } from '../services.ts';
import type { JobRow } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { readAll } from './content.ts';
import { type HostContext, type HostExecutor, HostFault, hostNodeId } from './host-executor.ts';
import { createRoom } from './room.ts';
import { createWriter } from './writer.ts';

export interface HostDesk extends HostWork {
  /** From now on jobs are taken. */
  begin(engine: DeskEngine): void;
  /** Ends what is at work, without a result; the jobs are lost to this start and tried again by the next. */
  stop(): Promise<void>;
}

export type DeskEngine = Pick<JobEngine, 'hostQueues' | 'assign' | 'acknowledged' | 'wrote' | 'ended' | 'find'>;

export interface HostDeskDeps {
  executors: readonly HostExecutor[];
  blobs: BlobStore;
  /** What executors are given of files and people. */
  world: HostWorld;
  clock: Clock;
  timers: Timers;
  log: EngineLog;
}

export interface HostWorld {
  readFile(workspaceId: string, ...file: Parameters<HostContext['readFile']>): ReturnType<HostContext['readFile']>;
  addFile(workspaceId: string, ...file: Parameters<HostContext['addFile']>): ReturnType<HostContext['addFile']>;
  /** Counts what an attempt used that gave no result; once, however often it is told. */
  spent(job: JobRow, attempt: number, ...what: Parameters<HostContext['spent']>): Promise<void>;
  /** Name of the member for whom a job is done. */
  askedBy(job: { submittedBy: string | null; runId: string | null }): Promise<string | null>;
}

/** Inputs beyond this are refused; they are read whole into memory. */
const maxInput = 64 * 1024 * 1024;
const jobFault = (code: string, message: string): JobError => ({ code, message, fault: 'job' });

interface Work {
  readonly abort: AbortController;
  readonly fence: string;
  done: Promise<void>;
}

export function createHostDesk({ executors, blobs, world, timers, log }: HostDeskDeps): HostDesk {
  const byKind = new Map(executors.map((executor) => [executor.kind, executor]));
  const room = createRoom(byKind);
  const working = new Map<string, Work>();
  let engine: DeskEngine | null = null;
  let stopped = false;
  let pending = false;

  const laneOf = ({ workspaceId, kind, input }: JobRow) =>
    `${kind}\u0000${workspaceId}\u0000${byKind.get(kind)?.lane(isBlobRef(input) ? null : input) ?? ''}`;

  const pass = () => {
    pending = false;
    if (stopped || engine === null) return;
    for (const jobId of room.choose(engine.hostQueues())) engine.assign({ jobId, nodeId: hostNodeId, gpu: null });
  };

  const take = (message: HostMessageOf<'job_assign'>) => {
    const { job_id: jobId, fence } = message;
    const job = engine?.find(jobId);
    const executor = byKind.get(message.kind);
    if (engine === null || job === undefined || executor === undefined || stopped) return;
    const lane = laneOf(job.row);
    room.enter(message.kind, lane);
    const work: Work = { abort: new AbortController(), fence, done: Promise.resolve() };
    working.set(jobId, work);
    work.done = perform(engine, executor, message, job.row, work).finally(() => {
      if (working.get(jobId) === work) working.delete(jobId);
      room.leave(message.kind, lane);
      wake();
    });
  };

  const perform = async (
    to: DeskEngine,
    executor: HostExecutor,
    message: HostMessageOf<'job_assign'>,
    row: JobRow,
    { abort, fence }: Work,
  ): Promise<void> => {
    // The engine is in the middle of assigning; a node would answer later, too.
    await Promise.resolve();
    to.acknowledged(hostNodeId, { type: 'job_ack', job_id: row.id, fence });
    const { signal } = abort;
    const overdue = new HostFault('run_timeout', `It ran longer than its ${message.run_seconds} s`);
    const stopClock = timers.after(message.run_seconds * 1_000, () => abort.abort(overdue));
    const writer = createWriter(timers, (seq, stream, text) =>
      to.wrote(hostNodeId, [{ type: 'chunk', job_id: row.id, fence, seq, stream, text }]),
    );
    try {
      const input = isBlobRef(row.input) ? await inputFrom(blobs, row.input.$blob) : row.input;
      const context = await contextOf(message, row, signal, writer.write);
      const result = await executor.execute(input, context);
      writer.end();
      // A cancelled job was ended by whoever cancelled it; a host that stops leaves it to its next start.
      if (stopped) return;
      to.ended(hostNodeId, { type: 'job_done', job_id: row.id, fence, result }, () => undefined);
    } catch (error) {
      writer.end();
      if (stopped) return;
      const failure = errorOf(signal.aborted ? signal.reason : error, row, log);
      to.ended(hostNodeId, { type: 'job_failed', job_id: row.id, fence, error: failure }, () => undefined);
    } finally {
      stopClock();
    }
  };

  const contextOf = async (
    message: HostMessageOf<'job_assign'>,
    row: JobRow,
    signal: AbortSignal,
    write: HostContext['write'],
  ): Promise<HostContext> => ({
    jobId: row.id,
    workspaceId: row.workspaceId,
    submittedBy: await world.askedBy(row),
    origin: row.origin,
    attempt: message.attempt ?? 1,
    signal,
    runSeconds: message.run_seconds,
    write,
    spent: (what) => world.spent(row, message.attempt ?? 1, what),
    readFile: (...file) => world.readFile(row.workspaceId, ...file),
    addFile: (...file) => world.addFile(row.workspaceId, ...file),
  });

  const wake = () => {
    if (pending || stopped || engine === null) return;
    pending = true;
    setImmediate(pass);
  };

  return {
    kinds: new Set(byKind.keys()),
    laneOf,
    wake,
    send(message: HostMessage) {
      if (message.type === 'job_assign') take(message);
      if (message.type !== 'job_cancel') return;
      const work = working.get(message.job_id);
      if (work?.fence === message.fence) work.abort.abort(new HostFault('cancelled', 'It was cancelled'));
    },
    begin(with_) {
      engine = with_;
      wake();
    },
    async stop() {
      stopped = true;
      for (const { abort } of working.values()) abort.abort(new HostFault('host_stopping', 'The host stops', 'node'));
      await Promise.all([...working.values()].map(({ done }) => done));
    },
  };
}

async function inputFrom(blobs: BlobStore, sha256: string): Promise<unknown> {
  const opened = await blobs.open(sha256);
  if (opened === null) throw new HostFault('input_missing', 'The input of the job is not there any more');
  return JSON.parse((await readAll(opened.stream, maxInput)).toString('utf8'));
}

function errorOf(error: unknown, row: JobRow, log: EngineLog): JobError {
  if (error instanceof HostFault) {
    const { code, message, fault, retryAfterMs } = error;
    const cut = message.slice(0, limits.storedInline / 16);
    return { code, message: cut, fault, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  }
  // The error itself may hold what was sent; its name and place are enough to find it.
  const { name, stack } = error instanceof Error ? error : new Error('unknown');
  const at = stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  log.error({ jobId: row.id, kind: row.kind, error: name, at: at?.trim() }, 'A job of the host met an unknown error');
  return jobFault('host_executor_broken', 'The host met an error that it does not know. See the log of the host.');
}
