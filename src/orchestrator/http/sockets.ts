import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../../shared/errors.ts';
import { limits } from '../../shared/model/values.ts';
import { toProblem } from '../../shared/problem.ts';
import type { Principal } from '../workspaces/credentials.ts';
import type { createAuthentication } from './authentication.ts';
import { isKnownHost, judgeOrigin } from './origin.ts';
import type { Client } from './proxy.ts';

/** Who serves the sockets, once a connection may be made at all. */
export interface SocketGateways {
  /** Nodes show who they are in their first message (N1). */
  node(socket: WebSocket, address: string): void;
  live(socket: WebSocket, person: Principal): void;
  /** The ticket comes as the token of the first message. */
  flow(socket: WebSocket, flowId: string, request: IncomingMessage): void;
}

/** A flow is sent whole when it is opened, so its frames may be larger than the others'. */
const flowFrame = 8 * 1024 * 1024;
const pingEvery = 30_000;
/** RFC 6455, 7.4.1. A gateway that stopped before has given its own code. */
const goingAway = 1001;
const closeWithin = 500;

export interface AcceptedSockets {
  /** Takes the sockets that come to this server; returns how to end those that came to it. */
  serve(server: Server): () => Promise<void>;
  /** Sockets are closed, and ended where they do not answer. */
  stop(): Promise<void>;
}

/** Upgrades `/ws/node`, `/ws/live?ticket=…` and `/ws/flows/:id`, of every server that is served. */
export function acceptSockets(deps: {
  gateways: SocketGateways;
  authentication: ReturnType<typeof createAuthentication>;
  names: () => readonly string[];
  clientOf: (request: IncomingMessage) => Client;
}): AcceptedSockets {
  const options = { noServer: true, clientTracking: false, perMessageDeflate: false } as const;
  const small = new WebSocketServer({ ...options, maxPayload: limits.frame });
  const large = new WebSocketServer({ ...options, maxPayload: flowFrame });

  const upgrade = async (mine: OpenSockets, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const client = deps.clientOf(request);
    check(request, deps.names(), client);
    const url = new URL(request.url ?? '/', 'http://host');
    const accept = (through: WebSocketServer, then: (socket: WebSocket) => void) =>
      through.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', closeIsTold);
        mine.add(opened);
        then(opened);
      });
    const flowId = /^\/ws\/flows\/([A-Za-z0-9][A-Za-z0-9_.:-]{0,79})$/.exec(url.pathname)?.[1];
    if (url.pathname === '/ws/node') {
      accept(small, (opened) => deps.gateways.node(opened, client.address));
    } else if (url.pathname === '/ws/live') {
      const person = await deps.authentication.byTicket(url.searchParams.get('ticket') ?? '');
      accept(small, (opened) => deps.gateways.live(keepAlive(opened), person));
    } else if (flowId !== undefined) {
      accept(large, (opened) => deps.gateways.flow(keepAlive(opened), flowId, request));
    } else {
      throw new AppError('not_found');
    }
  };

  const end = async (opened: readonly WebSocket[]): Promise<void> => {
    for (const socket of opened) socket.close(goingAway, 'stopping');
    await Promise.race([Promise.all(opened.map(closed)), sleep(closeWithin)]);
    for (const socket of opened) socket.terminate();
  };

  const stops = new Set<() => Promise<void>>();
  return {
    serve(server) {
      const mine = createOpenSockets();
      const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        socket.on('error', destroyIt);
        upgrade(mine, request, socket, head).catch((error: unknown) => refuse(socket, error));
      };
      server.on('upgrade', onUpgrade);
      const stop = async () => {
        stops.delete(stop);
        server.off('upgrade', onUpgrade);
        await end(mine.all());
      };
      stops.add(stop);
      return stop;
    },
    async stop() {
      await Promise.all([...stops].map((stop) => stop()));
      small.close();
      large.close();
    },
  };
}

// Listeners are shared by all sockets: what each of ten thousand had of its own, and what such a closure holds on to (the
// request by which a socket came), took as much memory as the socket.

/** What goes wrong on a socket (too large a frame, a reset) closes it; its gateway is told by `close`. */
function closeIsTold(): void {
  // Without a listener an `error` would be thrown.
}

function destroyIt(this: Duplex): void {
  this.destroy();
}

interface OpenSockets {
  add(socket: WebSocket): void;
  all(): WebSocket[];
}

/** Those that are open. */
function createOpenSockets(): OpenSockets {
  const open = new Set<WebSocket>();
  function forgetIt(this: WebSocket): void {
    open.delete(this);
  }
  return {
    add(socket) {
      open.add(socket);
      socket.on('close', forgetIt);
    },
    all: () => [...open],
  };
}

/** S2: names and origins are checked on every socket; without an Origin it is no browser. */
function check(request: IncomingMessage, names: readonly string[], { scheme }: Client): void {
  if (!isKnownHost(request.headers.host, names, request.socket.localAddress)) throw new AppError('wrong_host');
  if (judgeOrigin(request.headers.origin, scheme, request.headers.host ?? '') === 'foreign') {
    throw new AppError('wrong_origin');
  }
}

function refuse(socket: Duplex, error: unknown): void {
  const problem = toProblem(error);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\nconnection: close\r\n` +
      `content-type: application/problem+json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Ends a socket whose other side has gone without a word. */
function keepAlive(socket: WebSocket): WebSocket {
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, pingEvery);
  socket.on('pong', () => {
    answered = true;
  });
  socket.on('close', () => clearInterval(timer));
  return socket;
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}
