import type { Timers } from '../timers.ts';

const hour = 60 * 60_000;

/** Forgets what has run out, every hour. Returns how to stop. */
export function keepHouse(deps: {
  tasks: readonly (() => Promise<void>)[];
  timers: Timers;
  log: { error(details: object, message: string): void };
}): () => void {
  const clean = async () => {
    for (const task of deps.tasks) {
      await task().catch((error: unknown) =>
        deps.log.error({ err: error }, 'Housekeeping failed; it is tried again in an hour'),
      );
    }
  };
  return deps.timers.every(hour, () => void clean());
}
