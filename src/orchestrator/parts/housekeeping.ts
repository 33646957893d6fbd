import { setTimeout as sleep } from 'node:timers/promises';
import type { Timers } from '../timers.ts';

const hour = 60 * 60_000;
/** After a start others have more urgent things to do. */
const soon = 2 * 60_000;

/** What is done every hour; told when it is to stop. */
export type Chore = (signal: AbortSignal) => Promise<unknown>;

/**
 * Does the chores one after another, soon after the start and then every hour; a round that is not over when the next is due
 * lets that one pass. Returns how to stop: resolves when nothing goes on any more.
 */
export function keepHouse(deps: {
  chores: Readonly<Record<string, Chore>>;
  timers: Timers;
  log: { error(details: object, message: string): void };
}): () => Promise<void> {
  const stopping = new AbortController();
  let round: Promise<void> | null = null;
  const clean = async () => {
    for (const [name, chore] of Object.entries(deps.chores)) {
      if (stopping.signal.aborted) return;
      await chore(stopping.signal).catch((error: unknown) =>
        deps.log.error({ err: error, chore: name }, 'Housekeeping failed; it is tried again in an hour'),
      );
    }
  };
  const begin = () => {
    round ??= clean().finally(() => {
      round = null;
    });
  };
  const stops = [deps.timers.after(soon, begin), deps.timers.every(hour, begin)];
  return async () => {
    for (const stop of stops) stop();
    stopping.abort();
    await round;
  };
}

/** Between two transactions of a chore: everybody else's turn. */
export const rest = (): Promise<void> => sleep(20);
