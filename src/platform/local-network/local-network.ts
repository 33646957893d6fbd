/** Hosts that say on the local network that they are there: mDNS and DNS-SD (RFC 6762, 6763), service `_otherthing._tcp`. */
import type { FoundHost } from '../../shared/model/remote-host.ts';
import { type Announced, labelOf, readSeen, txtOf } from './found.ts';

const type = 'otherthing';
const mostFound = 200;
/** Milliseconds between questions: an answer may be lost, and hosts come and go. */
const askEvery = 5_000;
/** Milliseconds that the goodbye may take. */
const goodbyeWithin = 1_000;

export interface NetworkOptions {
  /** Another port than mDNS' 5353, and one interface alone; for tests. */
  port?: number;
  interface?: string;
  /** What went wrong on the network: it is nobody's end. */
  onTrouble(error: Error): void;
}

/** Says that this host is there until the answer is called, which says goodbye. */
export async function announceHost(
  what: Announced & { port: number },
  options: NetworkOptions,
): Promise<() => Promise<void>> {
  const network = await openNetwork(options);
  network.publish({ type, name: labelOf(what), port: what.port, txt: txtOf(what), probe: false });
  return () =>
    new Promise((resolve) => {
      const late = setTimeout(() => network.destroy(() => resolve()), goodbyeWithin);
      network.unpublishAll(() => {
        clearTimeout(late);
        network.destroy(() => resolve());
      });
    });
}

export interface HostFinder {
  /** Who is there now. */
  found(): FoundHost[];
  stop(): Promise<void>;
}

/** Looks for hosts until it is stopped. */
export async function findHosts(options: NetworkOptions): Promise<HostFinder> {
  const network = await openNetwork(options);
  const browser = network.find({ type });
  const asking = setInterval(() => {
    browser.expire();
    browser.update();
  }, askEvery);
  asking.unref();
  return {
    found: () => {
      const seen = browser.services.slice(0, mostFound).map(readSeen);
      const hosts = seen.filter((one): one is FoundHost => one !== null);
      return [...new Map(hosts.map((host) => [host.origin, host])).values()];
    },
    stop: () =>
      new Promise((resolve) => {
        clearInterval(asking);
        browser.stop();
        network.destroy(() => resolve());
      }),
  };
}

/** Loaded when it is used: most starts need no network of this kind. */
async function openNetwork({ onTrouble, ...options }: NetworkOptions) {
  const { Bonjour } = await import('bonjour-service');
  // Bound to the address of one interface it would hear no multicast.
  const network = new Bonjour({ ...options, bind: '0.0.0.0' } as ConstructorParameters<typeof Bonjour>[0], onTrouble);
  // Without listeners a socket's trouble would end the process.
  const { mdns } = (network as unknown as { server: { mdns: NodeJS.EventEmitter } }).server;
  mdns.on('error', onTrouble).on('warning', onTrouble);
  return network;
}
