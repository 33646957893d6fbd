/** S9: which addresses HTTP steps may reach: public ones, and what the workspace allows beside them. Pure. */
import { BlockList, isIP } from 'node:net';

/** https://www.iana.org/assignments/iana-ipv4-special-registry: everything that is not the public internet. */
const closedV4: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
/** Of the global unicast addresses 2000::/3, those that lead elsewhere: Teredo, documentation, 6to4. */
const closedV6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const closed = new BlockList();
for (const [network, bits] of closedV4) closed.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of closedV6) closed.addSubnet(network, bits, 'ipv6');
const globalV6 = new BlockList();
globalV6.addSubnet('2000::', 3, 'ipv6');

/** What a workspace allows beside the public internet. */
export interface Allowed {
  readonly names: ReadonlySet<string>;
  readonly networks: readonly { readonly list: BlockList; readonly port: number | null }[];
}

/** Throws an Error in words for an entry that is neither a name, an address nor a network. */
export function parseAllowed(entries: readonly string[]): Allowed {
  const names = new Set<string>();
  const networks: { list: BlockList; port: number | null }[] = [];
  for (const entry of entries) {
    const { host, port } = splitPort(entry.trim().toLowerCase());
    const [address = '', bits] = host.split('/');
    const family = isIP(address);
    if (family !== 0) networks.push({ list: network(address, family, bits, entry), port });
    else if (bits === undefined && /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host)) names.add(withPort(host, port));
    else throw new Error(`"${entry}" is neither a name, an address nor a network`);
  }
  return { names, networks };
}

function network(address: string, family: number, bits: string | undefined, entry: string): BlockList {
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > most) throw new Error(`"${entry}" has a wrong prefix`);
  const list = new BlockList();
  list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

function splitPort(entry: string): { host: string; port: number | null } {
  const match = /^\[(.+)\](?::(\d{1,5}))?$/.exec(entry) ?? /^([^:]+):(\d{1,5})$/.exec(entry);
  return match === null
    ? { host: entry, port: null }
    : { host: match[1] ?? '', port: match[2] === undefined ? null : Number(match[2]) };
}
const withPort = (host: string, port: number | null) => (port === null ? host : `${host}:${port}`);

/** Whether the workspace allows whatever this name leads to. */
export function allowsName({ names }: Allowed, hostname: string, port: number): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return names.has(name) || names.has(withPort(name, port));
}

/** Whether one may connect to this address. A mapped IPv6 address is what it stands for. */
export function mayReach(address: string, port: number, { networks }: Allowed): boolean {
  const plain = unmapped(address);
  const type = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
  if (isIP(plain) === 0) return false;
  if (networks.some((one) => (one.port === null || one.port === port) && one.list.check(plain, type))) return true;
  if (closed.check(plain, type)) return false;
  return type === 'ipv4' || globalV6.check(plain, 'ipv6');
}

/** `::ffff:10.0.0.1` and `::ffff:a00:1` are 10.0.0.1. */
function unmapped(address: string): string {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (isIP(plain) !== 6) return plain;
  // The URL parser writes every form of an address in one way.
  const canonical = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (match === null) return canonical;
  const [high, low] = [Number.parseInt(match[1] ?? '0', 16), Number.parseInt(match[2] ?? '0', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
