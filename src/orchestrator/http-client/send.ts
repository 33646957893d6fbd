/** Sends one request to an address that was checked first, and to no other, so that a name cannot change meanwhile (S9). */
import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { HostFault } from '../host-executors/host-executor.ts';
import { type Allowed, allowsName, mayReach } from './addresses.ts';

/** Every address of a name. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

export const systemResolve: Resolve = (hostname) => systemLookup(hostname, { all: true, verbatim: true });

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable | null;
}

/** Resolves with the head of the answer. Rejects HostFaults `http_address_refused`, `http_unreachable`. */
export async function send(
  outgoing: Outgoing,
  allowed: Allowed,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { url, method, headers, body } = outgoing;
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const address = await checkedAddress(url.hostname.replace(/^\[|\]$/g, ''), port, allowed, resolve);
  const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((answered, failed) => {
    const request = begin(url, { method, headers, signal, agent: false, lookup: always(address) });
    request.once('response', answered);
    request.once('error', failed);
    if (body === null) request.end();
    else if (Buffer.isBuffer(body)) request.end(body);
    else body.on('error', (error) => request.destroy(error)).pipe(request);
  });
}

interface Address {
  readonly address: string;
  readonly family: number;
}

async function checkedAddress(hostname: string, port: number, allowed: Allowed, resolve: Resolve): Promise<Address> {
  const family = isIP(hostname);
  const found: readonly Address[] = family !== 0 ? [{ address: hostname, family }] : await resolved(hostname, resolve);
  const [first] = found;
  if (first === undefined) throw unresolved(hostname);
  // One closed address among open ones is no accident.
  const isOpen = allowsName(allowed, hostname, port) || found.every(({ address }) => mayReach(address, port, allowed));
  if (isOpen) return first;
  throw new HostFault(
    'http_address_refused',
    `${hostname} leads to a private address, which steps do not reach. An admin of the workspace can allow it on the page Keys.`,
  );
}

async function resolved(hostname: string, resolve: Resolve): Promise<readonly Address[]> {
  try {
    return await resolve(hostname);
  } catch {
    throw unresolved(hostname);
  }
}

const unresolved = (hostname: string) =>
  new HostFault('http_unreachable', `There is no address for ${hostname}. Check the URL, or try again later.`, 'node');

const always =
  ({ address, family }: Address): LookupFunction =>
  (_hostname, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
