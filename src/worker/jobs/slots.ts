/** Cores and memory (MiB) that a job needs, or that a node shares. */
export interface Room {
  cores: number;
  ramMb: number;
}

/** What the jobs of all hosts together may take of this node (S8): its capacity is counted once. */
export interface Slots {
  /** Takes room, waiting up to `patienceMs` for it; null when there is none. The result gives it back, once. */
  take(need: Room, patienceMs: number, signal: AbortSignal): Promise<(() => void) | null>;
  /** The owner shares more or less from now on; jobs that run go on. */
  resize(shared: Room): void;
  readonly taken: Readonly<Room>;
  readonly shared: Readonly<Room>;
}

/** Cores may be fractions; this much is rounding. */
const grain = 1e-6;

export function createSlots(initial: Room): Slots {
  let shared = initial;
  const taken: Room = { cores: 0, ramMb: 0 };
  const waiting = new Set<() => void>();

  const fits = (need: Room, within: Room) => need.cores <= within.cores + grain && need.ramMb <= within.ramMb;
  const free = (): Room => ({ cores: shared.cores - taken.cores, ramMb: shared.ramMb - taken.ramMb });
  const wake = () => {
    for (const tryAgain of [...waiting]) tryAgain();
  };
  const occupy = (need: Room) => {
    taken.cores += need.cores;
    taken.ramMb += need.ramMb;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      taken.cores = Math.max(0, taken.cores - need.cores);
      taken.ramMb -= need.ramMb;
      wake();
    };
  };

  return {
    get taken() {
      return taken;
    },
    get shared() {
      return shared;
    },
    resize(next) {
      shared = next;
      wake();
    },
    take(need, patienceMs, signal) {
      if (!fits(need, shared) || signal.aborted) return Promise.resolve(null);
      if (fits(need, free())) return Promise.resolve(occupy(need));
      return new Promise((resolve) => {
        const settle = (release: (() => void) | null) => {
          waiting.delete(tryAgain);
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          resolve(release);
        };
        const tryAgain = () => {
          if (!fits(need, shared)) settle(null);
          else if (fits(need, free())) settle(occupy(need));
        };
        const giveUp = () => settle(null);
        const timer = setTimeout(giveUp, patienceMs);
        waiting.add(tryAgain);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
