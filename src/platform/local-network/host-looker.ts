import type { FoundHost } from '../../shared/model/remote-host.ts';
import { findHosts, type HostFinder } from './local-network.ts';

/** Listens on the local network while somebody looks, and not longer. */
export interface HostLooker {
  /** Who is there, as far as it is known by now: asking again a little later knows more. */
  look(): Promise<FoundHost[]>;
  stop(): Promise<void>;
}

/** Milliseconds after the last look. */
const listenFor = 30_000;

export function createHostLooker(
  onTrouble: (error: Error) => void,
  open: () => Promise<HostFinder> = () => findHosts({ onTrouble }),
): HostLooker {
  let finder: Promise<HostFinder> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const stop = async (): Promise<void> => {
    clearTimeout(timer);
    const running = finder;
    finder = null;
    await (await running?.catch(() => undefined))?.stop();
  };

  return {
    async look() {
      clearTimeout(timer);
      timer = setTimeout(() => void stop(), listenFor);
      timer.unref();
      finder ??= open();
      try {
        return (await finder).found();
      } catch (error) {
        // No network at all, or mDNS' port is another program's alone: nobody is found.
        finder = null;
        onTrouble(error instanceof Error ? error : new Error(String(error)));
        return [];
      }
    },
    stop,
  };
}
