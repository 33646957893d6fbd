import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Control } from '../electron-stand-in/controls.ts';
import { appOrigin, devtoolsLine, spawnApp } from './electron.ts';
import { waitFor } from './processes.ts';

/** One start of the built desktop app on a folder of its own; only Electron's binary is stood in for, where there is none. */
export interface DesktopApp {
  readonly process: ChildProcess;
  readonly page: Page;
  /** All that it printed. */
  said(): string;
  /** Does what a person or the system does to the app from outside its page. */
  tell(control: Control): void;
  /** Quits in order; answers the exit code. */
  quit(): Promise<number | null>;
  /** For the end of a test, whatever state it is in. */
  end(): Promise<void>;
}

const startsWithin = 60_000;

/** `installed`: the folder of an app that lies there as its package puts it (installed-app.ts); the checkout otherwise. */
export async function startDesktopApp(
  folder: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  installed?: string,
): Promise<DesktopApp> {
  const app = spawnApp(args, { ...env, OTHERTHING_DATA: folder }, installed);
  let said = '';
  for (const stream of [app.stdout, app.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-100_000);
    });
  }
  const until = <Value>(what: string, look: () => Value | null | undefined) =>
    waitFor(what, look, startsWithin).catch((error: unknown) => {
      throw new Error(`${what} is not there; main said: ${said}`, { cause: error });
    });
  let browser: Browser | undefined;
  const end = async () => {
    const isGone = app.exitCode !== null || app.signalCode !== null;
    // Windows of Electron end with main; the browser of the stand-in outlives a main that is killed.
    if (isGone && browser?.isConnected() === true)
      await browser
        .newBrowserCDPSession()
        .then((session) => session.send('Browser.close'))
        .catch(() => undefined);
    await browser?.close().catch(() => undefined);
    if (isGone) return;
    const gone = once(app, 'exit');
    app.kill('SIGTERM');
    const late = setTimeout(() => app.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(late);
  };
  try {
    const address = await until('the browser', () => devtoolsLine.exec(said)?.[1]);
    browser = await chromium.connectOverCDP(address);
    const pages = () => browser?.contexts().flatMap((context) => context.pages()) ?? [];
    const page = await until('the window', () => pages().find((one) => one.url().startsWith(appOrigin)));
    return {
      process: app,
      page,
      said: () => said,
      tell: (control) => void app.send(control),
      async quit() {
        if (app.exitCode !== null) return app.exitCode;
        const gone = once(app, 'exit') as Promise<[number | null]>;
        app.kill('SIGTERM');
        return (await gone)[0];
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
