/**
 * Invite links (protocol.md): `otherthing://join/<host:port>/<code>#sha256=<fingerprint>`. The fragment is there where the
 * host has a certificate of its own; without it the host's certificate is one that every machine trusts, or the host is
 * on this very machine.
 */
import { parseFingerprint } from './fingerprint.ts';

export interface JoinLink {
  /** `host[:port]`, as an URL writes it. */
  host: string;
  /** 256 random bits in base64url. */
  code: string;
  /** `sha256:<hex>`, or null. */
  fingerprint: string | null;
}

/** What a code looks like; everything else is refused before it goes anywhere. */
export const joinCodePattern = '^[A-Za-z0-9_-]{43}$';
const form =
  /^otherthing:\/\/join\/([a-z0-9.-]{1,253}|\[[0-9a-f:]{2,39}\])(:\d{1,5})?\/([A-Za-z0-9_-]{43})(?:#sha256=([0-9a-f]{64}))?$/;

/** Strict: exactly this form, or null (S11). */
export function parseJoinLink(text: string): JoinLink | null {
  const [, name, port = '', code, hex] = form.exec(text.trim()) ?? [];
  if (name === undefined || code === undefined || Number(port.slice(1)) > 65_535) return null;
  const host = hostOf(`https://${name}${port}`);
  return host === null ? null : { host, code, fingerprint: hex === undefined ? null : parseFingerprint(hex) };
}

export function formatJoinLink({ host, code, fingerprint }: JoinLink): string {
  return `otherthing://join/${host}/${code}${fingerprint === null ? '' : `#${fingerprint.replace(':', '=')}`}`;
}

/** Where the host of a link answers: with TLS, except on this very machine where the link names no certificate (S3). */
export function originOfLink({ host, fingerprint }: JoinLink): string {
  const plain = fingerprint === null && isLoopbackName(new URL(`https://${host}`).hostname);
  return `${plain ? 'http' : 'https'}://${host}`;
}

/** True for names that never leave this machine. */
export function isLoopbackName(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? origin.slice('https://'.length) : null;
}
