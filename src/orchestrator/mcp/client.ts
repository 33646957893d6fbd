/**
 * A client of the Model Context Protocol over Streamable HTTP
 * (https://modelcontextprotocol.io/specification/2025-06-18/basic/transports), as far as tools need it: one session, its
 * tools, calls of them. By hand instead of the protocol's own kit, which brings a web server and seventeen packages with it and
 * connects to addresses that nobody has checked (S9).
 */
import type { IncomingMessage } from 'node:http';
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { createSseReader } from '../../shared/inference/lines.ts';
import type { McpAnswer, McpTool } from '../../shared/model/mcp.ts';
import { HostFault } from '../host-executors/host-executor.ts';

/** Sends one request to an address that was checked, with the headers of the server. */
export type McpSend = (
  method: 'POST' | 'DELETE',
  headers: Readonly<Record<string, string>>,
  body: string | null,
  signal: AbortSignal,
) => Promise<IncomingMessage>;

export interface McpSession {
  tools(signal: AbortSignal): Promise<McpTool[]>;
  call(tool: string, words: Record<string, unknown>, signal: AbortSignal): Promise<McpAnswer>;
  /** Tells the server that nobody comes back; never rejects. */
  end(): Promise<void>;
}

const protocolVersion = '2025-06-18';
const largestAnswer = 8 * 1024 * 1024;
const mostTools = 500;
const mostPages = 50;
/** What is said in passing, such as that nobody waits any more, gets no longer than this. */
const courtesyMs = 2_000;

