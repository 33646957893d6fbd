import { useSyncExternalStore } from 'react';

const everyMs = 500;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let now = Date.now();

/** One clock for everything that moves, so that thousands of running steps are one moment of work and not one each. */
function listen(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    now = Date.now();
    timer = setInterval(tick, everyMs);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

const still = () => () => undefined;
/** Within the same moment always the same, as React wants it. */
const present = (): number => {
  if (timer === null && Date.now() - now > everyMs) now = Date.now();
  return now;
};

/** The present, twice a second while something moves; still otherwise. */
export const useTick = (moving: boolean): number => useSyncExternalStore(moving ? listen : still, present);
