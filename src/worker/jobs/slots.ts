import { chooseGpu, give, hasRoom, noRoom, type Room, type Sizes, take as withOneMore } from '../../shared/room.ts';

/** What the jobs of all hosts together may take of this node (S8): its capacity is counted once. */
export interface Slots {
  /** Takes room, waiting up to `patienceMs` for it; null when there is none. The result gives it back, once. */
  take(need: Sizes, patienceMs: number, signal: AbortSignal): Promise<(() => void) | null>;
  /** The owner shares more or less from now on; jobs that run go on. */
  resize(shared: Room): void;
  readonly taken: Room;
  readonly shared: Room;
}

export function createSlots(initial: Room): Slots {
  let shared = initial;
  let taken: Room = noRoom;
  const waiting = new Set<() => void>();

  const wake = () => {
    for (const tryAgain of [...waiting]) tryAgain();
  };
  const occupy = (need: Sizes) => {
    const gpu = need.gpuMemoryMb === undefined ? null : chooseGpu(need.gpuMemoryMb, shared, taken);
    taken = withOneMore(taken, need, gpu);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      taken = give(taken, need, gpu);
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
      if (!hasRoom(need, shared, noRoom) || signal.aborted) return Promise.resolve(null);
      if (hasRoom(need, shared, taken)) return Promise.resolve(occupy(need));
      return new Promise((resolve) => {
        const settle = (release: (() => void) | null) => {
          waiting.delete(tryAgain);
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          resolve(release);
        };
        const tryAgain = () => {
          if (!hasRoom(need, shared, noRoom)) settle(null);
          else if (hasRoom(need, shared, taken)) settle(occupy(need));
        };
        const giveUp = () => settle(null);
        const timer = setTimeout(giveUp, patienceMs);
        waiting.add(tryAgain);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
