/** Jobs and nodes without a network: real services, sockets that are two arrays, time that stands still. For tests. */
import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { createIdSource } from '../shared/ids.ts';
import type {
  HostMessage,
  HostMessageOf,
  HostMessageType,
  NodeMessage,
  NodeMessageOf,
} from '../shared/protocol/node.ts';
import { type CoreDeps, createCore } from './core.ts';
import { createAttemptTickets } from './live/attempt-tickets.ts';
import { createLiveHub } from './live/hub.ts';
import type { BlobStore } from './services.ts';
import { createMemoryStore } from './store/memory.ts';
import { put, type Store } from './store/store.ts';
import { workspaces } from './store/tables.ts';
import { createManualTimers, type ManualTimers } from './timers.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
export const workerToken = 'the-token-of-the-hosts-own-worker';
export const workspaceKey = 'WKSPACE1';

export class FakeSocket extends EventEmitter {
  readyState = 1;
  bufferedAmount = 0;
  closed: { code: number; reason: string } | null = null;
  readonly frames: string[] = [];

  send(frame: string): void {
    this.frames.push(frame);
  }
  close(code: number, reason: string): void {
    if (this.readyState !== 1) return;
    this.readyState = 3;
    this.closed = { code, reason };
    this.emit('close');
  }
  terminate(): void {
    this.close(1006, 'terminated');
  }
  /** What the host said so far, message by message. */
  heard<Message>(): Message[] {
    return this.frames.flatMap((frame) => JSON.parse(frame) as Message | Message[]);
  }
  receive(frame: string): void {
    this.emit('message', Buffer.from(frame), false);
  }
}

/** Lets everything happen that is due at once: promises, immediates. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise(setImmediate);
}

export const register = (
  nodeId: string,
  fields: Partial<NodeMessageOf<'register'>> = {},
): NodeMessageOf<'register'> => ({
  type: 'register',
  share_key: 'AB3X7K9M',
  capabilities: { node_id: nodeId, name: nodeId, cpu: { cores: 2 }, memory: { total_mb: 4096 } },
  executors: ['script'],
  join_key: workerToken,
  ...fields,
});

export interface FakeNode {
  socket: FakeSocket;
  say(...messages: NodeMessage[]): Promise<void>;
  all<Kind extends HostMessageType>(type: Kind): HostMessageOf<Kind>[];
  last<Kind extends HostMessageType>(type: Kind): HostMessageOf<Kind>;
}

const memoryBlobs = (): BlobStore & { content: Map<string, string> } => {
  const content = new Map<string, string>();
  return {
    content,
    async put(source) {
      let text = '';
      for await (const part of source) text += Buffer.from(part).toString();
      const sha256 = String(content.size).padStart(64, 'a');
      content.set(sha256, text);
      return { sha256, size: text.length };
    },
    open: async () => null,
    size: async (sha256) => content.get(sha256)?.length ?? null,
    remove: async () => undefined,
  };
};

/** A host with one workspace, `ws-1`. Given the store and the time of an earlier one it is that host, started again. */
export async function startHost(
  earlier?: { store: Store; timers: ManualTimers },
  hostWork?: NonNullable<CoreDeps['hostWork']>,
) {
  const store = earlier?.store ?? createMemoryStore();
  const timers = earlier?.timers ?? createManualTimers();
  const fields = {
    createdAt: 1,
    archived: false,
    shareKey: workspaceKey,
    shareKeyEnabled: true,
    approveNodes: true,
    verifyShare: 0,
    runNumber: 0,
  };
  await store.commit([put(workspaces, { id: 'ws-1', name: 'Workspace', ...fields })]);
  const epoch = `epoch-${timers.now()}`;
  const hub = createLiveHub(epoch);
  const blobs = memoryBlobs();
  const tickets = createAttemptTickets();
  const core = await createCore({
    ...{ store, hub, blobs, tickets, clock: timers, timers, log: quiet, workerToken, ownerId: 'usr-1' },
    ...(hostWork === undefined ? {} : { hostWork }),
    ids: createIdSource(timers, () => 0.5),
    random: () => 0.5,
    host: { hostId: 'host-1', version: '0', epoch },
    authorize: async (userId) => (userId === 'stranger' ? null : { workspaceId: 'ws-1' }),
    maySubmit: async (userId) => userId === 'member',
  });
  core.beginHostWork();

  const open = (address = '127.0.0.1'): FakeNode => {
    const socket = new FakeSocket();
    core.nodeGateway.accept(socket as unknown as WebSocket, address);
    const all = <Kind extends HostMessageType>(type: Kind) =>
      socket.heard<HostMessage>().filter((message): message is HostMessageOf<Kind> => message.type === type);
    return {
      socket,
      all,
      last(type) {
        const message = all(type).at(-1);
        if (message === undefined) throw new Error(`The host has not sent ${type}, but ${socket.frames.join(' ')}`);
        return message;
      },
      async say(...messages) {
        socket.receive(JSON.stringify(messages.length === 1 ? messages[0] : messages));
        await settle();
      },
    };
  };
  return {
    ...core,
    tickets,
    store,
    timers,
    hub,
    blobs,
    open,
    async join(nodeId: string, fields: Partial<NodeMessageOf<'register'>> = {}): Promise<FakeNode> {
      const node = open();
      await node.say(register(nodeId, fields));
      return node;
    },
    async submit(fields: Partial<Parameters<typeof core.jobs.submit>[2][number]> = {}): Promise<string> {
      const [jobId = ''] = await core.jobs.submit('ws-1', null, [{ kind: 'script', input: { n: 1 }, ...fields }]);
      await settle();
      return jobId;
    },
    async pass(milliseconds: number): Promise<void> {
      // In steps, because what falls due may begin something that falls due later.
      for (let left = milliseconds; left > 0; left -= 1_000) {
        timers.advance(Math.min(left, 1_000));
        await settle();
      }
    },
    /** Ends without a word, as a kill does: nothing more is written. */
    async kill(): Promise<void> {
      await core.engine.stop();
    },
  };
}
