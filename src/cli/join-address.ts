import { originOfHost } from '../platform/remote-hosts/join-target.ts';
import { originOfLink, parseJoinLink } from '../shared/join-link.ts';
import { parseShareKey } from '../shared/share-key.ts';
import { CommandError } from './failure.ts';

/** Where to, and by what: a workspace's key, the code of an invite, or nothing yet. */
export interface JoinTarget {
  url: string;
  joinKey?: string;
  code?: string;
  /** From an invite link. */
  fingerprint: string | null;
}

/** Where to, and with which workspace's key. */
export interface JoinAddress {
  url: string;
  joinKey: string;
}

/** Reads what a person gave: an invite link, `KEY@host[:port]`, or the address of a host alone. */
export function joinTarget(address: string | undefined, host: string | undefined): JoinTarget {
  if (host !== undefined && address === undefined) return { url: hostUrl(host), fingerprint: null };
  if (address === undefined || host !== undefined) {
    throw new CommandError('Say an invite link, KEY@host[:port], or --host URL to be added there by share key.');
  }
  if (!address.startsWith('otherthing:')) return { ...parseJoinAddress(address), fingerprint: null };
  const link = parseJoinLink(address);
  if (link === null)
    throw new CommandError('This invite link is not whole. Copy it again, from otherthing:// to its end.');
  return { url: originOfLink(link), code: link.code, fingerprint: link.fingerprint };
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
  const origin = originOfHost(typed);
  if (origin === null) throw new CommandError(`${typed.slice(0, 80)}: this is no address of a host. ${form}`);
  return origin;
}
