/** A stretch of network between a node or a client and the host: it delays, swallows without a word, cuts. Never reorders. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Network {
  /** Origin of the host, as it is reached through here. */
  readonly url: string;
  /** Where the host is now. */
  towards(port: number): void;
  /** From now on everything takes so many milliseconds more, each way; 0 heals. */
  delay(milliseconds: number): void;
  /**
   * Connections that stand are half-open from now on, for good: nothing gets through, and no side is told. New ones are
   * as well, until `heal`.
   */
  swallow(): void;
  /** Ends every connection at once. */
  cut(): void;
  /** New connections pass without delay. */
  heal(): void;
  stop(): Promise<void>;
}

interface Link {
  readonly both: readonly [Socket, Socket];
  dead: boolean;
}

export async function startNetwork(): Promise<Network> {
  const links = new Set<Link>();
  let port = 0;
  let added = 0;
  let swallowing = false;

  const server = createServer({ allowHalfOpen: false }, (near) => {
    const far = connect({ port, host: '127.0.0.1' });
    const link: Link = { both: [near, far], dead: swallowing };
    links.add(link);
    for (const socket of link.both) socket.setNoDelay(true).on('error', () => undefined);
    pipe(link, near, far, () => added);
    pipe(link, far, near, () => added);
    const end = () => {
      // Half-open: the end of one side is not told to the other either.
      if (link.dead && !near.destroyed && !far.destroyed) return;
      links.delete(link);
      for (const socket of link.both) socket.destroy();
    };
    near.on('close', end);
    far.on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const { both } of links) for (const socket of both) socket.destroy();
    links.clear();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    towards(to) {
      port = to;
    },
    delay(milliseconds) {
      added = milliseconds;
    },
    swallow() {
      swallowing = true;
      for (const link of links) link.dead = true;
    },
    cut,
    heal() {
      swallowing = false;
      added = 0;
    },
    async stop() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Passes on what comes, in order, each part after the delay that held when it came, and never before an earlier one. */
function pipe(link: Link, from: Socket, to: Socket, delay: () => number): void {
  let busyUntil = 0;
  const pass = (act: () => void) => {
    const at = Math.max(busyUntil, Date.now() + delay());
    busyUntil = at;
    const wait = at - Date.now();
    if (wait <= 0) act();
    else setTimeout(act, wait);
  };
  from.on('data', (part) => {
    if (link.dead) return;
    pass(() => {
      if (!link.dead && !to.destroyed) to.write(part);
    });
  });
  from.on('end', () => {
    if (!link.dead) pass(() => to.end());
  });
}
