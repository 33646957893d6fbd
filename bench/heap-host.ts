/**
 * The part of the orchestrator that has jobs done, in this process, with its real store and a node that is two queues: so a
 * million jobs take minutes. Forked by heap.ts with `--expose-gc`; tells how much heap is held after so many jobs.
 */
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { createCore } from '../src/orchestrator/core.ts';
import { openBlobStore } from '../src/orchestrator/files/blobs.ts';
import { createAttemptTickets } from '../src/orchestrator/live/attempt-tickets.ts';
import { createLiveHub } from '../src/orchestrator/live/hub.ts';
import { createSqliteStore } from '../src/orchestrator/store/sqlite.ts';
import { put } from '../src/orchestrator/store/store.ts';
import { workspaces } from '../src/orchestrator/store/tables.ts';
import { systemClock } from '../src/shared/clock.ts';
import { createIdSource } from '../src/shared/ids.ts';
import type { HostMessage, NodeMessage } from '../src/shared/protocol/node.ts';
import { nodeTimings } from '../src/shared/protocol/node.ts';
import { result } from './payload.ts';

const workerToken = 'the-token-of-the-worker';
const workspaceId = 'ws-heap';
const atOnce = 500;
const quiet = { info: () => undefined, warn: () => undefined, error: console.error };

process.once('message', ({ counts }: { counts: number[] }) => {
  run(counts).then(
    () => process.disconnect(),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(counts: readonly number[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-heap-'));
  const store = await createSqliteStore({ folder, clock: systemClock, log: quiet });
  const common = { createdAt: 1, archived: false, shareKey: 'WKSPACE1', shareKeyEnabled: true, verifyShare: 0 };
  await store.commit([put(workspaces, { id: workspaceId, name: 'Heap', approveNodes: true, runNumber: 0, ...common })]);
  const core = await createCore({
    ...{ store, workerToken, clock: systemClock, log: quiet, ownerId: 'usr-1', random: Math.random },
    timings: nodeTimings,
    hub: createLiveHub('epoch'),
    blobs: await openBlobStore(join(folder, 'blobs'), () => `${Math.random()}`),
    tickets: createAttemptTickets(),
    ids: createIdSource(systemClock, Math.random),
    host: { hostId: 'host-heap', version: '0', epoch: 'epoch' },
    authorize: async () => null,
    maySubmit: async () => true,
  });
  const node = new Node();
  core.nodeGateway.accept(node as unknown as WebSocket, '127.0.0.1');
  await node.join();
  let done = 0;
  let tell: () => void = () => undefined;
  core.jobs.onFinished(() => {
    done += 1;
    tell();
  });
  let submitted = 0;
  for (const count of counts) {
    while (submitted < count) {
      const some = Math.min(atOnce, count - submitted);
      // Every tenth with a key of its own, as programs do that repeat what was not answered.
      const jobs = Array.from({ length: some }, (_, index) => ({
        kind: 'noop',
        input: { number: submitted + index, text: 'x'.repeat(150) },
        ...(index % 10 === 0 ? { idempotencyKey: `key-${submitted + index}` } : {}),
      }));
      await core.jobs.submit(workspaceId, 'usr-1', jobs);
      submitted += some;
      while (submitted - done > 4 * atOnce) await new Promise<void>((resolve) => (tell = resolve));
    }
    while (done < submitted) await new Promise<void>((resolve) => (tell = resolve));
    process.send?.({ count, heap: await heapHeld() });
  }
  node.leave();
  await core.stop();
  await store.close();
  await rm(folder, { recursive: true, force: true });
}

/** Bytes that are really held: after several collections, with the event loop run empty in between. */
async function heapHeld(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return process.memoryUsage().heapUsed;
}

/** A node at the other end of a socket that is none: what it is sent it answers in the next turn. */
class Node extends EventEmitter {
  readyState = 1;
  bufferedAmount = 0;
  private registered: () => void = () => undefined;
  private readonly beat = setInterval(
    () => this.say([{ type: 'heartbeat', available: true, current_jobs: 0 }]),
    10_000,
  );

  join(): Promise<void> {
    const capabilities = { node_id: 'node-heap', cpu: { cores: 64 }, memory: { total_mb: 65_536 } };
    this.say([
      {
        type: 'register',
        share_key: 'BENCH000',
        capabilities,
        executors: ['noop'],
        join_key: workerToken,
      } as NodeMessage,
    ]);
    return new Promise((resolve) => {
      this.registered = resolve;
    });
  }

  send(frame: string): void {
    const messages = [JSON.parse(frame) as HostMessage | HostMessage[]].flat();
    const answers = messages.flatMap((message): NodeMessage[] => {
      if (message.type === 'registered') this.registered();
      if (message.type !== 'job_assign') return [];
      const { job_id, fence } = message;
      return [{ type: 'job_done', job_id, fence, result, run_ms: 0 }];
    });
    if (answers.length > 0) setImmediate(() => this.say(answers));
  }

  private say(messages: readonly NodeMessage[]): void {
    this.emit('message', Buffer.from(JSON.stringify(messages)), false);
  }

  leave(): void {
    clearInterval(this.beat);
    this.close();
  }

  close(): void {
    this.readyState = 3;
    this.emit('close');
  }

  terminate(): void {
    this.close();
  }
}
