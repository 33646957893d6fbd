import { existsSync } from 'node:fs';

const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The Chromium of this machine: OTHERTHING_CHROMIUM, else where the platforms put it; undefined where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['OTHERTHING_CHROMIUM'];
  return [...(named === undefined ? [] : [named]), ...places].find((path) => existsSync(path));
}

/** The same for a test, which cannot go on without. */
export function chromiumPath(): string {
  const path = findChromium();
  if (path === undefined) throw new Error('No Chromium: install it, or name it in OTHERTHING_CHROMIUM');
  return path;
}

/** What a test's Chromium is started with: no sandbox (tests run as root), no traffic of its own. */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
