import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { createCodec } from '../../src/shared/protocol/codec.ts';
import {
  type HostMessage,
  type HostMessageOf,
  type NodeMessage,
  type NodeMessageOf,
  nodeMessages,
} from '../../src/shared/protocol/node.ts';

const codec = createCodec(nodeMessages);
type Type = NodeMessage['type'];

/** One connection of a node, as the host sees it. */
export interface Session {
  readonly received: NodeMessage[];
  readonly malformed: unknown[];
  send(...messages: HostMessage[]): void;
  /** The next message of a type that satisfies `fits` and was not taken before. */
  next<Kind extends Type>(type: Kind, fits?: (message: NodeMessageOf<Kind>) => boolean): Promise<NodeMessageOf<Kind>>;
  /** Answers a registration, with a challenge first where one is given. */
  admit(more?: Partial<HostMessageOf<'registered'>>): Promise<NodeMessageOf<'register'>>;
  close(code: number): void;
  /** Cuts the connection without a word. */
  cut(): void;
  readonly closed: Promise<number>;
}

/** A host that says only what the test makes it say, on a real socket. */
export interface ScriptedHost {
  readonly url: string;
  /** The next connection. */
  session(): Promise<Session>;
  /** A connection whose registration was answered. */
  admitted(more?: Partial<HostMessageOf<'registered'>>): Promise<Session>;
  /** Contents by hash; uploads land here too. */
  readonly blobs: Map<string, Buffer>;
  readonly tickets: Set<string>;
  /** Takes no connections until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const patience = 20_000;

export async function startScriptedHost(): Promise<ScriptedHost> {
  const blobs = new Map<string, Buffer>();
  const tickets = new Set<string>();
  const sessions: Session[] = [];
  const waiting: ((session: Session) => void)[] = [];
  let paused = false;
  const server = createServer((request, response) => void serveBlob(request, response, blobs, tickets));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    if (paused || request.url !== '/ws/node') return void socket.destroy();
    sockets.handleUpgrade(request, socket, head, (opened) => {
      const session = sessionOf(opened);
      const waiter = waiting.shift();
      if (waiter === undefined) sessions.push(session);
      else waiter(session);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host: ScriptedHost = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    tickets,
    session: () => {
      const ready = sessions.shift();
      return ready === undefined ? bounded('a connection', (resolve) => waiting.push(resolve)) : Promise.resolve(ready);
    },
    async admitted(more) {
      const session = await host.session();
      await session.admit(more);
      return session;
    },
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
    async stop() {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return host;
}

function sessionOf(socket: WebSocket): Session {
  const received: NodeMessage[] = [];
  const malformed: unknown[] = [];
  const taken = new Set<NodeMessage>();
  const waiting = new Set<() => void>();
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.on('message', (data) => {
    for (const decoded of codec.decode(String(data))) {
      if (decoded.status === 'message') received.push(decoded.message);
      else malformed.push(decoded);
    }
    for (const look of [...waiting]) look();
  });
  const send = (...messages: HostMessage[]) =>
    socket.send(JSON.stringify(messages.length === 1 ? messages[0] : messages));
  const session: Session = {
    received,
    malformed,
    closed,
    send,
    next: <Kind extends Type>(type: Kind, fits: (message: NodeMessageOf<Kind>) => boolean = () => true) => {
      const find = () =>
        received.find(
          (message) => message.type === type && !taken.has(message) && fits(message as NodeMessageOf<Kind>),
        );
      return bounded<NodeMessageOf<Kind>>(`"${type}"`, (resolve) => {
        const look = () => {
          const found = find();
          if (found === undefined) return;
          taken.add(found);
          waiting.delete(look);
          resolve(found as NodeMessageOf<Kind>);
        };
        waiting.add(look);
        look();
      });
    },
    async admit(more = {}) {
      const register = await session.next('register');
      send({
        type: 'registered',
        node_id: register.capabilities.node_id,
        share_key: register.share_key,
        workspace_ids: ['ws-1'],
        heartbeat_seconds: 0.25,
        session_epoch: 1,
        jobs: [],
        ...more,
      });
      return register;
    },
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
  };
  return session;
}

function bounded<Value>(what: string, begin: (resolve: (value: Value) => void) => void): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`There was never ${what}`)), patience);
    begin((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

async function serveBlob(
  request: IncomingMessage,
  response: ServerResponse,
  blobs: Map<string, Buffer>,
  tickets: ReadonlySet<string>,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://host');
  const sha256 = url.pathname.split('/').at(-1) ?? '';
  if (!tickets.has(url.searchParams.get('ticket') ?? '')) return void response.writeHead(401).end();
  if (request.method === 'PUT') {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    blobs.set(sha256, Buffer.concat(parts));
    return void response.writeHead(204).end();
  }
  const content = blobs.get(sha256);
  if (content === undefined) return void response.writeHead(404).end();
  response.end(content);
}
