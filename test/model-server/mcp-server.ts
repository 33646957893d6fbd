/** A server of the Model Context Protocol over Streamable HTTP, with a few tools, that misbehaves as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface McpCall {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly headers: IncomingMessage['headers'];
  /** When its connection ended before the answer did. */
  aborted: boolean;
}

export interface McpServer {
  /** Of its endpoint. */
  readonly url: string;
  readonly seen: McpCall[];
  /** Sessions that were begun and not ended. */
  readonly sessions: ReadonlySet<string>;
  /** Where set, requests need `Authorization: Bearer …` with it. */
  token: string | null;
  /** How it answers: at once, or as a stream with other events in between. */
  streams: boolean;
  /** Says this instead of protocol. */
  nonsense: string | null;
  stop(): Promise<void>;
}

const tools = [
  {
    name: 'add',
    description: 'Adds two numbers',
    inputSchema: {
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    },
  },
  { name: 'fail', description: 'Always fails', inputSchema: { type: 'object' } },
  { name: 'echo.headers', description: 'Says what it was sent', inputSchema: { type: 'object' } },
  { name: 'wait', description: 'Never answers', inputSchema: { type: 'object' } },
];

export async function startMcpServer(): Promise<McpServer> {
  const seen: McpCall[] = [];
  const sessions = new Set<string>();
  const server = createServer((message, response) => {
    void handle(message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self: McpServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    sessions,
    token: null,
    streams: false,
    nonsense: null,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  const handle = async (message: IncomingMessage, response: ServerResponse) => {
    const end = (status: number, text = '') => void response.writeHead(status).end(text);
    if (self.token !== null && message.headers.authorization !== `Bearer ${self.token}`) return end(401);
    const session = message.headers['mcp-session-id'];
    if (message.method === 'DELETE') {
      sessions.delete(String(session));
      return end(204);
    }
    if (message.method !== 'POST') return end(405);
    const {
      id,
      method,
      params = {},
    } = JSON.parse(await textOf(message)) as {
      id?: number;
      method: string;
      params?: Record<string, unknown>;
    };
    const call: McpCall = { method, params, headers: message.headers, aborted: false };
    seen.push(call);
    response.on('close', () => {
      if (!response.writableEnded) call.aborted = true;
    });
    if (self.nonsense !== null) return end(200, self.nonsense);
    if (method === 'initialize') {
      const name = `session-${seen.length}`;
      sessions.add(name);
      response.setHeader('mcp-session-id', name);
      const serverInfo = { name: 'test', version: '1' };
      return answer(response, id, { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo });
    }
    if (!sessions.has(String(session))) return end(404);
    if (id === undefined) return end(202);
    if (method === 'tools/list') {
      // In two pages, as servers with many tools do it.
      const isSecond = params['cursor'] === 'second';
      const page = isSecond ? tools.slice(2) : tools.slice(0, 2);
      return answer(response, id, { tools: page, ...(isSecond ? {} : { nextCursor: 'second' }) });
    }
    if (method === 'tools/call') return callTool(response, id, params, message.headers);
    fail(response, id, -32601, 'Method not found');
  };

  const callTool = (
    response: ServerResponse,
    id: number,
    { name, arguments: given = {} }: Record<string, unknown>,
    headers: IncomingMessage['headers'],
  ) => {
    const { a, b } = given as { a?: number; b?: number };
    const said = (text: string, isError = false) =>
      answer(response, id, { content: [{ type: 'text', text }], ...(isError ? { isError } : {}) });
    switch (name) {
      case 'add':
        return said(String((a ?? 0) + (b ?? 0)));
      case 'fail':
        return said('The disk is on fire', true);
      case 'echo.headers':
        return said(JSON.stringify(headers));
      case 'wait':
        return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': waits\n\n');
      default:
        return fail(response, id, -32602, `Unknown tool: ${String(name)}`);
    }
  };

  const fail = (response: ServerResponse, id: number, code: number, text: string) =>
    send(response, { jsonrpc: '2.0', id, error: { code, message: text } });
  const answer = (response: ServerResponse, id: number | undefined, result: object) =>
    send(response, { jsonrpc: '2.0', id, result });
  const send = (response: ServerResponse, value: object) => {
    if (!self.streams) {
      response.setHeader('content-type', 'application/json');
      return void response.writeHead(200).end(JSON.stringify(value));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const event = (data: object) => `event: message\ndata: ${JSON.stringify(data)}\n\n`;
    response.write(event({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'hm' } }));
    response.end(event(value));
  };
  return self;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
