import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** One request to a model server. */
export interface ModelRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  /** Sent as JSON. */
  body?: unknown;
  signal: AbortSignal;
}

export interface ModelResponse {
  status: number;
  headers: IncomingMessage['headers'];
  /** The answer as text, as it comes; ends with an error where the connection broke. */
  text: AsyncIterable<string>;
}

/**
 * Asks a model server. By hand instead of `fetch`, which gives up after five minutes without a byte: a large model on a
 * processor may take longer to read its prompt. What bounds it is the signal; aborting it ends the generation too.
 */
export function askServer({ method, url, body, signal }: ModelRequest): Promise<ModelResponse> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const open = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = open(
      url,
      {
        method,
        signal,
        agent: false,
        headers: {
          accept: 'application/json, text/event-stream',
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      },
      (response) => {
        response.setEncoding('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: response });
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

/** The whole answer; more than `most` characters are an error. */
export async function wholeText(response: ModelResponse, most = 16 * 1024 * 1024): Promise<string> {
  let text = '';
  for await (const part of response.text) {
    text += part;
    if (text.length > most) throw new RangeError('The answer is too large');
  }
  return text;
}

/** A small GET that must answer soon. Null where it does not, or does not answer JSON. */
export async function peek(url: string, milliseconds: number): Promise<unknown> {
  return ask(url, milliseconds).catch(() => null);
}

async function ask(url: string, milliseconds: number, body?: unknown): Promise<unknown> {
  const signal = AbortSignal.timeout(milliseconds);
  const response = await askServer({ method: body === undefined ? 'GET' : 'POST', url, signal, body });
  const text = await wholeText(response);
  return response.status === 200 ? JSON.parse(text) : null;
}

/** The same with a body. */
export async function peekWith(url: string, body: unknown, milliseconds: number): Promise<unknown> {
  return ask(url, milliseconds, body).catch(() => null);
}
