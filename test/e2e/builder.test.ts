/** Everything that is done in the builder, by mouse and by keyboard alone, in a real browser against a real host. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import { keepPicture, seriousFindings } from '../harness/browser.ts';
import {
  drag,
  edgeOf,
  fileOf,
  letterFlow,
  letterStep,
  openFlowPage,
  stepAt,
  tabTo,
  topicStep,
} from '../harness/flow-page.ts';
import type { RunningHost } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type SignedIn, signIn } from '../harness/signed-in.ts';

let everything: SignedIn;
let host: RunningHost;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  everything = await signIn('e2e-builder');
  ({ host, browser, page, errors } = everything);
});

afterAll(async () => {
  await everything?.end();
});

beforeEach(() => {
  errors.length = 0;
});

const ids = (file: FlowFile) => file.steps.map(({ id }) => id);

test('the builder fills the window: the run bar stands at its lower edge', async () => {
  await openFlowPage(host, page, letterFlow('Filled'));
  const bar = await page.getByRole('button', { name: 'Run', exact: true }).boundingBox();
  expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeGreaterThan(840);
});

describe('by mouse', () => {
  test('a port that is dragged into the empty space offers only what fits, and the new step is connected', async () => {
    const flow = await openFlowPage(host, page, fileOf('Drag out', [topicStep]));
    const from = await flow.middle(flow.port('ask', 'output', 'value'));
    await drag(page, from, { x: from.x + 200, y: from.y + 120 });
    const list = page.getByRole('dialog', { name: 'Steps' });
    await list.getByText('Takes a text').waitFor();
    expect(await list.getByText('Read text in image').count()).toBe(0);
    await list.getByRole('combobox').fill('templ');
    await list.getByRole('option', { name: /^Template/ }).click();
    const edge = await flow.held('an edge to the new step', (file) => file.edges[0]);
    expect(edge.from).toEqual({ step: 'ask', port: 'value' });
    expect(edge.to.port).toBe('value');
  });

  test('several are chosen by drawing around them and with Shift; lined up, grouped, moved together, copied, deleted', async () => {
    const flow = await openFlowPage(
      host,
      page,
      fileOf('Several', [stepAt('a', 'if', 0, 0), stepAt('b', 'if', 240, 72), stepAt('c', 'if', 480, 144)]),
    );
    const [a, b] = [await flow.middle(flow.step('a')), await flow.middle(flow.step('b'))];
    await drag(page, { x: a.x - 110, y: a.y - 90 }, { x: b.x, y: b.y + 10 });
    await page.getByText('2 things chosen').waitFor();
    await page.keyboard.down('Shift');
    await flow.step('c').locator('.flow-step-head').click();
    await page.keyboard.up('Shift');
    await page.getByText('3 things chosen').waitFor();
    const bar = page.getByRole('toolbar', { name: 'What is chosen' });
    await bar.getByRole('button', { name: 'Align top' }).click();
    await flow.held('one line', (file) => file.steps.every(({ position }) => position.y === 0));
    await bar.getByRole('button', { name: 'Group', exact: true }).click();
    await page.getByRole('textbox', { name: 'Name of the group' }).fill('Choices');
    await page.keyboard.press('Enter');
    await flow.held('the group', (file) => file.groups[0]?.name === 'Choices' && file.groups[0].steps.length === 3);
    const name = await flow.middle(page.getByRole('button', { name: 'Choices', exact: true }));
    await drag(page, name, { x: name.x + 48, y: name.y + 96 });
    await flow.held('all moved', (file) => file.steps.every(({ position }) => position.y > 0));
    await flow.step('a').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Duplicate/ }).click();
    await flow.held('the copy', (file) => file.steps.length === 4);
    await page.keyboard.press('Delete');
    await flow.held('the copy gone', (file) => ids(file).join() === 'a,b,c');
  });

  test('the menu arranges the steps with ELK in a worker, and one undo takes it back', async () => {
    const heap = letterFlow('A heap');
    const flow = await openFlowPage(host, page, {
      ...heap,
      steps: heap.steps.map((step) => ({ ...step, position: { x: 0, y: 0 } })),
    });
    await page.getByRole('button', { name: 'Arrange the steps' }).click();
    await flow.held('columns', ({ steps }) => {
      const x = (id: string) => steps.find((step) => step.id === id)?.position.x ?? 0;
      return x('ask') < x('say') && x('say') < x('out');
    });
    await page.getByRole('button', { name: 'Undo' }).click();
    await flow.held('the heap', ({ steps }) => steps.every(({ position }) => position.x === 0));
    expect(errors).toEqual([]);
  });

  test('a note is Markdown, and HTML in it stays text', async () => {
    const text = '# Mind\n\n- **bold** and [a link](https://example.org)\n\n<img src=x onerror="alert(1)">';
    const notes = [{ id: 'n', text, position: { x: 0, y: 240 }, size: { width: 288, height: 192 } }];
    await openFlowPage(host, page, fileOf('Noted', [topicStep], { notes }));
    const note = page.locator('.flow-note');
    await note.getByRole('heading', { name: 'Mind' }).waitFor();
    expect(await note.locator('strong').textContent()).toBe('bold');
    expect(await note.getByRole('link').getAttribute('rel')).toContain('noopener');
    expect(await note.locator('img').count()).toBe(0);
    await note.dblclick();
    await page.getByRole('textbox', { name: 'Text of the note' }).fill('*Changed*');
    await page.keyboard.press('Escape');
    await note.locator('em').getByText('Changed').waitFor();
  });

  test('a version is kept under a name, compared on the canvas and line by line, and restored', async () => {
    const flow = await openFlowPage(host, page, letterFlow('Versioned'));
    await page.getByRole('radio', { name: 'Versions' }).click();
    await page.getByRole('textbox', { name: 'Name of a new version' }).fill('Before the storm');
    await page.getByRole('button', { name: 'Keep' }).click();
    const entry = page.getByRole('button', { name: /^Before the storm/ });
    await entry.waitFor();
    await host.client.call('replaceFlowFile', {
      params: { id: flow.id },
      body: {
        ...letterFlow('Versioned'),
        steps: [
          topicStep,
          { ...letterStep, config: { ...letterStep.config, text: 'Nothing of {{ value }}' } },
          stepAt('more', 'merge', 720, 240),
        ],
        edges: [edgeOf('ask.value', 'say.value')],
      },
    });
    await entry.click();
    await page.getByText('Since then: 1 added, 2 removed, 1 changed.').waitFor();
    for (const [id, word] of [
      ['say', 'Changed'],
      ['more', 'Added'],
      ['out', 'Removed'],
    ] as const)
      await flow.step(id).getByText(word).waitFor();
    await page.getByRole('button', { name: 'Changed Letter' }).click();
    const lines = page.getByRole('region', { name: 'What changed in the settings' });
    await lines.getByText('text: Nothing of {{ value }}').waitFor();
    await lines.getByText('text: About {{ value }}').waitFor();
    await keepPicture(page, 'builder-versions');
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Restore this version' }).click();
    await flow.held('the version', (file) => ids(file).sort().join() === 'ask,out,say' && file.edges.length === 2);
    await page.getByRole('toolbar', { name: 'Tools' }).waitFor();
  });

  test('following somebody shows what they see, until one moves', async () => {
    const flow = await openFlowPage(host, page, letterFlow('Followed'));
    const { signInLink } = await host.client.call('addMember', {
      params: { id: host.workspaceId },
      body: { name: 'Mira Okafor', role: 'member' },
    });
    const other = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const mira = await other.newPage();
    await mira.goto(signInLink);
    await mira.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    await mira.goto(page.url());
    await mira.getByText('Letter').first().waitFor();
    await page.getByRole('button', { name: 'Follow Mira Okafor' }).click();
    await page.getByText('You follow Mira Okafor').waitFor();
    await mira.mouse.move(700, 400);
    await mira.mouse.wheel(300, 220);
    const place = async (on: Page) => on.locator('.react-flow__viewport').evaluate((view) => view.style.transform);
    await waitFor('the same view', async () => (await place(page)) === (await place(mira)));
    await flow.step('say').click();
    const ended = () => waitFor('the end of following', async () => (await page.getByText('You follow').count()) === 0);
    await ended();
    // By keyboard alone: to the person, Enter, and Esc. Nothing is chosen, so that both canvases are as wide.
    await page.keyboard.press('Escape');
    await tabTo(page.getByRole('button', { name: 'Follow Mira Okafor' }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByText('You follow Mira Okafor').waitFor();
    await mira.mouse.wheel(-120, -90);
    await waitFor('the same view again', async () => (await place(page)) === (await place(mira)));
    await page.keyboard.press('Escape');
    await ended();
    await other.close();
  });

  test('F7: a result is pinned and edited, and the flow runs from a step on with it', async () => {
    const flow = await openFlowPage(host, page, letterFlow('Pinned'));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await flow.step('out').getByText('About tides').waitFor({ timeout: 30_000 });
    await flow.step('say').locator('.flow-step-head').click();
    await page.getByRole('tab', { name: 'Output' }).click();
    await page.getByRole('button', { name: 'Pin and edit' }).click();
    await page.getByRole('textbox', { name: 'Text' }).fill('About nothing at all');
    await page.getByRole('button', { name: 'Pin it' }).click();
    await flow.step('say').getByText('Pinned', { exact: true }).waitFor({ state: 'attached' });
    await flow.step('out').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Run from here/ }).click();
    await flow.step('out').getByText('About nothing at all').waitFor({ timeout: 30_000 });
    await page.reload();
    await flow.step('say').getByText('Pinned', { exact: true }).waitFor({ state: 'attached' });
    await flow.step('say').locator('.flow-step-head').click();
    await page.keyboard.press('Escape');
    await flow.step('say').locator('.flow-step-head').click();
    await page.locator('.react-flow__pane').press('p');
    await flow.step('say').getByText('Pinned', { exact: true }).waitFor({ state: 'detached' });
  });

  test('names in templates show what they were last, and unknown ones are marked', async () => {
    const flow = await openFlowPage(host, page, letterFlow('Completed'));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await flow.step('out').getByText('About tides').waitFor({ timeout: 30_000 });
    await flow.step('say').locator('.flow-step-head').click();
    await page.getByRole('tab', { name: 'Settings' }).click();
    const field = page.getByRole('combobox', { name: /^Text/ });
    await field.fill('{{ nowhere }} and {{ inp');
    await page
      .getByRole('option', { name: /inputs\.topic/ })
      .getByText('"tides"')
      .waitFor();
    await page.keyboard.press('Tab');
    await page.locator('.flow-template mark[data-unknown]').waitFor();
    expect(await page.locator('.flow-template mark').count()).toBe(2);
    await field.fill('{{ val');
    await page
      .getByRole('option', { name: /^value/ })
      .getByText('"tides"')
      .waitFor();
  });
});

describe('by keyboard alone', () => {
  test('steps are added, connected, moved to, renamed, nudged, duplicated, deleted, run', async () => {
    const flow = await openFlowPage(host, page, fileOf('Keys', [topicStep]));
    await page.keyboard.press('a');
    await page.keyboard.type('templ');
    await page.keyboard.press('Enter');
    const made = await flow.held('the new step', (file) => file.steps.find(({ type }) => type === 'template'));
    await page.keyboard.press('c');
    await page.keyboard.type('topic');
    await page.keyboard.press('Enter');
    await flow.held('the edge', (file) => file.edges[0]?.to.step === made.id);
    await page.keyboard.press('Alt+ArrowLeft');
    await waitFor('the focus on the input', () => flow.step('ask').evaluate((node) => node === document.activeElement));
    await page.keyboard.press('Alt+ArrowRight');
    await waitFor('the focus on the template', () =>
      flow.step(made.id).evaluate((node) => node === document.activeElement),
    );
    await page.keyboard.press('ArrowDown');
    await flow.held(
      'a nudge',
      (file) => file.steps.find(({ id }) => id === made.id)?.position.y === made.position.y + 24,
    );
    await page.keyboard.press('Enter');
    await waitFor('the focus in the inspector', () =>
      page.locator('.flow-inspector').evaluate((panel) => panel.contains(document.activeElement)),
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+ArrowRight');
    await flow.step('ask').press('Space');
    await page.keyboard.press('Control+d');
    await flow.held('the copy', (file) => file.steps.length === 3);
    await page.keyboard.press('Delete');
    await flow.held('no copy', (file) => file.steps.length === 2);
    await page.keyboard.press('Control+z');
    await flow.held('the copy again', (file) => file.steps.length === 3);
    await page.keyboard.press('Control+Shift+z');
    await flow.held('no copy again', (file) => file.steps.length === 2);
    await page.keyboard.press('Control+Enter');
    await page
      .getByText(/^Done in/)
      .first()
      .waitFor({ timeout: 30_000 });
  });

  test('a part of one flow is copied as JSON and pasted into another, with templates that name the copies', async () => {
    const named = { ...letterStep, config: { text: '{{ steps.ask.value }}', inputs: [] } };
    await openFlowPage(host, page, fileOf('From', [topicStep, named]));
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+c');
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(JSON.parse(text)).toMatchObject({ schema: 'otherthing.clip/1', steps: [{ id: 'ask' }, { id: 'say' }] });
    const into = await openFlowPage(host, page, fileOf('Into', [topicStep]));
    await page.keyboard.press('Control+v');
    const file = await into.held('the copies', (now) => now.steps.length === 3 && now);
    const copy = file.steps.find(({ type, id }) => type === 'input' && id !== 'ask');
    expect(file.steps.find(({ type }) => type === 'template')?.config['text']).toBe(`{{ steps.${copy?.id}.value }}`);
    await page.keyboard.press('Control+x');
    await into.held('the copies gone', (now) => now.steps.length === 1);
    await page.evaluate((whole) => navigator.clipboard.writeText(whole), JSON.stringify(letterFlow('Whole')));
    await page.keyboard.press('Control+v');
    await into.held('a whole flow', (now) => now.steps.length === 4 && now.edges.length === 2);
    await page.evaluate(() => navigator.clipboard.writeText('{"schema":"otherthing.flow/1","steps":7}'));
    await page.keyboard.press('Control+v');
    await page.getByText('This flow cannot be read').first().waitFor();
  });

  test('groups are made, named and taken apart; steps are lined up', async () => {
    const flow = await openFlowPage(host, page, letterFlow('Grouped'));
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Alt+a');
    await flow.held('one line', (file) => file.steps.every(({ position }) => position.x === 0));
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+g');
    await page.keyboard.type('Post');
    await page.keyboard.press('Enter');
    await flow.held('the group', (file) => file.groups[0]?.name === 'Post');
    await page.keyboard.press('Control+Shift+g');
    await flow.held('no group', (file) => file.groups.length === 0);
  });

  test('a step is found by what its settings say; the sheet shows every key; the palette has every action', async () => {
    const flow = await openFlowPage(host, page, letterFlow('Found'));
    await page.keyboard.press('Control+f');
    await page.keyboard.type('about');
    await page.getByRole('option', { name: /Letter/ }).waitFor();
    await page.keyboard.press('Enter');
    await waitFor('the focus on the step', () => flow.step('say').evaluate((node) => node === document.activeElement));
    await page.keyboard.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keys of the builder' });
    await sheet.getByText('Run from here').waitFor();
    await keepPicture(page, 'builder-keys');
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('duplicate');
    await page.getByRole('option', { name: /^Duplicate/ }).waitFor();
    await page.keyboard.press('Enter');
    await flow.held('the copy', (file) => file.steps.length === 4);
  });
});

test.each(['light', 'dark'] as const)('axe finds nothing serious in the builder (%s)', async (scheme) => {
  await page.emulateMedia({ colorScheme: scheme });
  const notes = [{ id: 'n', text: '**Mind** the tide', position: { x: 0, y: 240 }, size: { width: 216, height: 96 } }];
  const groups = [{ id: 'g', name: 'Post', steps: ['say', 'out'] }];
  const flow = await openFlowPage(host, page, { ...letterFlow('Looked at'), notes, groups });
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await flow.step('out').getByText('About tides').waitFor({ timeout: 30_000 });
  await flow.step('say').locator('.flow-step-head').click();
  await page.getByRole('button', { name: /If it fails/ }).click();
  await keepPicture(page, `builder-parts-${scheme}`);
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+a');
  await page.getByText(/things chosen/).waitFor();
  await keepPicture(page, `builder-several-${scheme}`);
  expect([...(await seriousFindings(page)), ...errors]).toEqual([]);
});
