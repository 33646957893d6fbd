import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DesktopBridge } from '../../src/shared/ipc.ts';
import { keepPicture } from '../harness/browser.ts';
import { type DesktopApp, startDesktopApp } from '../harness/desktop-app.ts';

/** The real built main process, preload, services and interface. */
let folder: string;
let app: DesktopApp;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-desktop-'));
  app = await startDesktopApp(folder);
  ({ page } = app);
});

afterAll(async () => {
  await app?.end();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Waits until the app has printed something; answers the first group. */
function sees(pattern: RegExp): Promise<string> {
  return vi.waitFor(
    () => {
      const found = pattern.exec(app.said())?.[1];
      if (found === undefined) throw new Error(`Not seen yet: ${pattern}; main said: ${app.said()}`);
      return found;
    },
    { timeout: 60_000, interval: 100 },
  );
}

describe('the desktop window', () => {
  test('shows the interface', async () => {
    await page.getByText('Use this machine').first().waitFor({ timeout: 60_000 });
    expect(await page.title()).toContain('OtherThing');
  });

  test('S11: has the bridge, and nothing of Node', async () => {
    const scope = await page.evaluate(() => ({
      require: typeof Reflect.get(window, 'require'),
      process: typeof Reflect.get(window, 'process'),
      bridge: Object.keys(Reflect.get(window, 'otherthing')),
    }));
    expect(scope).toEqual({ require: 'undefined', process: 'undefined', bridge: ['platform', 'call', 'on'] });
  });

  test('reaches the host that main started, with the token from the bridge', async () => {
    const me = await page.evaluate(async () => {
      const answered = await (Reflect.get(window, 'otherthing') as DesktopBridge).call('host');
      if ('problem' in answered) throw new Error(answered.problem.title);
      const { hostUrl, bearer } = answered.answer;
      const response = await fetch(`${hostUrl}/api/v1/me`, { headers: { authorization: `Bearer ${bearer}` } });
      return { status: response.status, body: await response.json() };
    });
    expect(me).toMatchObject({ status: 200, body: { user: { hostAdmin: true } } });
  });

  test('opens the sample from the host, over REST and the live sockets', async () => {
    await page.getByText('Open the sample flow').click();
    await page.getByText('Find totals').first().waitFor({ timeout: 60_000 });
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ timeout: 60_000 });
  });

  test('runs the sample, on this computer, without a key or an account', async () => {
    await page.getByRole('button', { name: /^Run( again)?$/ }).click();
    await page
      .getByText(/^Done in/)
      .first()
      .waitFor({ timeout: 150_000 });
    await page.getByText('24 rows').waitFor();
    await keepPicture(page, 'desktop-sample-run');
  });

  test('S11: its policy refuses other scripts and other hosts', async () => {
    /** Puts a script into the page or, without one, fetches from elsewhere; answers which directive was violated. */
    const violation = (script: string) =>
      page.evaluate(async (code) => {
        const violated = new Promise<string>((resolve) => {
          const tell = ({ effectiveDirective }: SecurityPolicyViolationEvent) => resolve(effectiveDirective);
          document.addEventListener('securitypolicyviolation', tell, { once: true });
        });
        const element = document.createElement('script');
        element.textContent = code;
        if (code === '') await fetch('https://example.org/').catch(() => undefined);
        else document.head.append(element);
        return violated;
      }, script);
    expect(await violation('window.injected = true')).toBe('script-src-elem');
    expect(await page.evaluate(() => Reflect.get(window, 'injected'))).toBeUndefined();
    expect(await violation('')).toBe('connect-src');
  });

  test('S11: stays on its page; a link outside opens in the browser, a new window does not', async () => {
    const before = page.url();
    await page.evaluate(() => window.open('https://example.org/opened'));
    await sees(/seen: opened (https:\/\/example\.org\/opened)/);
    await page.evaluate(() => {
      location.href = 'https://example.org/left';
    });
    await sees(/seen: opened (https:\/\/example\.org\/left)/);
    expect(page.url()).toBe(before);
    const pages = page.context().pages();
    expect(pages.filter((one) => one.url().includes('example.org'))).toEqual([]);
  });

  test('ends in order: the services are gone, and with them the file that names the host', async () => {
    const { url } = JSON.parse(await readFile(join(folder, 'host.json'), 'utf8')) as { url: string };
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(await app.quit()).toBe(0);
    expect(existsSync(join(folder, 'host.json'))).toBe(false);
    await expect(fetch(`${url}/readyz`)).rejects.toThrow();
  });
});
