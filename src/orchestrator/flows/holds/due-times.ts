import type { Clock } from '../../../shared/clock.ts';
import { createHeap } from '../../scheduler/heap.ts';
import type { Timers } from '../../timers.ts';

/** Names with the times at which they are due; one timer for all of them, however many there are. */
export interface DueTimes {
  /** Sets when a name is due, in milliseconds since the Unix epoch; instead of an earlier time that it had. */
  set(name: string, at: number): void;
  forget(name: string): void;
  size(): number;
  stop(): void;
}

interface Entry {
  readonly name: string;
  readonly at: number;
}

/** The clock is looked at this often at least, so that it may be set forward; timers know nothing of that. */
const longestSleep = 60_000;

/** `isDue` is told each name once, not before its time, and the name is forgotten. */
export function createDueTimes(
  { clock, timers }: { clock: Clock; timers: Timers },
  isDue: (name: string) => void,
): DueTimes {
  const times = new Map<string, number>();
  let heap = emptyHeap();
  let inHeap = 0;
  let timer: { at: number; cancel: () => void } | null = null;
  let stopped = false;

  const arm = () => {
    const next = heap.peek();
    if (stopped || next === undefined) return;
    const at = Math.min(next.at, clock.now() + longestSleep);
    if (timer !== null && timer.at <= at) return;
    timer?.cancel();
    timer = { at, cancel: timers.after(Math.max(0, at - clock.now()), look) };
  };
  const look = () => {
    timer = null;
    for (let next = heap.peek(); next !== undefined && next.at <= clock.now(); next = heap.peek()) {
      heap.pop();
      inHeap -= 1;
      if (times.get(next.name) !== next.at) continue; // Forgotten, or set to another time.
      times.delete(next.name);
      isDue(next.name);
    }
    arm();
  };
  const push = (entry: Entry) => {
    heap.push(entry);
    inHeap += 1;
  };
  /** What is forgotten leaves the heap when its time comes, or when it is more than half of it. */
  const tidy = () => {
    if (inHeap < 64 || inHeap < times.size * 2) return;
    heap = emptyHeap();
    inHeap = 0;
    for (const [name, at] of times) push({ name, at });
  };

  return {
    set(name, at) {
      if (times.get(name) === at) return;
      times.set(name, at);
      push({ name, at });
      tidy();
      arm();
    },
    forget(name) {
      if (times.delete(name)) tidy();
      if (times.size > 0 || timer === null) return;
      timer.cancel();
      timer = null;
    },
    size: () => times.size,
    stop() {
      stopped = true;
      timer?.cancel();
      timer = null;
    },
  };
}

const emptyHeap = () => createHeap<Entry>((one, other) => one.at < other.at);
