/** Where waiting comes from, so that tests can own it. Whatever is started returns how to stop it. */
export interface Timers {
  every(milliseconds: number, task: () => void): () => void;
  after(milliseconds: number, task: () => void): () => void;
}

export const systemTimers: Timers = {
  every(milliseconds, task) {
    const timer = setInterval(task, milliseconds);
    return () => clearInterval(timer);
  },
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};

export interface ManualTimers extends Timers {
  /** Lets time pass and performs what falls due, in order. */
  advance(milliseconds: number): void;
  now(): number;
}

/** A clock and timers that stand still until they are advanced; for tests. */
export function createManualTimers(start = 1_800_000_000_000): ManualTimers {
  let now = start;
  const due = new Set<{ at: number; every: number | null; task: () => void }>();
  const add = (every: number | null, milliseconds: number, task: () => void) => {
    const entry = { at: now + milliseconds, every, task };
    due.add(entry);
    return () => void due.delete(entry);
  };
  const next = (until: number) =>
    [...due]
      .filter(({ at }) => at <= until)
      .reduce<(typeof due extends Set<infer E> ? E : never) | null>(
        (first, entry) => (first === null || entry.at < first.at ? entry : first),
        null,
      );
  return {
    now: () => now,
    every: (milliseconds, task) => add(milliseconds, milliseconds, task),
    after: (milliseconds, task) => add(null, milliseconds, task),
    advance(milliseconds) {
      const until = now + milliseconds;
      for (let entry = next(until); entry !== null; entry = next(until)) {
        now = entry.at;
        if (entry.every === null) due.delete(entry);
        else entry.at += entry.every;
        entry.task();
      }
      now = until;
    },
  };
}
