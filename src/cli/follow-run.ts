import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../shared/api/client.ts';
import { AppError } from '../shared/errors.ts';
import type { OutputChunk } from '../shared/model/job.ts';
import { isRunOver, type RunDetail, type RunSummary, type StepInstance } from '../shared/model/run.ts';
import { createCodec } from '../shared/protocol/codec.ts';
import { type LiveClientMessage, type LiveServerMessage, liveServerMessages } from '../shared/protocol/live.ts';
import { CommandError } from './failure.ts';

/** What somebody who follows a run is told; `run` with its state at each connection and change. */
export interface RunWatcher {
  onRun(run: RunSummary): void;
  onSteps(steps: readonly StepInstance[]): void;
  /** What a job wrote that is worth following. */
  onChunks?(jobId: string, chunks: readonly OutputChunk[]): void;
  /** Jobs to follow now, and after which chunk of theirs. */
  follows?(): readonly { readonly jobId: string; readonly after: { attempt: number; seq: number } }[];
}

export interface FollowOptions {
  client: Client;
  /** Origin of the host. */
  url: string;
  run: Pick<RunSummary, 'id' | 'workspaceId'>;
  watcher: RunWatcher;
  /** Milliseconds that the host may be away before following is given up. */
  patience?: number;
}

const codec = createCodec(liveServerMessages);

/**
 * Follows a run over the live socket until it has finished, and answers it whole. A host that goes away and comes back is
 * waited for; each connection begins with the present state, so nothing is missed.
 */
export async function followRun({ client, url, run, watcher, patience = 120_000 }: FollowOptions): Promise<RunDetail> {
  let lastSeen = Date.now();
  for (let attempt = 0; ; attempt += 1) {
    try {
      const detail = await followOnce(client, url, run, watcher, () => {
        lastSeen = Date.now();
        attempt = 0;
      });
      if (detail !== null) return detail;
    } catch (error) {
      if (error instanceof AppError && error.status < 500) throw error;
    }
    if (Date.now() - lastSeen > patience)
      throw new CommandError('The host does not answer; the run goes on when it is back.');
    await sleep(Math.min(5_000, 250 * 2 ** attempt));
  }
}

/** One connection; null when it ended before the run did. */
async function followOnce(
  client: Client,
  url: string,
  run: FollowOptions['run'],
  watcher: RunWatcher,
  seen: () => void,
): Promise<RunDetail | null> {
  const { ticket } = await client.call('createTicket', {});
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws/live?ticket=${encodeURIComponent(ticket)}`);
  const events = readEvents(socket, run, watcher, seen);
  try {
    await events.opened;
    seen();
    for (const topic of [`run:${run.id}`, `workspace:${run.workspaceId}`]) send(socket, { type: 'subscribe', topic });
    const detail = await present(client, run.id, watcher);
    events.followJobs();
    if (isRunOver(detail.run.state)) return detail;
    await events.ended;
    return await finished(client, run.id);
  } finally {
    socket.close();
  }
}

/** The run as it is now, told to the watcher. */
async function present(client: Client, id: string, watcher: RunWatcher): Promise<RunDetail> {
  const detail = await client.call('getRun', { params: { id } });
  watcher.onSteps(detail.steps);
  watcher.onRun(detail.run);
  return detail;
}

async function finished(client: Client, id: string): Promise<RunDetail | null> {
  const detail = await client.call('getRun', { params: { id } });
  return isRunOver(detail.run.state) ? detail : null;
}

function send(socket: WebSocket, message: LiveClientMessage): void {
  socket.send(JSON.stringify(message));
}

interface Events {
  /** Rejects when the connection fails or takes more than 15 s. */
  opened: Promise<void>;
  /** Resolves when the run has finished, or the connection is gone. */
  ended: Promise<void>;
  /** Subscribes to the jobs that the watcher follows now. */
  followJobs(): void;
}

function readEvents(socket: WebSocket, run: FollowOptions['run'], watcher: RunWatcher, seen: () => void): Events {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const followed = new Set<string>();
  const followJobs = () => {
    for (const { jobId, after } of watcher.follows?.() ?? []) {
      if (followed.has(jobId)) continue;
      followed.add(jobId);
      send(socket, { type: 'subscribe', topic: `job:${jobId}`, after });
    }
  };
  const tell = (message: LiveServerMessage) => {
    if (message.type === 'refetch') end();
    if (message.type !== 'event') return;
    const { event } = message;
    if (event.kind === 'steps.changed' && event.runId === run.id) {
      watcher.onSteps(event.steps);
      followJobs();
    }
    if (event.kind === 'job.output') watcher.onChunks?.(event.jobId, event.chunks);
    if (event.kind === 'run.changed' && event.run.id === run.id) {
      watcher.onRun(event.run);
      if (isRunOver(event.run.state)) end();
    }
  };
  socket.addEventListener('message', ({ data }) => {
    seen();
    for (const decoded of codec.decode(String(data))) if (decoded.status === 'message') tell(decoded.message);
  });
  socket.addEventListener('close', () => end());
  return { opened: whenOpen(socket), ended, followJobs };
}

function whenOpen(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => socket.close(), 15_000);
    socket.addEventListener('open', () => {
      clearTimeout(deadline);
      resolve();
    });
    socket.addEventListener('close', () => {
      clearTimeout(deadline);
      reject(new Error('The live connection could not be opened'));
    });
  });
}
