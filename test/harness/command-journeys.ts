/** What each command of the builder is to do, seen in a browser: by mouse, and by keyboard alone. */
import type { Page } from 'playwright-core';
import type { FlowFile, FlowStep } from '../../src/shared/model/flow.ts';
import { drag, edgeOf, type FlowPage, fileOf, openFlowPage, stepAt } from './flow-page.ts';
import type { RunningHost } from './host.ts';
import { waitFor } from './processes.ts';

/** Where a command is found by mouse. */
type Place = 'palette' | 'menu' | 'bar' | 'tools' | 'zoom' | ((flow: JourneyPage) => Promise<unknown>);

export interface CommandJourney {
  file?: FlowFile;
  /** What has been done before. */
  before?(flow: JourneyPage): Promise<unknown>;
  /** Names of steps that are chosen first; `*` for everything. */
  chosen?: readonly string[];
  /** What is remembered for `after`. */
  look?(flow: JourneyPage): Promise<unknown>;
  /** Where it is not the command's first. */
  chord?: string;
  mouse?: Place;
  after(flow: JourneyPage, known: unknown): Promise<unknown>;
}

export interface JourneyPage extends FlowPage {
  page: Page;
  way: 'mouse' | 'keyboard';
  choose(name: string): Promise<void>;
  /** null: the command has no key, and is found in the palette. */
  press(chord: string | null, label: string): Promise<void>;
  click(place: Place, label: string, on?: string): Promise<void>;
  /** Gives a command, before the one that is tried. */
  give(chord: string, place: Place, label: string, on?: string): Promise<void>;
  runs(): Promise<number>;
}

const input = (id: string, name: string, x: number, y: number) =>
  stepAt(id, 'input', x, y, { name, config: { name: id, type: 'text', value: 'tides' } });

export const base = fileOf(
  'Commands',
  [
    input('ask', 'Topic', 0, 0),
    stepAt('say', 'template', 360, 0, {
      name: 'Letter',
      config: { text: 'About {{ value }}', inputs: [{ name: 'value' }] },
    }),
    stepAt('out', 'output', 720, 48, { name: 'Result', config: { name: 'result', view: 'text' } }),
    input('low', 'Second', 360, 240),
  ],
  { edges: [edgeOf('ask.value', 'say.value'), edgeOf('say.text', 'out.value')] },
);
const grouped: FlowFile = { ...base, groups: [{ id: 'post', name: 'Post', steps: ['say', 'low'] }] };
const heap: FlowFile = { ...base, steps: base.steps.map((step) => ({ ...step, position: { x: 0, y: 0 } })) };
const waiting: FlowFile = {
  ...base,
  steps: [
    ...base.steps,
    stepAt('rest', 'wait', 720, 240, { name: 'Rest', config: { mode: 'for', amount: 1, unit: 'hours', until: '' } }),
  ],
  edges: [...base.edges, edgeOf('low.value', 'rest.value')],
};

let opened = 0;

/** Opens a flow of this file, by whose means the journey is walked. */
export async function openBase(
  host: RunningHost,
  page: Page,
  way: JourneyPage['way'],
  file: FlowFile = base,
): Promise<JourneyPage> {
  opened += 1;
  const flow = await openFlowPage(host, page, { ...file, name: `${file.name} ${opened}` }, true);
  const journey: JourneyPage = {
    ...flow,
    page,
    way,
    async choose(name) {
      if (way === 'keyboard') return chooseByKeys(page, name);
      const steps = name === '*' ? file.steps : file.steps.filter((step) => step.name === name);
      if (steps.length > 1) await page.keyboard.down('Shift');
      for (const { id } of steps) await flow.step(id).locator('.flow-step-head').click();
      if (steps.length > 1) await page.keyboard.up('Shift');
    },
    press: (chord, label) => (chord === null ? byPalette(page, label, 'keyboard') : page.keyboard.press(keyOf(chord))),
    async click(place, label, on) {
      const named = { name: new RegExp(`^${label}`) };
      if (typeof place === 'function') await place(journey);
      else if (place === 'palette') await byPalette(page, label, 'mouse');
      else if (place === 'menu') {
        const id = file.steps.find((step) => step.name === on)?.id ?? on ?? '';
        await flow.step(id).locator('.flow-step-head').click({ button: 'right' });
        await page.getByRole('menuitem', named).click();
      } else await page.getByRole('toolbar', { name: toolbars[place] }).getByRole('button', named).click();
    },
    give: (chord, place, label, on) =>
      way === 'keyboard' ? journey.press(chord, label) : journey.click(place, label, on),
    runs: async () =>
      (await host.client.call('listRuns', { params: { id: host.workspaceId }, query: { flowId: flow.id } })).items
        .length,
  };
  return journey;
}

