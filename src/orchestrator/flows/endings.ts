import { isRunOver } from '../../shared/model/run.ts';
import type { Store } from '../store/store.ts';
import { type RunRow, runs } from '../store/tables.ts';
import type { Timers } from '../timers.ts';

/** Whoever waits for the end of a run. */
export interface Endings {
  /** The row of the run when it has ended; null where it has not in time, nobody waits any more, or there is none. */
  wait(runId: string, ms: number, signal?: AbortSignal): Promise<RunRow | null>;
  tell(row: RunRow): void;
  stop(): void;
}

export function createEndings({ store, timers }: { store: Store; timers: Timers }): Endings {
  const waiting = new Map<string, Set<(row: RunRow | null) => void>>();

  const listen = (runId: string, ms: number, signal?: AbortSignal) =>
    new Promise<RunRow | null>((resolve) => {
      const listeners = waiting.get(runId) ?? new Set();
      const done = (row: RunRow | null) => {
        cancel();
        signal?.removeEventListener('abort', giveUp);
        listeners.delete(done);
        if (listeners.size === 0) waiting.delete(runId);
        resolve(row);
      };
      const cancel = timers.after(ms, () => done(null));
      const giveUp = () => done(null);
      signal?.addEventListener('abort', giveUp, { once: true });
      waiting.set(runId, listeners.add(done));
    });
  const tell = (runId: string, row: RunRow | null) => {
    for (const done of [...(waiting.get(runId) ?? [])]) done(row);
  };

  return {
    async wait(runId, ms, signal) {
      const ended = listen(runId, ms, signal);
      // It may have ended before anybody listened.
      const row = await store.get(runs, { id: runId });
      if (row === null || isRunOver(row.state)) tell(runId, row);
      return ended;
    },
    tell: (row) => tell(row.id, { ...row }),
    stop() {
      for (const runId of [...waiting.keys()]) tell(runId, null);
    },
  };
}
