import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../support/chromium.ts';

/** Chromium of the machine, headless, without its own traffic. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: [...chromiumArguments] });
}

const results = join(import.meta.dirname, '../../test-results/screenshots');

/** Keeps a picture of the page as an artefact, `test-results/screenshots/<name>.png`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(results, { recursive: true });
  await page.screenshot({ path: join(results, `${name}.png`) });
}

/** Waits until what fades or slides has come to rest: half-way through a change of theme every colour is a mixture. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    // A frame first: a style that has only just changed has no transition yet.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const ends = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.all(ends.map(({ finished }) => finished.catch(() => undefined)));
  });
}

/** What axe finds serious or critical on the page at rest, as `rule: element`. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await settled(page);
  await page.evaluate(readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8'));
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Collects errors of the page: what it throws and what it logs as an error. */
export function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}

/** A network that can be cut for one page: its sockets end, and new ones are refused while it is cut. */
export async function cuttable(page: Page): Promise<{ cut(): Promise<void>; mend(): Promise<void> }> {
  let isCut = false;
  const open = new Set<{ close(): Promise<void> }>();
  await page.routeWebSocket(/\/ws\//, (socket) => {
    if (isCut) return void socket.close({ code: 1001 });
    const server = socket.connectToServer();
    const both = {
      close: async () => {
        await Promise.all([socket.close({ code: 1001 }), server.close()]);
      },
    };
    open.add(both);
  });
  await page.route(/\/api\//, (route) => (isCut ? route.abort('internetdisconnected') : route.continue()));
  return {
    async cut() {
      isCut = true;
      await Promise.all([...open].map((socket) => socket.close().catch(() => undefined)));
      open.clear();
    },
    mend: async () => {
      isCut = false;
    },
  };
}
