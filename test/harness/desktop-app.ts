import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { packageRoot } from '../../src/platform/paths.ts';
import type { Control } from '../electron-stand-in/controls.ts';

/** One start of the built desktop app on a folder of its own; only Electron's binary is stood in for. */
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

export async function startDesktopApp(
  folder: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<DesktopApp> {
  const standIn = join(packageRoot(), 'test', 'electron-stand-in');
  const app = spawn(
    process.execPath,
    ['--import', join(standIn, 'register.ts'), join(standIn, 'launch.ts'), packageRoot(), ...args],
    { env: { ...process.env, ...env, OTHERTHING_DATA: folder }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  let said = '';
  for (const stream of [app.stdout, app.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-100_000);
    });
  }
  const until = <Value>(what: string, look: () => Value | null | undefined) =>
    vi.waitFor(
      () => {
        const found = look();
        if (found === null || found === undefined) throw new Error(`${what} is not there; main said: ${said}`);
        return found;
      },
      { timeout: startsWithin, interval: 200 },
    );
  let browser: Browser | undefined;
  const end = async () => {
    await browser?.close().catch(() => undefined);
    if (app.exitCode !== null || app.signalCode !== null) return;
    const gone = once(app, 'exit');
    app.kill('SIGTERM');
    const late = setTimeout(() => app.kill('SIGKILL'), 15_000);
    await gone;
    clearTimeout(late);
  };
  try {
    const address = await until('the browser', () => /stand-in devtools (\S+)/.exec(said)?.[1]);
    browser = await chromium.connectOverCDP(address);
    const pages = () => browser?.contexts().flatMap((context) => context.pages()) ?? [];
    const page = await until('the window', () =>
      pages().find((one) => one.url().startsWith('https://otherthing.app.standin')),
    );
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