const toolbars = { bar: 'What is chosen', tools: 'Tools', zoom: 'Zoom' } as const;

async function chooseByKeys(page: Page, name: string): Promise<void> {
  if (name === '*') return page.keyboard.press('Control+a');
  await page.keyboard.press('Control+f');
  await page.keyboard.type(name);
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).waitFor();
  await page.keyboard.press('Enter');
  await waitFor('the focus on the step', () =>
    page.evaluate(() => document.activeElement?.classList.contains('react-flow__node') === true),
  );
}

async function byPalette(page: Page, label: string, way: JourneyPage['way']): Promise<void> {
  if (way === 'keyboard') {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(label);
    await page
      .getByRole('option', { name: new RegExp(`^${label}`) })
      .first()
      .waitFor();
    return page.keyboard.press('Enter');
  }
  await page.getByRole('button', { name: /^Find a flow/ }).click();
  await page
    .getByRole('option', { name: new RegExp(`^${label}`) })
    .first()
    .click();
}

/** A chord of the builder as a browser's driver types it. */
function keyOf(chord: string): string {
  const parts = chord === '+' ? ['+'] : chord.split('+');
  const shifted = parts.includes('Shift') || parts.length === 1;
  return parts
    .map((part) => (part === 'Ctrl' ? 'Control' : !shifted || parts.length === 1 ? lower(part) : part))
    .join('+');
}
const lower = (part: string) => (/^[A-Z]$/.test(part) ? part.toLowerCase() : part);

const selected = ({ page }: JourneyPage) =>
  page
    .locator('.react-flow__node.selected')
    .evaluateAll((nodes) => nodes.map((node) => node.dataset['id'] ?? '').sort());
const chosenIs =
  (...ids: string[]) =>
  (flow: JourneyPage) =>
    waitFor(`${ids.join(', ')} chosen`, async () => (await selected(flow)).join() === ids.toSorted().join());
const placeOf = (file: FlowFile, id: string) => file.steps.find((step) => step.id === id)?.position ?? { x: 0, y: 0 };
const heldSteps = (count: number) => (flow: JourneyPage) =>
  flow.held(`${count} steps`, (file) => file.steps.length === count);
const every = (what: string, test: (step: FlowStep, file: FlowFile) => boolean) => (flow: JourneyPage) =>
  flow.held(what, (file) => file.steps.every((step) => test(step, file)));
const zoomOf = async ({ page }: JourneyPage) =>
  Number.parseInt((await page.getByTitle('Back to 100 %').textContent()) ?? '', 10);
