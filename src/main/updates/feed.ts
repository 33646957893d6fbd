import type { AppUpdater, BaseUpdater, CancellationToken, Logger, UpdateInfo } from 'electron-updater';
import type { FoundUpdate, UpdateChannel } from '../../shared/model/updates.ts';
import { updateError } from './faults.ts';
import { plainNotes } from './notes.ts';
import type { UpdateSource } from './source.ts';

/** One channel of releases, and the update that was found there. */
export interface Feed {
  /** null: nothing that would be taken. `older`: a step back counts too. */
  check(older: boolean): Promise<FoundUpdate | null>;
  /** Gets what was found, and checks it. What fails leaves nothing behind. */
  download(onProgress: (progress: { percent: number; bytesPerSecond: number }) => void): Promise<void>;
  cancel(): void;
  /** Whether what was downloaded is installed when the app has quit. */
  installAtQuit(wanted: boolean): void;
  /** Installs and quits; throws when it could not begin. Everything else of the app has ended before. */
  install(): void;
}

export interface FeedOptions {
  source: UpdateSource;
  channel: UpdateChannel;
  logger: Logger;
  /** The updater of this platform (createUpdater); tests drive it without Electron. */
  updater: AppUpdater;
  /** Ends the app once the update has been set going. */
  quit(): void;
  /** Milliseconds. */
  checkDeadline?: number;
  /** Milliseconds without a byte until a download is ended. */
  stallDeadline?: number;
}

/** What electron-updater has for each platform. Its own choice would also take updates through package managers. */
export async function createUpdater(platform: string, appImage: string | undefined): Promise<AppUpdater> {
  const { default: updaters } = await import('electron-updater');
  if (platform === 'win32') return new updaters.NsisUpdater();
  if (platform === 'darwin') return new updaters.MacUpdater();
  const { AtomicAppImageUpdater } = await import('./app-image.ts');
  return new AtomicAppImageUpdater(appImage ?? '');
}

/** Opens a channel of the source, by electron-updater: sha512 always, the publisher's signature where the platform has one (S12). */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { source, channel, updater, checkDeadline = 60_000, stallDeadline = 120_000 } = options;
  const { CancellationToken } = (await import('electron-updater')).default;
  configure(updater, options.logger, channel);
  updater.setFeedURL({ provider: 'github', owner: source.owner, repo: source.repo });
  let token: CancellationToken | undefined;
  let failure: Error | undefined;
  updater.on('error', (error) => {
    failure = error;
  });
  return {
    async check(older) {
      updater.allowDowngrade = older;
      const result = await within(updater.checkForUpdates(), checkDeadline);
      if (result === null || !result.isUpdateAvailable) return null;
      return describe(result.updateInfo, updater.currentVersion);
    },
    async download(onProgress) {
      const running = new CancellationToken();
      token = running;
      let stalled = false;
      const stall = () => {
        stalled = true;
        running.cancel();
      };
      let timer = setTimeout(stall, stallDeadline);
      const listener = ({ percent, bytesPerSecond }: { percent: number; bytesPerSecond: number }) => {
        clearTimeout(timer);
        timer = setTimeout(stall, stallDeadline);
        onProgress({ percent: Math.min(100, percent), bytesPerSecond });
      };
      updater.on('download-progress', listener);
      try {
        await updater.downloadUpdate(running);
      } catch (error) {
        throw stalled ? updateError('ERR_UPDATER_STALLED', 'The download stood still') : error;
      } finally {
        clearTimeout(timer);
        updater.off('download-progress', listener);
      }
    },
    cancel: () => token?.cancel(),
    installAtQuit(wanted) {
      updater.autoInstallOnAppQuit = wanted;
    },
    install() {
      failure = undefined;
      const begun = isBase(updater) ? updater.install(true, true) : installOnMac(updater);
      // electron-updater tells its failure as an event.
      if (!begun) throw failure ?? updateError('ERR_UPDATER_NOT_INSTALLED', 'The installation did not begin');
      if (isBase(updater)) options.quit();
    },
  };
}

function isBase(updater: AppUpdater): updater is BaseUpdater {
  return 'install' in updater;
}

/** Squirrel of macOS quits by itself. */
function installOnMac(updater: AppUpdater): boolean {
  updater.quitAndInstall();
  return true;
}

function configure(updater: AppUpdater, logger: Logger, channel: UpdateChannel): void {
  updater.logger = logger;
  updater.autoDownload = false;
  // Looked at when a download is done: its handler is only added then.
  updater.autoInstallOnAppQuit = true;
  updater.disableWebInstaller = true;
  updater.allowPrerelease = channel === 'beta';
  if (channel === 'beta') updater.channel = 'beta';
  // Setting a channel allows older versions; a person has to ask for those.
  updater.allowDowngrade = false;
}

function describe(info: UpdateInfo, current: { compare(version: string): number }): FoundUpdate {
  const [first] = info.files;
  return {
    version: info.version,
    older: current.compare(info.version) > 0,
    notes: plainNotes(info.releaseNotes),
    size: first?.size ?? null,
  };
}

async function within<Value>(work: Promise<Value>, milliseconds: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(updateError('ERR_UPDATER_LATE', 'There was no answer in time')), milliseconds);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
