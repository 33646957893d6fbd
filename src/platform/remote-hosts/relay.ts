/**
 * The way from the window to one host on another machine: a listener on loopback that passes on what the window asks for.
 *
 *   window ── http://127.0.0.1:port, token of this start ──▶ relay ── TLS, pinned; the person's own token ──▶ host
 *
 * The window never holds what opens the host, and no certificate has to be trusted by Chromium (docs/decisions/0011).
 */
import { randomBytes } from 'node:crypto';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../shared/errors.ts';
import { toProblem } from '../../shared/problem.ts';
import { pinnedAgent } from '../tls/pinned-agent.ts';
import { backHeaders, judgePassage, onwardHeaders, type Passage } from './passage.ts';

export interface RelayOptions {
  /** Origin of the host. */
  origin: string;
  /** The only certificate that is taken (S4); null where this machine's authorities decide. */
  fingerprint: string | null;
  /** The person's token there. */
  token: string;
  /** The only page that may ask. */
  pageOrigin: string;
  /** What a try to reach the host showed. */
  onReached(how: 'answered' | 'not-known' | AppError): void;
}

export interface Relay {
  /** What the window calls, and with which token. */
  url: string;
  bearer: string;
  stop(): Promise<void>;
}

/** Milliseconds that a host has to take a connection. */
const connectWithin = 15_000;

export async function startRelay(options: RelayOptions): Promise<Relay> {
  const bearer = randomBytes(32).toString('base64url');
  const agent = agentFor(options);
  const sockets = new Set<Duplex>();
  const server = createServer({ requestTimeout: 0 });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  const judge = (request: IncomingMessage) =>
    judgePassage(request, { name: `127.0.0.1:${port}`, bearer, pageOrigin: options.pageOrigin });
  const onward = (request: IncomingMessage, passage: Passage) => {
    const headers = onwardHeaders(request, passage, { host: new URL(options.origin).host, token: options.token });
    const target = { method: request.method, headers, agent, timeout: connectWithin };
    const send = options.origin.startsWith('https:') ? httpsRequest : httpRequest;
    const sent = send(options.origin + request.url, target as Parameters<typeof httpsRequest>[1]);
    sent.once('socket', (socket) => {
      if (!socket.connecting) socket.setTimeout(0);
      socket.once('secureConnect', () => socket.setTimeout(0)).once('connect', () => socket.setTimeout(0));
    });
    sent.once('timeout', () => sent.destroy(new AppError('host_away')));
    return sent;
  };

  server.on('request', (request, response) => {
    const passage = judge(request);
    if (passage instanceof AppError) {
      refuse(response, passage, options.pageOrigin);
      return;
    }
    const sent = onward(request, passage);
    sent.once('response', (answer) => {
      options.onReached(answer.statusCode === 401 && passage === 'as-person' ? 'not-known' : 'answered');
      response.writeHead(answer.statusCode ?? 502, backHeaders(answer));
      pipeline(answer, response).catch(() => response.destroy());
    });
    sent.once('error', (error) => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const problem = inWords(error);
      options.onReached(problem);
      refuse(response, problem, options.pageOrigin);
    });
    response.once('close', () => sent.destroy());
    pipeline(request, sent).catch(() => undefined);
  });

  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    const passage = judge(request);
    if (passage instanceof AppError) {
      socket.end(`HTTP/1.1 ${passage.status} Refused\r\n\r\n`);
      return;
    }
    const sent = onward(request, passage);
    sent.once('upgrade', (answer, far, first) => {
      options.onReached('answered');
      join(answer, socket, far, head, first, sockets);
    });
    sent.once('response', (answer) => {
      socket.end(`HTTP/1.1 ${answer.statusCode ?? 502} Refused\r\n\r\n`);
      answer.resume();
    });
    sent.once('error', (error) => {
      options.onReached(inWords(error));
      socket.destroy();
    });
    socket.once('close', () => sent.destroy());
    sent.end();
  });

  return {
    url: `http://127.0.0.1:${port}`,
    bearer,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      agent?.destroy();
      await closed;
    },
  };
}

/** Connections are kept for the next call: each costs a handshake. Plain HTTP, for a host on this machine, keeps none. */
function agentFor({ origin, fingerprint }: RelayOptions): Agent | undefined {
  if (!origin.startsWith('https:')) return undefined;
  const options = { keepAlive: true, maxSockets: 64, maxFreeSockets: 8 };
  return fingerprint === null ? new Agent(options) : pinnedAgent(fingerprint, options);
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, resolve);
  });
}

/** Lets two sockets be one. */
function join(
  answer: IncomingMessage,
  near: Duplex,
  far: Duplex,
  head: Buffer,
  first: Buffer,
  sockets: Set<Duplex>,
): void {
  const lines = answer.rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
  near.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(one);
    one.once('close', () => {
      sockets.delete(one);
      other.destroy();
    });
    one.on('error', () => one.destroy());
  }
  if (first.length > 0) near.write(first);
  if (head.length > 0) far.write(head);
  near.pipe(far);
  far.pipe(near);
}

/** An answer of the relay itself, in the form of the host's. */
function refuse(response: ServerResponse, error: AppError, pageOrigin: string): void {
  const body = JSON.stringify(toProblem(error));
  response
    .writeHead(error.status, {
      'content-type': 'application/problem+json',
      'access-control-allow-origin': pageOrigin,
      vary: 'Origin',
    })
    .end(body);
}

/** A host that shows another certificate is no host that is away. */
export function inWords(error: Error): AppError {
  return error instanceof AppError ? error : new AppError('host_away', undefined, { cause: error });
}
