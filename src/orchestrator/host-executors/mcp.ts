/** Jobs of the kind `mcp`: the tools of an MCP server, and calls of them, at addresses that were checked (S9). */
import { Compile } from 'typebox/compile';
import { secretNames, withoutSecrets, withSecrets } from '../../shared/flows/secret-text.ts';
import { McpInput, type McpServer } from '../../shared/model/mcp.ts';
import type { Allowed } from '../http-client/addresses.ts';
import { redactionOf } from '../http-client/redact.ts';
import { type Resolve, send, systemResolve } from '../http-client/send.ts';
import { type McpSend, openMcpSession } from '../mcp/client.ts';
import type { SecretService } from '../secrets/secret-service.ts';
import { type HostExecutor, HostFault } from './host-executor.ts';

const isInput = Compile(McpInput);

export interface McpExecutorDeps {
  secrets: Pick<SecretService, 'open'>;
  allowedIn(workspaceId: string): Promise<Allowed>;
  resolve?: Resolve;
}

export function createMcpExecutor(deps: McpExecutorDeps): HostExecutor {
  return {
    kind: 'mcp',
    atOnce: 64,
    atOncePerLane: 16,
    lane: () => null,
    async execute(input, { workspaceId, signal }) {
      if (!isInput.Check(input)) throw new HostFault('input_wrong', 'This is no call of an MCP server.');
      const { server } = input;
      const named = [server.url, ...server.headers.map(({ value }) => value)].flatMap(secretNames);
      const values = await deps.secrets.open(workspaceId, [...new Set(named)]);
      const redaction = redactionOf(values.values());
      try {
        const allowed = await deps.allowedIn(workspaceId);
        const session = await openMcpSession(
          sendTo(server, values, allowed, deps.resolve ?? systemResolve),
          clientVersion,
          signal,
        );
        try {
          if (input.task === 'list') return redaction.value({ tools: await session.tools(signal) });
          return redaction.value(await session.call(input.tool, input.arguments, signal));
        } finally {
          await session.end();
        }
      } catch (error) {
        if (signal.aborted) throw error;
        const { code, message, fault, retryAfterMs } = faultOf(error, server, input.task);
        throw new HostFault(code, redaction.text(message), fault, retryAfterMs);
      }
    },
  };
}

/** Of this client, which servers may write into their logs. */
const clientVersion = '1';

function sendTo(server: McpServer, values: ReadonlyMap<string, string>, allowed: Allowed, resolve: Resolve): McpSend {
  const url = URL.parse(withSecrets(server.url, values).trim());
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new HostFault('http_url_wrong', 'The address of the MCP server does not begin with https:// or http://.');
  const own = Object.fromEntries(server.headers.map(({ name, value }) => headerOf(name, withSecrets(value, values))));
  return (method, headers, body, signal) => {
    const content = body === null ? null : Buffer.from(body);
    const length = content === null ? {} : { 'content-length': String(content.length) };
    return send(
      { method, url, headers: { 'user-agent': 'OtherThing', ...own, ...headers, ...length }, body: content },
      allowed,
      resolve,
      signal,
    );
  };
}

function headerOf(name: string, value: string): [string, string] {
  const key = name.toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key) || /[\r\n\0]/.test(value))
    throw new HostFault('http_header_refused', `The header ${name} has a character that a header cannot have.`);
  return [key, value];
}

/** Nothing was sent yet when these happen. */
const before = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

/** A call that may have arrived is not made once more by itself: nobody knows what the tool does. */
function faultOf(error: unknown, { url }: McpServer, task: McpInput['task']): HostFault {
  if (error instanceof HostFault) {
    if (task === 'list' || error.code !== 'mcp_failed') return error;
    return new HostFault(error.code, error.message);
  }
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string') throw error;
  const host = URL.parse(withoutSecrets(url))?.host ?? 'The MCP server';
  const whose = task === 'list' || before.has(code) ? 'node' : 'job';
  return new HostFault('mcp_unreachable', `${host} could not be reached (${code}). Check its address.`, whose);
}
