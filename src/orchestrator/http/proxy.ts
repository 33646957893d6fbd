/**
 * Who is at the other end of a connection. Behind a proxy on this machine (S4) that is said in X-Forwarded-*, which is
 * believed only where a proxy was named, and only from this machine.
 */
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

export interface Client {
  address: string;
  scheme: 'http' | 'https';
}

/** True for addresses of this machine alone. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}

export function clientOf(request: IncomingMessage, proxied: boolean): Client {
  const address = request.socket.remoteAddress ?? '';
  if ((request.socket as Partial<TLSSocket>).encrypted === true) return { address, scheme: 'https' };
  if (!proxied || !isLoopbackAddress(address)) return { address, scheme: 'http' };
  const scheme = lastOf(request.headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
  return { address: lastOf(request.headers['x-forwarded-for']) ?? address, scheme };
}

/** The last entry is the proxy's own; those before it came from outside. */
function lastOf(header: string | string[] | undefined): string | undefined {
  const all = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((entry) => entry.trim());
  return all.at(-1) || undefined;
}
