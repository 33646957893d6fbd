/**
 * The page of a run in a real Chromium: a flow of 500 steps with a Map over 1,000 and over 10,000 items that goes on and
 * tells its news as the host does (announce.ts). Measured: the longest task of the page, and the heap that is held after a
 * collection. The limits are those of the product: no task over 100 ms, and at most 1.3 times the heap at ten times the items.
 */
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { type FlowFile, flowSchemaId } from '../src/shared/model/flow.ts';
import type { RunDetail, StepInstance } from '../src/shared/model/run.ts';
import { openBrowser } from '../test/harness/browser.ts';
import { startHost, temporaryFolder } from '../test/harness/host.ts';
import { report } from './report.ts';

const steps = 500;
const few = 1_000;
const many = 10_000;
const runId = 'run-bench';
/** News of one tenth of a second name at most this many items. */
const mostNamed = 200;
/** The work of the whole Map is told in so many pieces of news, whatever its length. */
const turns = 60;
const tellMs = 100;

interface Held {
  heap: number;
  /** The longest task in milliseconds; 0 where none took 50. */
  longest: number;
  tasks: number;
  /** The longest one until the page stood. */
  opening: number;
}

export async function benchRunPage(): Promise<void> {
  const folder = temporaryFolder('bench-run-page');
  const host = await startHost(folder.path);
  const browser = await openBrowser();
  try {
    // The first page pays for what the browser compiles and caches.
    await held(browser, await host.signInLink(), host.url, host.workspaceId, few);
    const small = await held(browser, await host.signInLink(), host.url, host.workspaceId, few);
    const large = await held(browser, await host.signInLink(), host.url, host.workspaceId, many);
    const mb = (bytes: number) => (bytes / 1024 ** 2).toFixed(1);
    report({
      ...{ bench: 'run-page.heap', value: large.heap / small.heap, unit: 'x', limit: 1.3, n: many },
      notes: `heap of the page with ${few} items ${mb(small.heap)} MB, with ${many} ${mb(large.heap)} MB; at most 1.3 times`,
    });
    report({
      ...{ bench: 'run-page.open', value: large.opening, unit: 'ms', limit: 100, n: many },
      notes: `longest task from the address to the page with ${steps} steps, the program's own start included; at most 100 ms`,
    });
    report({
      ...{ bench: 'run-page.task', value: large.longest, unit: 'ms', limit: 100, n: many },
      notes: `longest task while ${steps} steps and ${many} items go by, scrolled and paged; ${large.tasks} tasks over 50 ms; at most 100 ms`,
    });
  } finally {
    await browser.close();
    await host.process.stop();
    folder.remove();
  }
}

async function held(browser: Browser, link: string, url: string, workspaceId: string, items: number): Promise<Held> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  try {
    await page.goto(link);
    await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
    const live = await standInRun(page, workspaceId, items);
    await page.addInitScript(watchTasks);
    await page.goto(`${url}/w/${workspaceId}/runs/${runId}`);
    await page
      .getByText(`of ${items.toLocaleString('en')}`)
      .first()
      .waitFor();
    const opening = await tasksOf(page);
    await live.work();
    await look(page);
    const going = await tasksOf(page);
    return {
      ...{ heap: await heapOf(page), opening: Math.max(0, ...opening) },
      ...{ longest: Math.max(0, ...going.slice(opening.length)), tasks: going.length - opening.length },
    };
  } finally {
    await context.close();
  }
}

/** In the page: keeps the length of every long task, in milliseconds. */
function watchTasks(): void {
  const taken: number[] = [];
  Object.assign(globalThis, { taken });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) taken.push(entry.duration);
  }).observe({ type: 'longtask' });
}

/** The long tasks so far, in order, once the page has come to rest for a moment. */
async function tasksOf(page: Page): Promise<number[]> {
  await page.waitForTimeout(300);
  return page.evaluate(() => (globalThis as unknown as { taken: number[] }).taken);
}

/** What a person does: scrolls through the timeline, goes to other items. */
async function look(page: Page): Promise<void> {
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.hover();
  for (let turn = 0; turn < 30; turn += 1) await page.mouse.wheel(0, turn < 20 ? 700 : -1400);
  await timeline.evaluate((element) => element.parentElement?.scrollTo({ top: 0 }));
  const before = page.getByRole('button', { name: /^Items of .* before these$/ }).first();
  await before.waitFor();
  for (let turn = 0; turn < 3; turn += 1) await before.click();
}

