/**
 * The part of the orchestrator that runs flows, in this process, with its real store, its job engine and a node that is two
 * queues. Forked by map.ts with `--expose-gc`; tells how much heap is held while a Map over so many items is worked through,
 * and afterwards.
 */
import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { createCore } from '../src/orchestrator/core.ts';
import { openBlobStore } from '../src/orchestrator/files/blobs.ts';
import { createRunService } from '../src/orchestrator/flows/run-service.ts';
import { createAttemptTickets } from '../src/orchestrator/live/attempt-tickets.ts';
import { createLiveHub } from '../src/orchestrator/live/hub.ts';
import type { RunService } from '../src/orchestrator/services.ts';
import { createSqliteStore } from '../src/orchestrator/store/sqlite.ts';
import { put } from '../src/orchestrator/store/store.ts';
import { flowVersions, workspaces } from '../src/orchestrator/store/tables.ts';
import { systemTimers } from '../src/orchestrator/timers.ts';
import { systemClock } from '../src/shared/clock.ts';
import { createIdSource } from '../src/shared/ids.ts';
import { type FlowFile, flowSchemaId } from '../src/shared/model/flow.ts';
import type { HostMessage, NodeMessage } from '../src/shared/protocol/node.ts';
import { nodeTimings } from '../src/shared/protocol/node.ts';

const workerToken = 'the-token-of-the-worker';
const workspaceId = 'ws-map';
const steps = 500;
const quiet = { info: () => undefined, warn: () => undefined, error: console.error };

export interface Held {
  items: number;
  /** The most heap that was held at a quarter, half and three quarters of the items, and when the run had ended. */
  during: number;
  after: number;
  ms: number;
}

