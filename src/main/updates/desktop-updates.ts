import type { App, Dialog } from 'electron';
import type { Logger } from '../../platform/log.ts';
import { packagedResources } from '../../platform/paths.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Updates } from '../../shared/model/updates.ts';
import type { Handlers } from '../ipc.ts';
import { createUpdater, openFeed } from './feed.ts';
import { findSource } from './source.ts';
import { openUpdates } from './updates.ts';

export interface DesktopUpdatesOptions {
  app: Pick<App, 'quit' | 'relaunch' | 'releaseSingleInstanceLock'>;
  dialog: Pick<Dialog, 'showErrorBox'>;
  dataDir: string;
  version: string;
  clock: Clock;
  log: Logger;
  /** The AppImage that this app runs from, if it does. */
  appImage: string | undefined;
  /** Ends the services in order, once; what is called again waits for the same end. */
  stopServices(): Promise<void>;
  tell(updates: Updates): void;
}

export interface DesktopUpdates {
  handlers: Pick<Handlers, 'updates' | 'checkUpdates' | 'installUpdate' | 'chooseUpdates'>;
  stop(): void;
}

/** The updates of this installation, and the window's calls about them. */
export async function openDesktopUpdates(options: DesktopUpdatesOptions): Promise<DesktopUpdates> {
  const { app, dialog, log, appImage } = options;
  const { platform } = process;
  const logger = {
    info: () => undefined,
    warn: (message: unknown) => log.warn({ updater: String(message) }, 'updates'),
    error: (message: unknown) => log.warn({ updater: String(message) }, 'updates'),
  };
  const service = await openUpdates({
    ...options,
    source: await findSource({ platform, resources: packagedResources(), appImage }),
    openFeed: async (source, channel) =>
      openFeed({ source, channel, logger, updater: await createUpdater(platform, appImage), quit: () => app.quit() }),
    async stopServices() {
      await options.stopServices();
      // The new version may be there before this one is gone.
      app.releaseSingleInstanceLock();
    },
    onChange: options.tell,
    onFault: (fault, error) => log.warn({ err: error, code: fault.code }, 'an update failed'),
    onNotInstalled({ message, next }) {
      dialog.showErrorBox(message, next);
      app.relaunch();
      app.quit();
    },
  });
  return {
    handlers: {
      updates: () => service.standing(),
      checkUpdates(older) {
        service.check(older);
        return service.standing();
      },
      installUpdate() {
        service.install();
        return service.standing();
      },
      async chooseUpdates(choices) {
        await service.choose(choices);
        return service.standing();
      },
    },
    stop: () => service.stop(),
  };
}
