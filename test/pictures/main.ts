/**
 * Photographs the pages in both themes: `node test/pictures/main.ts OUT [name …]`. Their host is the stand-in; the
 * pages are the real ones, from a development server that this starts and stops.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer } from 'vite';
import { type HostKind, standIn } from './stand-in.ts';
import { now, triedStep, workspace } from './tidemark.ts';

interface Shot {
  name: string;
  path: string;
  host?: HostKind;
  size?: { width: number; height: number };
  fullPage?: boolean;
  /** What must be there before the picture is taken. */
  ready: string;
  before?: (page: Page) => Promise<void>;
}

const home = `/w/${workspace.id}`;
const phone = { width: 390, height: 844 };
const chosen = `step=read_text&path=${encodeURIComponent(triedStep.instance.path)}`;
const shots: readonly Shot[] = [
  { name: 'components', path: '/ui', fullPage: true, ready: 'text=Files could not be loaded' },
  { name: 'start', path: '/start', ready: 'text=ana-pc' },
  { name: 'sign-in', path: '/', host: 'signed-out', ready: 'text=Sign in to this host' },
  {
    name: 'flows',
    path: `${home}/flows`,
    ready: 'text=Draft: offers',
    before: (page) => page.getByText('9 steps, version 31').hover(),
  },
  { name: 'flows-empty', path: `${home}/flows`, host: 'empty', ready: 'text=No flows yet' },
  { name: 'runs', path: `${home}/runs/run-214?${chosen}`, ready: 'text=Kaj 4' },
  {
    name: 'runs-by-node',
    path: `${home}/runs/run-214`,
    ready: 'text=Result',
    before: (page) => page.getByText('By node').click(),
  },
  { name: 'run-going', path: `${home}/runs/run-215`, ready: 'text=31 of 48' },
  { name: 'run-list', path: `${home}/runs`, ready: 'text=Run 210' },
  { name: 'nodes', path: `${home}/nodes?node=node-rack`, ready: 'text=lab-tower' },
  { name: 'add-node', path: `${home}/nodes?add=true`, ready: 'text=Share key of the node' },
  { name: 'this-node', path: `${home}/this-node`, ready: 'text=What others may use' },
  { name: 'you', path: `${home}/you`, ready: 'text=As the system' },
  {
    name: 'palette',
    path: `${home}/flows`,
    ready: 'text=Draft: offers',
    before: async (page) => {
      await page.keyboard.press('Control+k');
      await page.keyboard.type('rack');
    },
  },
  { name: 'away', path: `${home}/flows`, host: 'away', ready: 'text=could not be loaded' },
  { name: 'narrow-runs', path: `${home}/runs`, size: phone, ready: 'text=Product pictures' },
  { name: 'narrow-run', path: `${home}/runs/run-215`, size: phone, ready: 'text=31 of 48' },
  { name: 'narrow-flows', path: `${home}/flows`, size: phone, ready: 'text=Draft: offers' },
  { name: 'narrow-nodes', path: `${home}/nodes`, size: phone, ready: 'text=lab-tower' },
];

async function photograph(
  browser: Browser,
  origin: string,
  shot: Shot,
  theme: 'light' | 'dark',
  out: string,
): Promise<void> {
  const context = await browser.newContext({
    viewport: shot.size ?? { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on(
    'console',
    (message) =>
      ['error', 'warning'].includes(message.type()) && process.stderr.write(`${shot.name}: ${message.text()}\n`),
  );
  page.on('pageerror', (error) => process.stderr.write(`${shot.name}: ${error.message}\n`));
  await page.clock.setFixedTime(now);
  await standIn(page, shot.host ?? 'full');
  await page.goto(origin + shot.path);
  await page
    .locator(shot.ready)
    .first()
    .waitFor({ timeout: 30_000 })
    .catch((error: Error) => process.stderr.write(`${shot.name}: ${error.message.split('\n')[0]}\n`));
  await page.evaluate(() => document.fonts.ready);
  await shot.before?.(page);
  await page.waitForTimeout(500);
  await sayWhatAxeFinds(page, `${shot.name} ${theme}`);
  const content =
    shot.fullPage === true ? await page.evaluate(() => document.querySelector('main')?.scrollHeight ?? 900) : null;
  if (content !== null) await page.setViewportSize({ width: 1440, height: content });
  await page.screenshot({ path: join(out, `${shot.name}-${theme}.png`) });
  await context.close();
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Writes what a person with another way of reading would stumble over (WCAG 2.2 AA). */
async function sayWhatAxeFinds(page: Page, where: string): Promise<void> {
  await page.addScriptTag({ path: axePath });
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (options: unknown) => Promise<{ violations: Violation[] }> } };
    interface Violation {
      id: string;
      impact: string;
      nodes: { html: string; failureSummary: string }[];
    }
    const { violations } = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return violations.map(
      (one) =>
        `${one.impact} ${one.id}: ${one.nodes
          .slice(0, 3)
          .map((node) => `${node.html.slice(0, 140)} (${node.failureSummary.split('\n')[1]?.trim() ?? ''})`)
          .join(' | ')}`,
    );
  });
  for (const line of found) process.stdout.write(`${where}: ${line}\n`);
}

const [out = 'pictures', ...names] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const server = await createServer({
  configFile: 'vite.renderer.config.ts',
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  logLevel: 'error',
});
await server.listen();
const origin = server.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '';
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  for (const shot of shots.filter((one) => names.length === 0 || names.includes(one.name))) {
    for (const theme of ['light', 'dark'] as const) await photograph(browser, origin, shot, theme, out);
  }
} finally {
  await browser.close();
  await server.close();
}
