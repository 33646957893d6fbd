/** What a host says of itself on the local network, and how it is read (pure). Nothing of it is trusted. */
import { isIP } from 'node:net';
import { parseFingerprint } from '../../shared/fingerprint.ts';
import type { FoundHost } from '../../shared/model/remote-host.ts';

/** What is announced: nothing else leaves the machine. */
export interface Announced {
  /** What the host is called. */
  name: string;
  /** Null where an authority vouches for its certificate. */
  fingerprint: string | null;
  version: string;
}

/** What the network says of one service, in the library's form. */
export interface SeenService {
  port: number;
  txt?: unknown;
  addresses?: readonly string[] | undefined;
  /** Who sent it. */
  referer?: { address: string } | undefined;
}

/** A TXT entry has at most 255 bytes with its key; the label of a service 63 (RFC 6763). */
const longestName = 120;
const longestLabel = 48;

export function txtOf({ name, fingerprint, version }: Announced): Record<string, string> {
  return {
    name: cutBytes(name, longestName),
    ...(fingerprint === null ? {} : { fingerprint }),
    version: cutBytes(version, 40),
  };
}

/** The label of the service: two hosts of one name on a network differ in the fingerprint. */
export function labelOf({ name, fingerprint }: Announced): string {
  const mark = fingerprint === null ? '' : ` ${fingerprint.slice('sha256:'.length, 'sha256:'.length + 8)}`;
  return `${cutBytes(name.replaceAll('.', ' '), longestLabel)}${mark}`;
}

/** Null for what is no host of ours, or nowhere. */
export function readSeen({ port, txt, addresses = [], referer }: SeenService): FoundHost | null {
  const said = (key: string): string => {
    const value: unknown = typeof txt === 'object' && txt !== null ? Reflect.get(txt, key) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const name = said('name').trim().slice(0, longestName);
  const address = addressOf(addresses, referer?.address);
  if (name === '' || address === null || !Number.isInteger(port) || port < 1 || port > 65_535) return null;
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return {
    name,
    origin: `https://${host}:${port}`,
    fingerprint: parseFingerprint(said('fingerprint')),
    version: said('version').slice(0, 40),
  };
}

/** Whoever sent it is reached there; else the first address that is not of one link alone. */
function addressOf(addresses: readonly string[], sender: string | undefined): string | null {
  const usable = addresses.filter((one) => isIP(one) !== 0 && !/^fe80:/i.test(one));
  if (sender !== undefined && usable.includes(sender)) return sender;
  return usable.find((one) => isIP(one) === 4) ?? usable[0] ?? null;
}

function cutBytes(text: string, most: number): string {
  let cut = text;
  while (Buffer.byteLength(cut) > most) cut = [...cut].slice(0, -1).join('');
  return cut;
}
