/**
 * The canvas of the builder in a real Chromium: a flow of many steps, panned and zoomed at every frame while a run changes
 * 5 % of its steps four times a second. The bare limit is the same pan over a flow without steps, in the same page and
 * browser, for the machine's own rendering bounds every frame.
 */
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { type FlowFile, flowSchemaId } from '../src/shared/model/flow.ts';
import type { RunDetail, StepInstance } from '../src/shared/model/run.ts';
import { openBrowser } from '../test/harness/browser.ts';
import { startHost, temporaryFolder } from '../test/harness/host.ts';
import { median, report } from './report.ts';

const frames = 240;
const updatesPerSecond = 4;
const shareUpdated = 0.05;
const mostMs = { 1000: 17, 5000: 50 } as const;

/** Milliseconds per frame: the 95th of a hundred, and the middle. */
interface Frames {
  p95: number;
  p50: number;
}

/** So many rounds; of each figure the middle one. */
export async function benchCanvas(times: number): Promise<void> {
  const folder = temporaryFolder('bench-canvas');
  const host = await startHost(folder.path);
  const { client, url, workspaceId } = host;
  const browser = await openBrowser();
  try {
    const measure = async (steps: number, zoom: 'near' | 'far') => {
      const made = await client.call('createFlow', { params: { id: workspaceId }, body: { file: grid(steps) } });
      return framesOf(
        browser,
        await host.signInLink(),
        `${url}/w/${workspaceId}/flows/${made.id}`,
        workspaceId,
        made.id,
        steps,
        zoom,
      );
    };
    for (const [steps, zoom] of [
      [1000, 'near'],
      [5000, 'far'],
    ] as const) {
      const rounds: { bare: Frames; full: Frames }[] = [];
      for (let round = 0; round < times; round += 1)
        rounds.push({ bare: await measure(0, zoom), full: await measure(steps, zoom) });
      const middle = (pick: (round: { bare: Frames; full: Frames }) => number) => median(rounds.map(pick));
      const bare = { p95: middle((one) => one.bare.p95), p50: middle((one) => one.bare.p50) };
      const full = { p95: middle((one) => one.full.p95), p50: middle((one) => one.full.p50) };
      const notes = `p95 of ${frames} frames panned and zoomed ${zoom === 'far' ? 'far out' : 'at 80–100 %'}, ${shareUpdated * 100} % of the steps changing ${updatesPerSecond} times a second; p50 ${full.p50.toFixed(1)} ms; limit: the same over an empty canvas (p50 ${bare.p50.toFixed(1)} ms); at most ${mostMs[steps]} ms`;
      report({ bench: `canvas.${steps}`, value: full.p95, unit: 'ms/frame', limit: bare.p95, n: frames, notes });
    }
  } finally {
    await browser.close();
    await host.process.stop();
    folder.remove();
  }
}

async function framesOf(
  browser: Browser,
  link: string,
  address: string,
  workspaceId: string,
  flowId: string,
  steps: number,
  zoom: 'near' | 'far',
): Promise<Frames> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(link);
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
  const live = await standInRun(page, workspaceId, flowId, steps);
  try {
    await page.goto(address);
    await page.getByRole('toolbar', { name: 'Tools' }).waitFor();
    if (steps > 0) await page.locator('.react-flow__node, .flow-far-steps').first().waitFor({ state: 'attached' });
    const toZoom =
      zoom === 'near' ? page.getByTitle('Back to 100 %') : page.getByRole('button', { name: 'Fit to window' });
    await toZoom.click();
    // A wheel that turns too early would end the zoom on its way.
    if (zoom === 'near') await page.getByTitle('Back to 100 %').and(page.getByText(/^100/)).waitFor();
    live.start();
    await pan(page, 60);
    return await pan(page, frames);
  } finally {
    live.stop();
    await context.close();
  }
}

