/** One request to a provider: no redirects (a key never follows one), bounded, faults in words. */

import { readAll } from '../host-executors/content.ts';
import { HostFault } from '../host-executors/host-executor.ts';
import { fault, hide, refusal } from './faults.ts';
import type { Target } from './provider.ts';

const largestRefusal = 64 * 1024;
export const largestAnswer = 64 * 1024 * 1024;

export async function call(
  target: Target,
  path: string,
  headers: Record<string, string>,
  body: unknown,
  signal: AbortSignal,
): Promise<Response> {
  const url = `${target.baseUrl.replace(/\/+$/, '')}${path}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw unreachable(error, target, signal);
  }
  if (response.ok) return response;
  const text = await textOf(response, largestRefusal).catch(() => '');
  if (response.status >= 300 && response.status < 400)
    throw fault('provider_refused', 'The address answers with a redirect, and a key is not sent on');
  throw refusal(response.status, text, response.headers, target.secret, Date.now());
}

/** The text of a whole answer. */
export function wholeText(response: Response, target: Target, signal: AbortSignal): Promise<string> {
  return textOf(response, largestAnswer).catch((error: unknown) => {
    throw broken(error, target, signal);
  });
}

/** What a whole answer says. */
export async function json(response: Response, target: Target, signal: AbortSignal): Promise<unknown> {
  const text = await wholeText(response, target, signal);
  try {
    return JSON.parse(text);
  } catch {
    throw fault('answer_unreadable', 'The answer is not JSON');
  }
}

/** The connection ended before the answer did. */
export function broken(error: unknown, target: Target, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof HostFault) return error;
  return fault('stream_broken', `The answer broke off (${hide(causeOf(error), target.secret)})`);
}

function unreachable(error: unknown, target: Target, signal: AbortSignal): unknown {
  if (signal.aborted) return error;
  const { host } = new URL(target.baseUrl);
  return fault('provider_unreachable', `${host} could not be reached (${hide(causeOf(error), target.secret)})`);
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.message.slice(0, 200) : 'unknown';
}

async function textOf(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const tooLarge = () => fault('answer_too_large', `The answer is larger than ${maxBytes / 1024 / 1024} MB`);
  return (await readAll(response.body, maxBytes, tooLarge)).toString('utf8');
}
