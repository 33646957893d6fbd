import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { pinnedAgent } from './pinned-agent.ts';

const largestAnswer = 4 * 1024 * 1024;

/** `fetch` for short calls to a host whose certificate is pinned. Rejects `certificate_changed` where it shows another. */
export function pinnedFetch(fingerprint: string): typeof fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const agent = pinnedAgent(fingerprint);
      const headers = Object.fromEntries(new Headers(init.headers));
      const asked = request(
        String(input),
        { agent, method: init.method ?? 'GET', headers, ...(init.signal ? { signal: init.signal } : {}) },
        (response) => {
          const parts: Buffer[] = [];
          let size = 0;
          response.on('data', (part: Buffer) => {
            size += part.length;
            if (size > largestAnswer) response.destroy(new Error('The answer is too large'));
            else parts.push(part);
          });
          response.on('error', reject);
          response.on('end', () => {
            const status = response.statusCode ?? 500;
            const body = status === 204 ? null : Buffer.concat(parts);
            resolve(new Response(body, { status, headers: headersOf(response) }));
          });
        },
      );
      asked.on('error', reject);
      asked.on('close', () => agent.destroy());
      asked.end(typeof init.body === 'string' ? init.body : undefined);
    });
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}
