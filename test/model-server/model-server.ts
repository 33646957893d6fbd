/**
 * A server that speaks the APIs of OpenAI, Anthropic and Ollama over real HTTP, and misbehaves as it is told: each request
 * takes the next turn of the script, and the usual one when there is none left.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicTurn } from './anthropic.ts';
import { type Exchange, type ModelServer, type SeenRequest, type Turn, vectorOf } from './exchange.ts';
import { ollamaTurn } from './ollama.ts';
import { openAiTurn } from './openai.ts';

export type { ModelServer, SeenRequest, Turn } from './exchange.ts';

export async function startModelServer(): Promise<ModelServer> {
  const turns: Turn[] = [];
  const seen: SeenRequest[] = [];
  const server = createServer((message, response) => {
    void handle(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: ModelServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    script: (...next) => void turns.push(...next),
    reply: null,
    models: ['tiny', 'tiny-embed'],
    ollama: true,
    pullMs: 0,
    key: null,
    context: 100_000,
    vectorOf,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const request = await read(message);
    seen.push(request);
    response.on('close', () => {
      if (!response.writableEnded) request.aborted = true;
    });
    const turn = (request.method === 'POST' ? (turns.shift() ?? self.reply?.(request)) : undefined) ?? {};
    await pause(turn.waitMs ?? 0, response);
    const exchange = exchangeOf(request, response, turn);
    if (turn.status !== undefined) {
      for (const [name, value] of Object.entries(turn.headers ?? {})) response.setHeader(name, value);
      exchange.json(turn.status, turn.body ?? { error: { message: 'Scripted' } });
      return;
    }
    if (request.path.startsWith('/api/') && !self.ollama) exchange.json(404, { error: 'not found' });
    else if (request.path.startsWith('/api/')) await ollamaTurn(exchange, self);
    else if (request.headers['anthropic-version'] !== undefined) await anthropicTurn(exchange, self);
    else await openAiTurn(exchange, self);
  };
  return self;
}

async function read(message: IncomingMessage): Promise<SeenRequest> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  const { method = 'GET', url = '/', headers } = message;
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { method, path: url.split('?', 1)[0] ?? '/', headers, body, aborted: false };
}

function exchangeOf(request: SeenRequest, response: ServerResponse, turn: Turn): Exchange {
  return {
    request,
    response,
    turn,
    json(status, body) {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    },
    async stream(write) {
      const pieces = turn.pieces ?? ['Hello', ' from', ' the', ' model', '.'];
      for (const [index, piece] of pieces.entries()) {
        if (index === turn.breakAfter) break;
        if (index === turn.garbleAfter) response.write('data: {"this is not\n\n');
        response.write(write(piece));
        await pause(turn.pieceMs ?? 0, response);
      }
      if (turn.breakAfter === undefined) return true;
      // What was written must be on its way before the connection ends.
      await pause(20, response);
      response.destroy();
      return false;
    },
  };
}

/** Waits, unless the other side goes away meanwhile. */
function pause(milliseconds: number, response: ServerResponse): Promise<void> {
  if (milliseconds === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      response.off('close', over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    response.once('close', over);
  });
}