/** What is in sight moves a good way to one side; by mouse, in the small map. */
const looked = (right: number, down: number): CommandJourney => ({
  look: sightOf,
  async mouse({ page, middle }) {
    const map = await middle(page.getByRole('img', { name: 'Small map of the flow' }));
    await page.mouse.click(map.x + right * 40, map.y + down * 30);
  },
  after: (flow, known) =>
    waitFor('another sight', async () => {
      const [before, now] = [known as { x: number; y: number }, await sightOf(flow)];
      const moved = (by: number, wanted: number) => (wanted === 0 ? Math.abs(by) < 20 : by * wanted > 80);
      return moved(before.x - now.x, right) && moved(before.y - now.y, down);
    }),
});
/** Where the canvas stands, in pixels of the window. */
const sightOf = ({ page }: JourneyPage) =>
  page.locator('.react-flow__viewport').evaluate((view) => {
    const { e, f } = new DOMMatrix(getComputedStyle(view).transform);
    return { x: e, y: f };
  });
const dialog =
  (name: string) =>
  async ({ page }: JourneyPage) => {
    await page.getByRole('dialog', { name }).waitFor();
    await page.keyboard.press('Escape');
  };
const ran = async (flow: JourneyPage) => {
  await flow.give('Ctrl+Enter', runButton, 'Run the flow');
  await flow.page
    .getByText(/^Done in/)
    .first()
    .waitFor({ timeout: 30_000 });
};
const runButton: Place = ({ page }) => page.getByRole('button', { name: /^Run( again)?$/ }).click();
const oneMoreRun = (flow: JourneyPage, known: unknown) =>
  waitFor('another run', async () => (await flow.runs()) === Number(known) + 1);
const isRunning = ({ page }: JourneyPage) => page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
const stopped = async ({ page }: JourneyPage) => {
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
};

const goes = (from: string, to: string): CommandJourney => ({
  chosen: [from],
  mouse: ({ step }) => step(to).locator('.flow-step-head').click(),
  after: chosenIs(to),
});

const nudges = (dx: number, dy: number): CommandJourney => ({
  chosen: ['Second'],
  async mouse(flow) {
    const at = await flow.middle(flow.step('low').locator('.flow-step-head'));
    const zoom = (await zoomOf(flow)) / 100;
    await drag(flow.page, at, { x: at.x + dx * 24 * zoom, y: at.y + dy * 24 * zoom });
  },
  after: (flow) =>
    flow.held('the new place', (file) => {
      const { x, y } = placeOf(file, 'low');
      return x === 360 + dx * 24 && y === 240 + dy * 24;
    }),
});

const aligns = (what: string, test: (step: FlowStep, file: FlowFile) => boolean): CommandJourney => ({
  chosen: ['*'],
  mouse: 'bar',
  after: every(what, test),
});
const moved = (what: string): CommandJourney => ({
  chosen: ['*'],
  mouse: 'bar',
  after: (flow) =>
    flow.held(what, (file) =>
      base.steps.some(({ id, position }) => JSON.stringify(placeOf(file, id)) !== JSON.stringify(position)),
    ),
});

