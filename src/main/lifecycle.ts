import type { App } from 'electron';
import type { Logger } from '../platform/log.ts';

/**
 * Holds the app's end back, once, until `stop` is done. Each service has its own deadlines (supervise.ts), so this ends
 * in bounded time.
 */
export function stopBeforeQuit(app: App, log: Logger, stop: () => Promise<void>): void {
  let state: 'running' | 'stopping' | 'stopped' = 'running';
  app.on('will-quit', (event) => {
    if (state === 'stopped') return;
    event.preventDefault();
    if (state === 'stopping') return;
    state = 'stopping';
    stop()
      .catch((error: unknown) => log.error({ error }, 'could not stop in order'))
      .finally(() => {
        state = 'stopped';
        app.quit();
      });
  });
}