/** Pans at every frame, and zooms at every eighth, by the wheel as a person does; answers how long frames took. */
async function pan(page: Page, count: number): Promise<Frames> {
  const times = await page.evaluate(async (wanted) => {
    const pane = document.querySelector('.react-flow__pane');
    if (pane === null) throw new Error('There is no canvas');
    const wheel = (deltaX: number, deltaY: number, ctrlKey: boolean) =>
      pane.dispatchEvent(
        new WheelEvent('wheel', {
          deltaX,
          deltaY,
          ctrlKey,
          clientX: 700,
          clientY: 450,
          bubbles: true,
          cancelable: true,
        }),
      );
    const taken: number[] = [];
    let last = await new Promise<number>(requestAnimationFrame);
    for (let at = 0; at < wanted; at += 1) {
      const turn = Math.floor(at / 60) % 2 === 0 ? 1 : -1;
      if (at % 8 === 0) wheel(0, Math.floor(at / 8) % 2 === 0 ? 4 : -4, true);
      else wheel(14 * turn, 9 * turn, false);
      const now = await new Promise<number>(requestAnimationFrame);
      taken.push(now - last);
      last = now;
    }
    return taken.sort((one, other) => one - other);
  }, count);
  const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
  return { p95: at(0.95), p50: at(0.5) };
}

/** A run of the flow that goes on for ever, laid under the page: its answers, and changes of its steps over the live socket. */
async function standInRun(page: Page, workspaceId: string, flowId: string, steps: number) {
  const runId = 'run-bench';
  const run = {
    id: runId,
    workspaceId,
    flowId,
    flowName: 'Bench',
    versionId: 'ver-bench',
    number: 1,
    state: 'running' as const,
    startedBy: null,
    createdAt: Date.now(),
    finishedAt: null,
    progress: { total: steps, done: 0, failed: 0 },
    weave: [],
    workers: {},
  };
  const instance = (index: number, state: StepInstance['state']): StepInstance => ({
    runId,
    stepId: `s${index}`,
    path: '',
    state,
    startedAt: Date.now(),
    ...(state === 'succeeded' ? { finishedAt: Date.now(), summary: 'Done' } : {}),
  });
  const detail: RunDetail = {
    run,
    file: grid(steps),
    inputs: {},
    outputs: {},
    cut: [],
    steps: Array.from({ length: steps }, (_, index) => instance(index, 'running')),
  };
  const headers = { 'x-live-position': 'bench.1' };
  if (steps > 0) {
    await page.route(/\/api\/v1\/workspaces\/[^/]+\/runs/, (route) =>
      route.fulfill({ json: { items: [run], next: null }, headers }),
    );
    await page.route(/\/api\/v1\/runs\/run-bench(\?|$)/, (route) => route.fulfill({ json: detail, headers }));
    await page.route(/\/api\/v1\/runs\/run-bench\/steps/, (route) =>
      route.fulfill({ json: { items: [], next: null } }),
    );
  }
  let socket: WebSocketRoute | null = null;
  let seq = 1;
  await page.routeWebSocket(/\/ws\/live/, (opened) => {
    socket = opened;
    opened.send(JSON.stringify({ type: 'hello', hostId: 'host-bench', version: '0.0.0', epoch: 'bench' }));
    opened.onMessage((text) => {
      const message = JSON.parse(String(text)) as { type: string; topic?: string };
      const position = { epoch: 'bench', seq };
      if (message.type === 'subscribe')
        opened.send(JSON.stringify({ type: 'subscribed', topic: message.topic, position }));
      if (message.type === 'ping') opened.send(JSON.stringify({ type: 'pong' }));
    });
  });
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;
  const tell = () => {
    turn += 1;
    seq += 1;
    const count = Math.round(steps * shareUpdated);
    const changed = Array.from({ length: count }, (_, index) =>
      instance((index * 20 + turn) % steps, turn % 2 === 0 ? 'running' : 'ready'),
    );
    const event = { kind: 'steps.changed', runId, steps: changed };
    socket?.send(JSON.stringify({ type: 'event', topic: `run:${runId}`, position: { epoch: 'bench', seq }, event }));
  };
  return {
    start() {
      if (steps > 0) timer = setInterval(tell, 1000 / updatesPerSecond);
    },
    stop: () => clearInterval(timer),
  };
}

/** Steps in rows of forty, each row a line of its own. */
function grid(count: number): FlowFile {
  const wide = 40;
  const steps = Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    type: 'template',
    name: `Step ${index}`,
    position: { x: (index % wide) * 288, y: Math.floor(index / wide) * 168 },
    config: { text: 'About {{ value }}', inputs: [{ name: 'value' }] },
  }));
  const edges = steps.flatMap((_, index) =>
    index % wide === 0
      ? []
      : [{ id: `e${index}`, from: { step: `s${index - 1}`, port: 'text' }, to: { step: `s${index}`, port: 'value' } }],
  );
  return { schema: flowSchemaId, name: 'Bench', steps, edges, groups: [], notes: [], settings: {} };
}
