import { setTimeout as sleep } from 'node:timers/promises';
import { LockedError, takeLock } from '../../src/platform/lock-file.ts';

/** Does the work while nobody else holds the lock; waits for them up to three minutes. */
export async function whileLocked<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    try {
      const lock = await takeLock(path);
      try {
        return await work();
      } finally {
        await lock.release();
      }
    } catch (error) {
      if (!(error instanceof LockedError) || Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