export const commandJourneys: Readonly<Record<string, CommandJourney>> = {
  'add-step': { mouse: 'tools', after: dialog('Steps') },
  'add-note': { mouse: 'tools', after: (flow) => flow.held('the note', (file) => file.notes.length === 1) },
  connect: {
    chosen: ['Second'],
    mouse: 'menu',
    async after(flow) {
      const way = flow.page.getByRole('option', { name: /Letter/ }).first();
      await way.waitFor();
      if (flow.way === 'mouse') await way.click();
      else await flow.page.keyboard.type('Letter').then(() => flow.page.keyboard.press('Enter'));
      await flow.held('the edge', (file) =>
        file.edges.some(({ from, to }) => from.step === 'low' && to.step === 'say'),
      );
    },
  },
  import: {
    async before({ page }) {
      const buffer = Buffer.from(JSON.stringify(fileOf('More', [input('more', 'More', 0, 0)])));
      page.once(
        'filechooser',
        (chooser) => void chooser.setFiles({ name: 'more.flow.json', mimeType: 'application/json', buffer }),
      );
    },
    after: heldSteps(5),
  },
  'go-left': goes('Letter', 'ask'),
  'go-right': goes('Topic', 'say'),
  'go-up': goes('Second', 'say'),
  'go-down': goes('Letter', 'low'),
  open: {
    chosen: ['Letter'],
    mouse: 'menu',
    after: ({ page }) =>
      waitFor('the focus in the inspector', () =>
        page.locator('.flow-inspector').evaluate((panel) => panel.contains(document.activeElement)),
      ),
  },
  'choose-all': { after: chosenIs('ask', 'say', 'out', 'low') },
  find: { after: dialog('Find in this flow') },
  'let-go': {
    chosen: ['Letter'],
    async mouse({ page }) {
      await page.locator('.react-flow__pane').click({ position: { x: 300, y: 100 } });
    },
    after: chosenIs(),
  },
  'nudge-left-1': nudges(-1, 0),
  'nudge-left-4': nudges(-4, 0),
  'nudge-right-1': nudges(1, 0),
  'nudge-right-4': nudges(4, 0),
  'nudge-up-1': nudges(0, -1),
  'nudge-up-4': nudges(0, -4),
  'nudge-down-1': nudges(0, 1),
  'nudge-down-4': nudges(0, 4),
  duplicate: { chosen: ['Second'], mouse: 'menu', after: heldSteps(5) },
  delete: { chosen: ['Second'], mouse: 'menu', after: heldSteps(3) },
  group: {
    chosen: ['*'],
    mouse: 'bar',
    async after(flow) {
      await flow.page.getByRole('textbox', { name: 'Name of the group' }).waitFor();
      await flow.page.keyboard.press('Escape');
      await flow.held('the group', (file) => file.groups[0]?.steps.length === 4);
    },
  },
  ungroup: {
    file: grouped,
    chosen: ['Letter'],
    mouse: 'menu',
    after: (flow) => flow.held('no group', (file) => file.groups.length === 0),
  },
  fold: {
    file: grouped,
    chosen: ['Letter'],
    mouse: 'menu',
    async after({ page, step }) {
      await step('post').locator('[data-fold]').waitFor();
      await step('say').waitFor({ state: 'detached' });
      if ((await page.locator('.react-flow__edge').count()) !== 2) throw new Error('An edge of the block is missing');
    },
  },
  unfold: {
    file: grouped,
    async before(flow) {
      await flow.choose('Letter');
      await flow.give('G', 'menu', 'Fold the group', 'Letter');
      await flow.step('post').locator('[data-fold]').waitFor();
    },
    mouse: (flow) => flow.click('menu', 'Unfold the group', 'post'),
    after: ({ step }) => step('say').waitFor(),
  },
  undo: { before: deleted, mouse: 'tools', after: heldSteps(4) },
  redo: {
    async before(flow) {
      await deleted(flow);
      await flow.give('Ctrl+Z', 'tools', 'Undo');
      await heldSteps(4)(flow);
    },
    mouse: 'tools',
    after: heldSteps(3),
  },
  arrange: {
    file: heap,
    mouse: 'tools',
    after: (flow) =>
      flow.held(
        'columns',
        (file) => placeOf(file, 'ask').x < placeOf(file, 'say').x && placeOf(file, 'say').x < placeOf(file, 'out').x,
      ),
  },
  'align-left': aligns('one left edge', ({ position }) => position.x === 0),
  'align-center': moved('one axis'),
  'align-right': moved('one right edge'),
  'align-top': aligns('one upper edge', ({ position }) => position.y === 0),
  'align-middle': moved('one height'),
  'align-bottom': moved('one lower edge'),
  'spread-across': moved('the same gaps'),
  'spread-down': moved('the same gaps'),
  pointer: {
    before: (flow) => flow.give('H', 'tools', 'Move the canvas'),
    mouse: 'tools',
    after: ({ page }) => page.locator('.flow-canvas[data-tool="pointer"]').waitFor(),
  },
  hand: { mouse: 'tools', after: ({ page }) => page.locator('.flow-canvas[data-tool="hand"]').waitFor() },
  nearer: {
    look: zoomOf,
    mouse: 'zoom',
    after: (flow, known) => waitFor('nearer', async () => (await zoomOf(flow)) > Number(known)),
  },
  further: {
    look: zoomOf,
    mouse: 'zoom',
    after: (flow, known) => waitFor('further', async () => (await zoomOf(flow)) < Number(known)),
  },
  'look-left': looked(-1, 0),
  'look-right': looked(1, 0),
  'look-up': looked(0, -1),
  'look-down': looked(0, 1),
  fit: {
    before: async (flow) => {
      const before = await zoomOf(flow);
      await flow.give('-', 'zoom', 'Further away');
      await waitFor('further', async () => (await zoomOf(flow)) < before);
    },
    look: zoomOf,
    mouse: 'zoom',
    after: (flow, known) => waitFor('all of it, larger', async () => (await zoomOf(flow)) > Number(known)),
  },
  'fit-chosen': {
    chosen: ['Second'],
    async look(flow) {
      await flow.give('-', 'zoom', 'Further away');
      await waitFor('further', async () => (await zoomOf(flow)) < 90);
    },
    after: (flow) => waitFor('the step in its size', async () => (await zoomOf(flow)) === 100),
  },
  versions: {
    mouse: ({ page }) => page.getByRole('radio', { name: 'Versions' }).click(),
    async after({ page, way }) {
      await page.getByRole('textbox', { name: 'Name of a new version' }).waitFor();
      if (way === 'keyboard') await page.keyboard.press('Escape');
      else await page.getByRole('radio', { name: 'Build' }).click();
      await page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name: 'Add step' }).waitFor();
    },
  },
  keys: { after: dialog('Keys of the builder') },
  run: {
    mouse: runButton,
    after: ({ page }) =>
      page
        .getByText(/^Done in/)
        .first()
        .waitFor({ timeout: 30_000 }),
  },
  'run-from': { before: ran, chosen: ['Letter'], look: (flow) => flow.runs(), mouse: 'menu', after: oneMoreRun },
  'run-only': { chosen: ['Topic'], look: (flow) => flow.runs(), mouse: 'menu', after: oneMoreRun },
  pin: {
    before: ran,
    chosen: ['Letter'],
    mouse: 'menu',
    after: ({ step }) => step('say').getByText('Pinned', { exact: true }).waitFor({ state: 'attached' }),
  },
  unpin: {
    async before(flow) {
      await ran(flow);
      await flow.choose('Letter');
      await flow.give('P', 'menu', 'Pin its output', 'Letter');
      await flow.step('say').getByText('Pinned', { exact: true }).waitFor({ state: 'attached' });
    },
    mouse: (flow) => flow.click('menu', 'Take the pin away', 'Letter'),
    after: ({ step }) => step('say').getByText('Pinned', { exact: true }).waitFor({ state: 'detached' }),
  },
  'try-again': {
    file: waiting,
    async before(flow) {
      await flow.give('Ctrl+Enter', runButton, 'Run the flow');
      await isRunning(flow);
      await flow.give('Ctrl+.', stopButton, 'Stop the run');
      await stopped(flow);
    },
    async after(flow) {
      await isRunning(flow);
      await flow.give('Ctrl+.', stopButton, 'Stop the run');
      await stopped(flow);
    },
  },
  stop: {
    file: waiting,
    async before(flow) {
      await flow.give('Ctrl+Enter', runButton, 'Run the flow');
      await isRunning(flow);
    },
    mouse: (flow) => flow.click(stopButton, 'Stop the run'),
    after: stopped,
  },
};

async function stopButton({ page }: JourneyPage): Promise<void> {
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
}

async function deleted(flow: JourneyPage): Promise<void> {
  await flow.choose('Second');
  await flow.give('Delete', 'menu', 'Delete', 'Second');
  await heldSteps(3)(flow);
}
