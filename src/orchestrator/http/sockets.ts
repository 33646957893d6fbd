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

/** Upgrades `/ws/node`, `/ws/live?ticket=…` and `/ws/flows/:id`. Returns how to stop: sockets are closed, and ended where they do not answer. */
export function acceptSockets(
  server: Server,
  deps: {
    gateways: SocketGateways;
    authentication: ReturnType<typeof createAuthentication>;
    names: readonly string[];
    addressOf: (request: IncomingMessage) => string;
  },
): () => Promise<void> {
  const options = { noServer: true, clientTracking: true, perMessageDeflate: false } as const;
  const small = new WebSocketServer({ ...options, maxPayload: limits.frame });
  const large = new WebSocketServer({ ...options, maxPayload: flowFrame });

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    check(request, deps.names);
    const url = new URL(request.url ?? '/', 'http://host');
    const accept = (through: WebSocketServer, then: (socket: WebSocket) => void) =>
      through.handleUpgrade(request, socket, head, (opened) => {
        // What goes wrong on a socket (too large a frame, a reset) closes it; its gateway is told by `close`.
        opened.on('error', () => undefined);
        then(opened);
      });
    const flowId = /^\/ws\/flows\/([A-Za-z0-9][A-Za-z0-9_.:-]{0,79})$/.exec(url.pathname)?.[1];
    if (url.pathname === '/ws/node') {
      accept(small, (opened) => deps.gateways.node(opened, deps.addressOf(request)));
    } else if (url.pathname === '/ws/live') {
      const person = await deps.authentication.byTicket(url.searchParams.get('ticket') ?? '');
      accept(small, (opened) => deps.gateways.live(keepAlive(opened), person));
    } else if (flowId !== undefined) {
      accept(large, (opened) => deps.gateways.flow(keepAlive(opened), flowId, request));
    } else {
      throw new AppError('not_found');
    }
  };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => refuse(socket, error));
  };
  server.on('upgrade', onUpgrade);

  return async () => {
    server.off('upgrade', onUpgrade);
    const opened = [...small.clients, ...large.clients];
    for (const socket of opened) socket.close(goingAway, 'stopping');
    await Promise.race([Promise.all(opened.map(closed)), sleep(closeWithin)]);
    for (const socket of opened) socket.terminate();
    small.close();
    large.close();
  };
}

/** S2: names and origins are checked on every socket; without an Origin it is no browser. */
function check(request: IncomingMessage, names: readonly string[]): void {
  if (!isKnownHost(request.headers.host, names)) throw new AppError('wrong_host');
  if (judgeOrigin(request.headers.origin, 'http', request.headers.host ?? '') === 'foreign') {
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
