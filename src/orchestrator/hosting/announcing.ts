import type { Announced } from '../../platform/local-network/found.ts';

/** Says goodbye. */
type Goodbye = () => Promise<void>;
/** Says on the local network that this host is there; answers how to say goodbye. */
export type Announce = (what: Announced & { port: number }) => Promise<Goodbye>;

/** Whether this host is announced on the local network, and under what. */
export interface Announcing {
  readonly on: boolean;
  /** Announces this from now on; null nothing. The network's trouble is never the host's. */
  follow(what: (Announced & { port: number }) | null): Promise<void>;
}

export function createAnnouncing(announce: Announce, onTrouble: (error: unknown) => void): Announcing {
  let goodbye: Goodbye | null = null;
  let now = 'null';

  const end = async (): Promise<void> => {
    const say = goodbye;
    goodbye = null;
    await say?.().catch(onTrouble);
  };

  return {
    get on() {
      return goodbye !== null;
    },
    async follow(what) {
      const next = JSON.stringify(what);
      if (next === now && (what === null || goodbye !== null)) return;
      now = next;
      await end();
      if (what === null) return;
      try {
        goodbye = await announce(what);
      } catch (error) {
        onTrouble(error);
      }
    },
  };
}
