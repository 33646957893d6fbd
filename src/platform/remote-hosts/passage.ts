/** What the relay to a host lets pass, and how it changes it (pure). */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { AppError } from '../../shared/errors.ts';

/** `as-person`: with the person's token; `as-is`: it brings a ticket, or asks what it may ask for. */
export type Passage = 'as-person' | 'as-is';

export interface Door {
  /** `host:port` by which the window calls the relay. */
  name: string;
  /** The window's token. */
  bearer: string;
  pageOrigin: string;
}

type Asked = Pick<IncomingMessage, 'method' | 'url'> & { headers: IncomingHttpHeaders };

/**
 * Loopback is not trust: any program and any web page can reach the relay. Names must be right (DNS rebinding), pages ours,
 * and whoever is to act as the person must bring the token that main made for the window at this start.
 */
export function judgePassage({ method, url = '', headers }: Asked, door: Door): Passage | AppError {
  if (headers.host !== door.name) return new AppError('wrong_host');
  if (headers.origin !== undefined && headers.origin !== door.pageOrigin) return new AppError('wrong_origin');
  if (!/^\/(api\/v1|ws)\/[^\\]*$/.test(url) || /(^|\/)\.\.?(\/|$|\?)/.test(url)) return new AppError('not_found');
  const bearer = /^Bearer (\S{1,512})$/.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return isSame(bearer, door.bearer) ? 'as-person' : new AppError('not_signed_in');
  const opensItself = url.startsWith('/ws/') || /[?&]ticket=/.test(url);
  return method === 'OPTIONS' || opensItself ? 'as-is' : new AppError('not_signed_in');
}

function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

/** These are between two neighbours (RFC 9110, 7.6.1), or of this machine alone. */
const notOnward = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'host', 'cookie', 'authorization', 'expect', 'forwarded', 'x-forwarded-for', 'x-forwarded-host'],
]);
const notBack = new Set(['connection', 'keep-alive', 'transfer-encoding', 'set-cookie', 'strict-transport-security']);

export function onwardHeaders(
  { headers }: Asked,
  passage: Passage,
  to: { host: string; token: string },
): OutgoingHttpHeaders {
  const kept = Object.entries(headers).filter(([name]) => !notOnward.has(name));
  const socket = headers.upgrade === undefined ? {} : { connection: 'Upgrade', upgrade: 'websocket' };
  const chunked = headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
  return {
    ...Object.fromEntries(kept),
    ...socket,
    ...chunked,
    host: to.host,
    ...(passage === 'as-person' ? { authorization: `Bearer ${to.token}` } : {}),
  };
}

export function backHeaders({ headers }: { headers: IncomingHttpHeaders }): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notBack.has(name)));
}