const RpcAnswer = Type.Object({
  id: Type.Union([Type.Integer(), Type.String(), Type.Null()]),
  result: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.Object({ code: Type.Optional(Type.Number()), message: Type.Optional(Type.String()) })),
});
type RpcAnswer = Static<typeof RpcAnswer>;
const Begun = Type.Object({ protocolVersion: Type.String({ maxLength: 40 }) });
const Listed = Type.Object({
  tools: Type.Array(
    Type.Object({
      name: Type.String({ minLength: 1, maxLength: 200 }),
      description: Type.Optional(Type.String()),
      inputSchema: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
  nextCursor: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const Called = Type.Object({
  content: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
  structuredContent: Type.Optional(Type.Unknown()),
  isError: Type.Optional(Type.Boolean()),
});

/** Opens a session. Rejects HostFaults `mcp_refused`, `mcp_failed`, `mcp_answer_wrong`, and those of `send`. */
export async function openMcpSession(send: McpSend, clientVersion: string, signal: AbortSignal): Promise<McpSession> {
  let number = 0;
  let sessionId: string | null = null;
  let agreed: string | null = null;
  const headers = () => ({
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(sessionId === null ? {} : { 'mcp-session-id': sessionId }),
    ...(agreed === null ? {} : { 'mcp-protocol-version': agreed }),
  });
  const post = (message: object, until: AbortSignal) =>
    send('POST', headers(), JSON.stringify({ jsonrpc: '2.0', ...message }), until);
  const tell = async (method: string, params?: object) => {
    const answer = await post({ method, ...(params && { params }) }, AbortSignal.timeout(courtesyMs));
    answer.destroy();
  };
  const ask = async (method: string, params: object, until: AbortSignal): Promise<unknown> => {
    number += 1;
    const id = number;
    const giveUp = () => void tell('notifications/cancelled', { requestId: id }).catch(() => undefined);
    if (method !== 'initialize') until.addEventListener('abort', giveUp, { once: true });
    try {
      const answer = await post({ id, method, params }, until);
      checkStatus(answer);
      const said = answer.headers['mcp-session-id'];
      if (typeof said === 'string' && /^[\x21-\x7e]{1,1024}$/.test(said)) sessionId ??= said;
      return resultOf(await answerTo(id, answer));
    } finally {
      until.removeEventListener('abort', giveUp);
    }
  };

  const info = { name: 'OtherThing', version: clientVersion };
  const begun = await ask('initialize', { protocolVersion, capabilities: {}, clientInfo: info }, signal);
  if (!Check(Begun, begun)) throw wrong('its greeting');
  agreed = begun.protocolVersion;
  await tell('notifications/initialized');

  return {
    async tools(until) {
      const found: McpTool[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < mostPages && found.length < mostTools; page += 1) {
        const listed = await ask('tools/list', cursor === null ? {} : { cursor }, until);
        if (!Check(Listed, listed)) throw wrong('its list of tools');
        for (const { name, description = '', inputSchema } of listed.tools)
          found.push({ name, description, parameters: inputSchema ?? { type: 'object' } } as McpTool);
        cursor = listed.nextCursor ?? null;
        if (cursor === null) break;
      }
      return found.slice(0, mostTools);
    },
    async call(tool, words, until) {
      const called = await ask('tools/call', { name: tool, arguments: words }, until);
      if (!Check(Called, called)) throw wrong(`what its tool ${tool} says`);
      return { text: textOf(called), failed: called.isError === true };
    },
    async end() {
      if (sessionId === null) return;
      await send('DELETE', headers(), null, AbortSignal.timeout(courtesyMs)).then(
        (answer) => void answer.destroy(),
        () => undefined,
      );
    },
  };
}

const wrong = (what: string) =>
  new HostFault(
    'mcp_answer_wrong',
    `The MCP server sends something that is not the protocol: ${what}. Check its address.`,
  );

function checkStatus(answer: IncomingMessage): void {
  const { statusCode: status = 0 } = answer;
  if (status >= 200 && status < 300) return;
  answer.destroy();
  if (status === 401 || status === 403)
    throw new HostFault('mcp_refused', `The MCP server refuses (${status}). Give it the header that it asks for.`);
  if (status >= 300 && status < 400)
    throw new HostFault('mcp_refused', 'The MCP server sends to another address. Put that into the settings.');
  const passes = status === 429 || status >= 500;
  throw new HostFault(
    'mcp_failed',
    `The MCP server answers ${status}. Check its address, or try again later.`,
    passes ? 'node' : 'job',
  );
}

/** The answer to one request: the whole body, or an event of a stream that says other things, too. */
async function answerTo(id: number, answer: IncomingMessage): Promise<RpcAnswer> {
  const isStream = answer.headers['content-type']?.includes('text/event-stream') === true;
  const decoder = new TextDecoder();
  const reader = createSseReader();
  let text = '';
  let size = 0;
  for await (const bytes of answer as AsyncIterable<Buffer>) {
    size += bytes.length;
    if (size > largestAnswer) throw new HostFault('mcp_answer_wrong', 'The answer of the MCP server has no end.');
    const more = decoder.decode(bytes, { stream: true });
    if (!isStream) text += more;
    else
      for (const { data } of reader.push(more)) {
        const found = read(data, id);
        // What follows is of no concern; the loop's end closes the stream.
        if (found !== null) return found;
      }
  }
  const last = isStream ? reader.end().map(({ data }) => read(data, id)) : [read(text, id)];
  const found = last.find((one) => one !== null);
  if (found == null) throw wrong('no answer');
  return found;
}

function read(data: string, id: number): RpcAnswer | null {
  try {
    const value: unknown = JSON.parse(data);
    return Check(RpcAnswer, value) && (value.id === id || value.id === null) ? value : null;
  } catch {
    throw wrong('no JSON');
  }
}

function resultOf({ result, error }: RpcAnswer): unknown {
  if (error === undefined) return result;
  const words = (error.message ?? '').slice(0, 600);
  throw new HostFault('mcp_failed', `The MCP server says: ${words === '' ? `error ${error.code}` : words}`);
}

/** What a model can read of it: texts, and of everything else what it is. */
function textOf({ content = [], structuredContent }: Static<typeof Called>): string {
  const texts = content.map((part) => {
    if (part['type'] === 'text') return String(part['text'] ?? '');
    const resource = part['resource'] as { text?: unknown; uri?: unknown } | undefined;
    if (typeof resource?.text === 'string') return resource.text;
    return `[${String(part['type'])} ${String(part['mimeType'] ?? part['uri'] ?? resource?.uri ?? '')}]`.slice(0, 300);
  });
  if (texts.length > 0 || structuredContent === undefined) return texts.join('\n');
  return JSON.stringify(structuredContent);
}
