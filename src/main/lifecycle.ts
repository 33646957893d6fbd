import type { App } from 'electron';
import type { Logger } from '../platform/log.ts';

interface Ending {
  /** Ends everything in order. */
  stop(): Promise<void>;
  /** Ends what is left at once. */
  kill(): void;
}

/** Milliseconds from the order to quit to the kill of what is left, and to the end of the app whatever is left. */
const killAfter = 9_000;
const leaveAfter = 9_700;

/** Holds the app's end back, once, until everything has ended in order; ten seconds later it is gone all the same. */
export function stopBeforeQuit(app: Pick<App, 'on' | 'quit' | 'exit'>, log: Logger, { stop, kill }: Ending): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  app.on('will-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    const killing = setTimeout(() => {
      log.error('it did not stop in order in time; what is left is ended now');
      kill();
    }, killAfter);
    const leaving = setTimeout(() => app.exit(1), leaveAfter);
    stop()
      .catch((error: unknown) => log.error({ error }, 'could not stop in order'))
      .finally(() => {
        clearTimeout(killing);
        clearTimeout(leaving);
        state = 'stopped';
        app.quit();
      });
  });
}
