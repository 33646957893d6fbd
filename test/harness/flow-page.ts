/** A flow that is open in a browser: what is on the canvas, and what the host holds of it. */
import type { Locator, Page } from 'playwright-core';
import { type FlowFile, type FlowStep, flowSchemaId } from '../../src/shared/model/flow.ts';
import type { RunningHost } from './host.ts';
import { waitFor } from './processes.ts';

export const stepAt = (id: string, type: string, x: number, y: number, more: Partial<FlowStep> = {}): FlowStep => ({
  id,
  type,
  name: id,
  position: { x, y },
  config: {},
  ...more,
});

export const edgeOf = (from: string, to: string): FlowFile['edges'][number] => {
  const end = (text: string) => ({ step: text.split('.')[0] ?? '', port: text.split('.')[1] ?? '' });
  return { id: `${from}>${to}`, from: end(from), to: end(to) };
};

export const fileOf = (name: string, steps: FlowStep[], more: Partial<FlowFile> = {}): FlowFile => ({
  schema: flowSchemaId,
  name,
  steps,
  edges: [],
  groups: [],
  notes: [],
  settings: {},
  ...more,
});

/** The steps of a small flow that many tests begin with: a topic, a letter about it, and the letter as result. */
export const topicStep = stepAt('ask', 'input', 0, 0, {
  name: 'Topic',
  config: { name: 'topic', type: 'text', value: 'tides' },
});
export const letterStep = stepAt('say', 'template', 360, 0, {
  name: 'Letter',
  config: { text: 'About {{ value }}', inputs: [{ name: 'value' }] },
});
export const resultStep = stepAt('out', 'output', 720, 0, {
  name: 'Result',
  config: { name: 'result', view: 'text' },
});
export const letterFlow = (name: string, more: Partial<FlowFile> = {}): FlowFile =>
  fileOf(name, [topicStep, letterStep, resultStep], {
    edges: [edgeOf('ask.value', 'say.value'), edgeOf('say.text', 'out.value')],
    ...more,
  });

/** Goes on with Tab until this has the focus: by keyboard alone. */
export async function tabTo(goal: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await goal.evaluate((element) => element === document.activeElement)) return;
    await goal.page().keyboard.press(key);
  }
  throw new Error('Tab does not reach it');
}

/** Presses a key that moves the focus, and waits until it has moved: within choices and menus it does so a moment later. */
export async function moveFocus(page: Page, key: string): Promise<void> {
  const before = await page.evaluateHandle(() => document.activeElement);
  await page.keyboard.press(key);
  await page.waitForFunction((was) => document.activeElement !== was, before);
}

export interface FlowPage {
  readonly id: string;
  step(id: string): Locator;
  port(step: string, side: 'input' | 'output', port: string): Locator;
  /** The middle of something, in pixels of the window. */
  middle(of: Locator): Promise<{ x: number; y: number }>;
  /** Waits until what the host holds is as wanted. */
  held<Value>(what: string, look: (file: FlowFile) => Value | null | undefined | false): Promise<Value>;
}

/** Makes a flow of this file on the host and opens it in the page; `within`: the page is not loaded anew, as by a link in it. */
export async function openFlowPage(host: RunningHost, page: Page, file: FlowFile, within = false): Promise<FlowPage> {
  const flow = await host.client.call('createFlow', { params: { id: host.workspaceId }, body: { file } });
  const address = `${host.url}/w/${host.workspaceId}/flows/${flow.id}`;
  if (within && page.url().startsWith(host.url)) await goWithin(page, address, file.name);
  else await page.goto(address);
  await page.getByRole('toolbar', { name: 'Tools' }).waitFor();
  if (file.steps[0] !== undefined) {
    await page.locator(`.react-flow__node[data-id="${file.steps[0].id}"]`).waitFor();
    await standsStill(page);
  }
  const step = (id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
  return {
    id: flow.id,
    step,
    port: (id, side, port) => step(id).locator(`[data-handleid="${side === 'input' ? 'i' : 'o'}:${port}"]`),
    async middle(of) {
      const box = await of.boundingBox();
      if (box === null) throw new Error('It is not in sight');
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    },
    held: (what, look) =>
      waitFor(`${what}, as the host holds it`, async () => {
        const { file: now } = await host.client.call('getFlow', { params: { id: flow.id } });
        return look(now);
      }),
  };
}

async function goWithin(page: Page, address: string, name: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, address);
  await page.locator('h1').getByText(name, { exact: true }).waitFor();
}

/** Waits until the canvas has been fitted to the flow: what is measured before stands elsewhere a moment later. */
async function standsStill(page: Page): Promise<void> {
  const place = () => page.locator('.react-flow__viewport').evaluate((view) => view.style.transform);
  let before = '';
  await waitFor('the canvas to stand still', async () => {
    const now = await place();
    const still = now === before && now !== 'translate(0px, 0px) scale(1)';
    before = now;
    return still;
  });
}

/** Drags from one place to another in a few steps, as a hand does. */
export async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  // What is dragged lags behind by its first move: a small one, as a hand's is.
  await page.mouse.move(from.x + 2 * Math.sign(to.x - from.x), from.y + 2 * Math.sign(to.y - from.y));
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}
