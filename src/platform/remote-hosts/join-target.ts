import { isLoopbackName, originOfLink, parseJoinLink } from '../../shared/join-link.ts';
import { parseShareKey } from '../../shared/share-key.ts';
import { usualPort, usualTlsPort } from '../ports.ts';

/** Where to, and by what: the code of an invite, or the share key of a workspace. */
export interface JoinTarget {
  /** Origin of the host. */
  url: string;
  /** From an invite link. */
  fingerprint: string | null;
  by: { kind: 'invite'; code: string } | { kind: 'key'; key: string };
}

/** Reads an invite link or `KEY@host[:port]` (protocol.md, share keys); null where it is neither, whole. */
export function parseJoinTarget(typed: string): JoinTarget | null {
  const text = typed.trim();
  if (text.length > 2_048) return null;
  const link = parseJoinLink(text);
  if (link !== null) {
    return { url: originOfLink(link), fingerprint: link.fingerprint, by: { kind: 'invite', code: link.code } };
  }
  const at = text.lastIndexOf('@');
  const key = at < 0 ? null : parseShareKey(text.slice(0, at));
  const url = at < 0 ? null : originOfHost(text.slice(at + 1));
  return key === null || url === null ? null : { url, fingerprint: null, by: { kind: 'key', key } };
}

/** The origin of a host from `host[:port]` or a whole address; plain HTTP is for this machine alone (S3). Null where it is none. */
export function originOfHost(typed: string): string | null {
  const whole = /^https?:\/\//.test(typed);
  const text = whole ? typed : `https://${typed}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') return null;
  if (whole) return url.origin;
  const here = isLoopbackName(url.hostname);
  const port = /:(\d+)$/.exec(typed)?.[1] ?? (here ? usualPort : usualTlsPort);
  return new URL(`${here ? 'http' : 'https'}://${url.hostname}:${port}`).origin;
}
