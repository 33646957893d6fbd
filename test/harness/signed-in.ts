/** A fresh host, and its owner signed in with a browser, as after the link that `otherthing host` prints. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser, watchErrors } from './browser.ts';
import { type RunningHost, startHost, temporaryFolder } from './host.ts';

export interface SignedIn {
  host: RunningHost;
  browser: Browser;
  context: BrowserContext;
  page: Page;
  /** What the page threw or logged as an error. */
  errors: string[];
  /** Ends all of it, and removes the folder. */
  end(): Promise<void>;
}

/** Milliseconds that a person's next thing may take to appear. */
const usualPatience = 10_000;

export async function signIn(name: string, patience = usualPatience): Promise<SignedIn> {
  const data = temporaryFolder(name);
  const [host, browser] = await Promise.all([startHost(data.path), openBrowser()]);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const errors = watchErrors(page);
  await page.goto(await host.signInLink());
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return {
    ...{ host, browser, context, page, errors },
    async end() {
      await browser.close();
      await host.process.stop();
      data.remove();
    },
  };
}
