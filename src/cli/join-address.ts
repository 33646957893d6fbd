import { usualPort } from '../platform/host-services.ts';
import { parseShareKey } from '../shared/share-key.ts';
import { CommandError } from './failure.ts';

/** Where to, and with which workspace's key. */
export interface JoinAddress {
  url: string;
  joinKey: string;
}

const form = 'Expected KEY@host[:port], for example AB3X7K9M@192.168.0.20:4171.';

/** Reads `KEY@host[:port]` (protocol.md, share keys). Plain HTTP is for this machine alone; anything else gets TLS (S3). */
export function parseJoinAddress(typed: string): JoinAddress {
  const at = typed.lastIndexOf('@');
  const joinKey = at < 0 ? null : parseShareKey(typed.slice(0, at));
  if (joinKey === null) throw new CommandError(`${typed.slice(0, 80)}: this has no share key. ${form}`);
  return { joinKey, url: hostUrl(typed.slice(at + 1)) };
}

/** The origin of a host from `host[:port]` or from a whole address. */
export function hostUrl(typed: string): string {
  const whole = /^https?:\/\//.test(typed);
  const url = parseUrl(whole ? typed : `https://${typed}`);
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new CommandError(`${typed.slice(0, 80)}: this is no address of a host. ${form}`);
  }
  if (whole) return url.origin;
  const port = /:(\d+)$/.exec(typed)?.[1] ?? usualPort;
  return new URL(`${isThisMachine(url.hostname) ? 'http' : 'https'}://${url.hostname}:${port}`).origin;
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
