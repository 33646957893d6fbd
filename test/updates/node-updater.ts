import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { join } from 'node:path';
import { configureRequestOptions, configureRequestUrl, type DownloadOptions, HttpExecutor } from 'builder-util-runtime';
import electronUpdater, { type AppUpdater } from 'electron-updater';
import { AtomicAppImageUpdater } from '../../src/main/updates/app-image.ts';

/** Where an installed app keeps things, and what it was asked to do. */
export interface TestApp {
  folder: string;
  version: string;
  /** Runs what was to be done when the app has quit. */
  quitWith(code: number): void;
}

type Adapter = ConstructorParameters<typeof electronUpdater.NsisUpdater>[1];

/** An app as electron-updater sees it, without Electron. */
export function testApp(folder: string, version: string): TestApp & { adapter: Adapter } {
  const handlers: ((code: number) => void)[] = [];
  const adapter = {
    version,
    name: 'otherthing',
    isPackaged: true,
    appUpdateConfigPath: join(folder, 'app-update.yml'),
    userDataPath: folder,
    baseCachePath: join(folder, 'cache'),
    whenReady: async () => undefined,
    relaunch: () => undefined,
    quit: () => undefined,
    onQuit: (handler: (code: number) => void) => handlers.push(handler),
  };
  const quitWith = (code: number) => {
    for (const handler of handlers) handler(code);
  };
  return { folder, version, quitWith, adapter: adapter as unknown as Adapter };
}

/** electron-updater's requests by Node instead of Chromium. */
class NodeExecutor extends HttpExecutor<ClientRequest> {
  override createRequest(options: RequestOptions, callback: (response: never) => void): ClientRequest {
    return httpRequest(options, callback as never);
  }

  /** What electron-updater's own executor for Electron adds to the class, in the same shape. */
  download(url: URL, destination: string, options: DownloadOptions): Promise<string> {
    return options.cancellationToken.createPromise((resolve, reject, onCancel) => {
      const request: RequestOptions & { redirect: string } = {
        ...(options.headers ? { headers: options.headers } : {}),
        redirect: 'manual',
      };
      configureRequestUrl(url, request);
      configureRequestOptions(request);
      const callback = (error: Error | null | undefined) => (error ? reject(error) : resolve(destination));
      this.doDownload(request, { destination, options, onCancel, callback, responseHandler: null }, 0);
    });
  }
}

export interface TestUpdater {
  app: ReturnType<typeof testApp>;
  /** `host:port` of the release server. */
  host: string;
}

/** The updater of a Linux app, whose AppImage is at `running`. */
export function appImageUpdater({ app, host }: TestUpdater, running: string): AppUpdater {
  process.env['APPIMAGE'] = running;
  return towards(new AtomicAppImageUpdater(running, app.adapter), host);
}

/** The updater of a Windows app; `verdict` is what the system says about the installer's signature, null when it is right. */
export function nsisUpdater({ app, host }: TestUpdater, verdict: (publishers: string[]) => string | null): AppUpdater {
  const updater = new electronUpdater.NsisUpdater(undefined, app.adapter);
  Object.assign(updater, { _testOnlyOptions: { platform: 'win32', isUseDifferentialDownload: false } });
  updater.verifyUpdateCodeSignature = async (publishers) => verdict(publishers);
  return towards(updater, host);
}

function towards<Updater extends AppUpdater>(updater: Updater, host: string): Updater {
  const setFeed = updater.setFeedURL.bind(updater);
  Object.assign(updater, {
    httpExecutor: new NodeExecutor(),
    disableDifferentialDownload: true,
    setFeedURL: (feed: object) => setFeed({ ...feed, host, protocol: 'http' } as never),
  });
  return updater;
}