process.once('message', ({ items }: { items: number }) => {
  run(items).then(
    (held) => process.send?.(held, () => process.disconnect()),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(items: number): Promise<Held> {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-map-'));
  const store = await createSqliteStore({ folder, clock: systemClock, log: quiet });
  const common = { createdAt: 1, archived: false, shareKey: 'WKSPACE1', shareKeyEnabled: true, verifyShare: 0 };
  const file = wide();
  const version = { id: 'ver-1', flowId: null, number: 1, name: null, hash: '0'.repeat(64), authorName: null };
  await store.commit([
    put(workspaces, { id: workspaceId, name: 'Map', approveNodes: true, runNumber: 0, ...common }),
    put(flowVersions, { ...version, workspaceId, file, createdAt: 1 }),
  ]);
  const hub = createLiveHub('epoch');
  const blobs = await openBlobStore(join(folder, 'blobs'), () => `${Math.random()}`);
  const ids = createIdSource(systemClock, Math.random);
  const core = await createCore({
    ...{ store, hub, blobs, ids, workerToken, clock: systemClock, log: quiet, ownerId: 'usr-1', random: Math.random },
    timings: nodeTimings,
    tickets: createAttemptTickets(),
    host: { hostId: 'host-map', version: '0', epoch: 'epoch' },
    authorize: async () => null,
    maySubmit: async () => true,
  });
  const node = new Node(items);
  core.nodeGateway.accept(node as unknown as WebSocket, '127.0.0.1');
  await node.join();
  const runs = createRunService({
    ...{ store, blobs, ids, clock: systemClock, timers: systemTimers, live: hub, jobs: core.jobs },
    unexpected: (error) => console.error(error),
  });
  const begun = performance.now();
  const fields = { workspaceId, flowId: null, file, inputs: {}, startedBy: null };
  const { id } = await runs.start({ ...fields, version: { ...version, createdAt: 1 } });
  const during = await mostWhile(runs, id, items);
  const ms = performance.now() - begun;
  const after = await heapHeld();
  await runs.stop();
  node.leave();
  await core.stop();
  await store.close();
  await rm(folder, { recursive: true, force: true });
  return { items, during, after, ms };
}

async function mostWhile(runs: RunService, runId: string, items: number): Promise<number> {
  let most = 0;
  let next = 1;
  for (;;) {
    const { run, steps: top } = await runs.detail(runId);
    if (run.state !== 'running') {
      if (run.state === 'succeeded') return most;
      throw new Error(JSON.stringify(run.error));
    }
    const done = top.find(({ stepId }) => stepId === 'each')?.items?.done ?? 0;
    if (done >= (items * next) / 4) {
      next += 1;
      globalThis.gc?.();
      most = Math.max(most, process.memoryUsage().heapUsed);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Bytes that are really held: after several collections, with the event loop run empty in between. */
async function heapHeld(): Promise<number> {
  for (let turn = 0; turn < 5; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().heapUsed;
}

/** Code that makes a list → Map[Code → Template] → Output, and beside it Templates in a line up to 500 steps. */
function wide(): FlowFile {
  const step = (id: string, type: string, config: Record<string, unknown>, parent?: string) => ({
    ...{ id, type, name: id, position: { x: 0, y: 0 }, config },
    ...(parent === undefined ? {} : { parent }),
  });
  const edge = (from: string, to: string) => {
    const [fromStep = '', fromPort = ''] = from.split('.');
    const [toStep = '', toPort = ''] = to.split('.');
    return { id: `${from}>${to}`, from: { step: fromStep, port: fromPort }, to: { step: toStep, port: toPort } };
  };
  const value = [{ name: 'value' }];
  const line = Array.from({ length: steps - 5 }, (_, index) =>
    step(`t${index}`, 'template', { text: index === 0 ? 'begin' : '{{ value }}', inputs: index === 0 ? [] : value }),
  );
  return {
    schema: flowSchemaId,
    name: 'Wide',
    steps: [
      step('list', 'code', { source: 'export default 1', inputs: [] }),
      step('each', 'map', { concurrency: 64, onItemError: 'fail' }),
      step('work', 'code', { source: 'export default 1', inputs: value }, 'each'),
      step('label', 'template', { text: '{{ index }}: {{ value }}', inputs: value }, 'each'),
      step('out', 'output', { name: 'results', view: 'json' }),
      ...line,
    ],
    edges: [
      edge('list.result', 'each.items'),
      edge('each.item', 'work.value'),
      edge('work.result', 'label.value'),
      edge('label.text', 'each.result'),
      edge('each.results', 'out.value'),
      ...line.slice(1).map((to, index) => edge(`t${index}.text`, `${to.id}.value`)),
    ],
    groups: [],
    notes: [],
    settings: {},
  };
}

/** A node at the other end of a socket that is none: what it is sent it answers in the next turn. */
class Node extends EventEmitter {
  readyState = 1;
  bufferedAmount = 0;
  private registered: () => void = () => undefined;
  private readonly items: number;
  private readonly beat = setInterval(
    () => this.say([{ type: 'heartbeat', available: true, current_jobs: 0 }]),
    10_000,
  );

  constructor(items: number) {
    super();
    this.items = items;
  }

  join(): Promise<void> {
    const capabilities = { node_id: 'node-map', cpu: { cores: 64 }, memory: { total_mb: 262_144 } };
    const register = { type: 'register', share_key: 'BENCH000', capabilities, executors: ['script'] };
    this.say([{ ...register, join_key: workerToken } as NodeMessage]);
    return new Promise((resolve) => {
      this.registered = resolve;
    });
  }

  leave(): void {
    clearInterval(this.beat);
    this.readyState = 3;
    this.emit('close');
  }

  send(frame: string): void {
    const messages = [JSON.parse(frame) as HostMessage | HostMessage[]].flat();
    const answers = messages.flatMap((message): NodeMessage[] => {
      if (message.type === 'registered') this.registered();
      if (message.type !== 'job_assign') return [];
      const { job_id, fence, input } = message;
      return [{ type: 'job_done', job_id, fence, result: this.resultOf(input), run_ms: 0 }];
    });
    if (answers.length > 0) setImmediate(() => this.say(answers));
  }

  close(): void {
    this.leave();
  }
  terminate(): void {
    this.leave();
  }

  private resultOf(job: unknown): unknown {
    const { input } = job as { input: Record<string, unknown> };
    if (!('value' in input)) return Array.from({ length: this.items }, (_, index) => `item ${index}`);
    return `${String(input['value'])} ${'x'.repeat(120)}`;
  }

  private say(messages: readonly NodeMessage[]): void {
    this.emit('message', Buffer.from(JSON.stringify(messages)), false);
  }
}