/** Bytes of the page's heap that are really held. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  for (let turn = 0; turn < 4; turn += 1) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}

/** A run laid under the page: its answers, windows of its items, and its news over the live socket. */
async function standInRun(page: Page, workspaceId: string, total: number) {
  const file = wide();
  let done = 0;
  let seq = 1;
  const begun = Date.now();
  const item = (index: number): StepInstance => ({
    ...{ runId, stepId: 'work', path: `each[${index}]`, jobId: `job-${index}`, nodeId: `node-${index % 4}` },
    ...{ state: index < done ? 'succeeded' : 'running', readyAt: begun, startedAt: begun + index },
    ...(index < done ? { finishedAt: begun + index + 40 } : {}),
  });
  const map = (): StepInstance => ({
    ...{ runId, stepId: 'each', path: '', state: 'running', readyAt: begun, startedAt: begun },
    items: { total, done, failed: 0, running: Math.min(64, total - done) },
  });
  const line = file.steps
    .filter((step) => step.type === 'template')
    .map(
      (step, index): StepInstance => ({
        ...{ runId, stepId: step.id, path: '', state: 'succeeded', summary: 'Done' },
        ...{ readyAt: begun, startedAt: begun + index, finishedAt: begun + index + 5 },
      }),
    );
  const run = () => ({
    ...{ id: runId, workspaceId, flowId: null, flowName: 'Wide', versionId: 'ver-bench', number: 1 },
    ...{ state: 'running' as const, startedBy: null, createdAt: begun, finishedAt: null, weave: [], workers: {} },
    progress: { total: total + steps, done: done + steps, failed: 0 },
  });
  const position = () => ({ epoch: 'bench', seq });
  const headers = () => ({ 'x-live-position': `bench.${seq}` });
  await page.route(/\/api\/v1\/runs\/run-bench(\?|$)/, (route) => {
    const json: RunDetail = { run: run(), file, inputs: {}, outputs: {}, cut: [], steps: [map(), ...line] };
    return route.fulfill({ json, headers: headers() });
  });
  await page.route(/\/api\/v1\/runs\/run-bench\/steps\?/, (route) => {
    const query = new URL(route.request().url()).searchParams;
    const first = Number(query.get('firstItem'));
    const count = Math.max(0, Math.min(Number(query.get('items')), done + 64 - first));
    const items = Array.from({ length: count }, (_, offset) => item(first + offset));
    return route.fulfill({ json: { items, next: null }, headers: headers() });
  });
  let socket: WebSocketRoute | null = null;
  await page.routeWebSocket(/\/ws\/live/, (opened) => {
    socket = opened;
    opened.send(JSON.stringify({ type: 'hello', hostId: 'host-bench', version: '0.0.0', epoch: 'bench' }));
    opened.onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string; topic?: string };
      if (message.type === 'subscribe')
        opened.send(JSON.stringify({ type: 'subscribed', topic: message.topic, position: position() }));
      if (message.type === 'ping') opened.send(JSON.stringify({ type: 'pong' }));
    });
  });
  const tell = (event: object) => {
    seq += 1;
    socket?.send(JSON.stringify({ type: 'event', topic: `run:${runId}`, position: position(), event }));
  };
  return {
    /** Works through all but the last items, a piece at a time. */
    async work() {
      const each = Math.ceil((total - 64) / turns);
      for (let turn = 0; turn < turns; turn += 1) {
        const from = done;
        done = Math.min(total - 64, done + each);
        const named = Math.min(mostNamed, done - from);
        const changed = Array.from({ length: named }, (_, offset) => item(done - named + offset));
        const more = done - from - named;
        tell({ kind: 'steps.changed', runId, steps: [map(), ...changed], ...(more > 0 ? { more } : {}) });
        tell({ kind: 'run.changed', run: run() });
        await page.waitForTimeout(tellMs);
      }
    },
  };
}

/** A Map with a step in it, and Templates in a line up to 500 steps. */
function wide(): FlowFile {
  const step = (id: string, type: string, x: number, y: number, parent?: string) => ({
    ...{ id, type, name: `Step ${id}`, position: { x, y }, config: {} },
    ...(parent === undefined ? {} : { parent }),
  });
  const line = Array.from({ length: steps - 2 }, (_, index) =>
    step(`t${index}`, 'template', (index % 25) * 240, Math.floor(index / 25) * 140),
  );
  return {
    schema: flowSchemaId,
    name: 'Wide',
    steps: [step('each', 'map', 0, 3000), step('work', 'code', 24, 60, 'each'), ...line],
    edges: line.slice(1).map((to, index) => ({
      id: `e${index}`,
      from: { step: `t${index}`, port: 'text' },
      to: { step: to.id, port: 'value' },
    })),
    groups: [],
    notes: [],
    settings: {},
  };
}
