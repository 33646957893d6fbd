/** What people do with flows and runs beyond the builder's commands: each by mouse and by keyboard alone. */
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
  moveFocus,
  openFlowPage,
  resultStep,
  stepAt,
  tabTo,
  topicStep,
} from '../harness/flow-page.ts';
import { type RunningHost, runEnded } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type SignedIn, signIn } from '../harness/signed-in.ts';

let everything: SignedIn;
let host: RunningHost;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  everything = await signIn('e2e-journeys');
  ({ host, browser, page, errors } = everything);
});

afterAll(async () => {
  await everything?.end();
});

beforeEach(() => {
  errors.length = 0;
});

/** A letter that Markdown makes bold. */
const boldLetter = { ...letterStep, config: { ...letterStep.config, text: 'About **{{ value }}**' } };
const chain = (name: string, more: Partial<FlowFile> = {}): FlowFile =>
  letterFlow(name, { steps: [topicStep, boldLetter, resultStep], ...more });

async function ranTwice(name: string): Promise<{ flowId: string; first: string; second: string }> {
  const flow = await host.client.call('createFlow', { params: { id: host.workspaceId }, body: { file: chain(name) } });
  const run = async (topic: string) => {
    const { id } = await host.client.call('startRun', { params: { id: flow.id }, body: { inputs: { topic } } });
    await runEnded(host, id, 30_000);
    return id;
  };
  return { flowId: flow.id, first: await run('tides'), second: await run('storms') };
}

const inBothThemes = async (look: (scheme: 'light' | 'dark') => Promise<void>) => {
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await look(scheme);
  }
};

describe('the gallery of templates', () => {
  test('by mouse: a sample says what it needs, is found, and becomes a flow', async () => {
    await page.goto(`${host.url}/w/${host.workspaceId}/flows`);
    await page.getByRole('button', { name: 'Templates', exact: true }).click();
    const gallery = page.getByRole('dialog', { name: 'New flow from a template' });
    await gallery.getByText('A language model: add a provider key').first().waitFor();
    await inBothThemes(async (scheme) => {
      await keepPicture(page, `templates-${scheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    });
    await gallery.getByRole('textbox').fill('no such thing');
    await gallery.getByText('No template says that.').waitFor();
    await gallery.getByRole('textbox').fill('word statistics');
    await gallery.getByRole('button', { name: /^Word statistics/ }).click();
    await page.locator('.react-flow__node').first().waitFor();
  });

  test('by keyboard alone: from the palette, a flow of the workspace is copied', async () => {
    await host.client.call('createFlow', { params: { id: host.workspaceId }, body: { file: chain('Original') } });
    await page.goto(`${host.url}/w/${host.workspaceId}/runs`);
    await page.getByRole('radio', { name: 'Approvals' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('from a template');
    await page.getByRole('option', { name: /^New flow from a template/ }).waitFor();
    await page.keyboard.press('Enter');
    const gallery = page.getByRole('dialog', { name: 'New flow from a template' });
    await gallery.getByRole('region', { name: 'Copies of your flows' }).waitFor();
    await page.keyboard.type('original');
    await tabTo(gallery.getByRole('button', { name: /^Original/ }));
    await page.keyboard.press('Enter');
    await page.getByText('Letter', { exact: true }).first().waitFor();
  });

  test('says why it is empty while the host does not answer, and tries again', async () => {
    await page.route(/\/api\/v1\/(samples|workspaces\/[^/]+\/flows)/, (route) => route.abort());
    await page.goto(`${host.url}/w/${host.workspaceId}/flows?templates=true`);
    const gallery = page.getByRole('dialog', { name: 'New flow from a template' });
    await gallery.getByText('The templates could not be loaded').waitFor({ timeout: 20_000 });
    expect(await seriousFindings(page)).toEqual([]);
    await page.unroute(/\/api\/v1\/(samples|workspaces\/[^/]+\/flows)/);
    await gallery.getByRole('button', { name: 'Try again' }).click();
    await gallery.getByText('Summarise a document').waitFor();
    errors.length = 0;
  });
});

describe('two runs of a step side by side', () => {
  test('by mouse: another run is chosen, and what differs is marked', async () => {
    const { second } = await ranTwice('Compared');
    await page.goto(`${host.url}/w/${host.workspaceId}/runs/${second}?step=say`);
    await page.getByRole('button', { name: 'Compare with another run' }).click();
    const dialog = page.getByRole('dialog', { name: 'Letter in two runs' });
    await dialog.getByRole('combobox').click();
    await page.getByRole('option').first().click();
    const out = dialog.getByRole('region', { name: 'text' });
    await out.getByText('differs').waitFor();
    await out.getByText('About **storms**').waitFor();
    await out.getByText('About **tides**').waitFor();
    const [left, right] = [await out.getByText('storms').boundingBox(), await out.getByText('tides').boundingBox()];
    expect(left?.y).toBe(right?.y);
    await inBothThemes(async (scheme) => {
      await keepPicture(page, `compare-${scheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    });
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(new URL(page.url()).searchParams.has('beside')).toBe(false);
  });

  test('by keyboard alone, and by a link that says both runs', async () => {
    const { first, second } = await ranTwice('Compared by key');
    await page.goto(`${host.url}/w/${host.workspaceId}/runs/${second}?step=say`);
    const open = page.getByRole('button', { name: 'Compare with another run' });
    await open.waitFor();
    await tabTo(open);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Letter in two runs' });
    await tabTo(dialog.getByRole('combobox'));
    await page.keyboard.press('Enter');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await dialog.getByText('differs').first().waitFor();
    await waitFor('the run in the address', () => new URL(page.url()).searchParams.get('beside') === first);
    await page.reload();
    await dialog.getByText('differs').first().waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });
});

describe('a folded group', () => {
  const folded = (name: string) => chain(name, { groups: [{ id: 'post', name: 'Post', steps: ['say', 'out'] }] });

  test('by mouse: is one block that runs, moves and stays folded; unfolded its steps stand where they were moved to', async () => {
    const flow = await openFlowPage(host, page, folded('Folded'));
    await page.getByRole('button', { name: 'Fold Post' }).click();
    const block = flow.step('post').locator('[data-fold]');
    await block.getByText('2 steps').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await block.getByText('2 steps done').waitFor({ timeout: 30_000 });
    await keepPicture(page, 'builder-folded');
    expect(await seriousFindings(page)).toEqual([]);
    const foot = await flow.middle(block.locator('.flow-step-foot'));
    await drag(page, foot, { x: foot.x, y: foot.y + 120 });
    await flow.held('both moved', (file) =>
      file.steps.filter(({ id }) => id !== 'ask').every(({ position }) => position.y > 0),
    );
    await page.reload();
    await block.getByText('2 steps').waitFor();
    expect(await flow.step('say').count()).toBe(0);
    await block.getByRole('button', { name: 'Unfold Post' }).click();
    await flow.step('say').waitFor();
  });

  test('by keyboard alone: folded, gone to, opened with Enter; deleted with what is in it, and back by undo', async () => {
    const flow = await openFlowPage(host, page, folded('Folded by key'));
    await page.keyboard.press('Control+f');
    await page.keyboard.type('Letter');
    await page.keyboard.press('Enter');
    await waitFor('the focus on the step', () => flow.step('say').evaluate((node) => node === document.activeElement));
    await page.keyboard.press('g');
    await flow.step('post').locator('[data-fold]').waitFor();
    await page.keyboard.press('Alt+ArrowLeft');
    await waitFor('the input', () => flow.step('ask').evaluate((node) => node === document.activeElement));
    await page.keyboard.press('Alt+ArrowRight');
    await waitFor('the block', () => flow.step('post').evaluate((node) => node === document.activeElement));
    await page.keyboard.press('Enter');
    await flow.step('say').waitFor();
    await page.keyboard.press('g');
    await flow.step('post').locator('[data-fold]').waitFor();
    await page.keyboard.press('Delete');
    await flow.held('only the input', (file) => file.steps.length === 1);
    await page.keyboard.press('Control+z');
    await flow.held('all of it', (file) => file.steps.length === 3 && file.groups.length === 1);
    await page.keyboard.press('Control+f');
    await page.keyboard.type('Letter');
    await page.keyboard.press('Enter');
    await flow.step('say').waitFor();
  });
});

describe('notes, the clipboard, files and versions', () => {
  test('by mouse: a part is copied and pasted by menu', async () => {
    const flow = await openFlowPage(host, page, chain('Menu'));
    await flow.step('say').locator('.flow-step-head').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Copy as JSON/ }).click();
    await flow.step('say').locator('.flow-step-head').click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Paste/ }).click();
    await flow.held('the copy', (file) => file.steps.length === 4);
  });

  test('by keyboard alone: a note is written, read, and written in again', async () => {
    const flow = await openFlowPage(host, page, chain('Note'));
    await page.keyboard.press('n');
    await page.keyboard.type('# Mind');
    await page.keyboard.press('Escape');
    await page.locator('.flow-note').getByRole('heading', { name: 'Mind' }).waitFor();
    await tabTo(page.locator('.react-flow__node-note'));
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Text of the note' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.type(' the gap');
    await page.keyboard.press('Escape');
    await flow.held('the text', (file) => file.notes[0]?.text === '# Mind the gap');
  });

  test('a flow is exported, by mouse and by keyboard alone, and the file imported', async () => {
    await openFlowPage(host, page, chain('Exported'));
    const menu = page.getByRole('button', { name: 'This flow' });
    const byMouse = page.waitForEvent('download');
    await menu.click();
    await page.getByRole('menuitem', { name: 'Export as JSON' }).click();
    const path = await (await byMouse).path();
    const byKeys = page.waitForEvent('download');
    await tabTo(menu, 'Shift+Tab');
    await page.keyboard.press('Enter');
    const entry = page.getByRole('menuitem', { name: 'Export as JSON' });
    await entry.waitFor();
    for (let presses = 0; presses < 8; presses += 1) {
      if (await entry.evaluate((element) => element === document.activeElement)) break;
      await moveFocus(page, 'ArrowDown');
    }
    await page.keyboard.press('Enter');
    await byKeys;
    await page.goto(`${host.url}/w/${host.workspaceId}/flows`);
    const chooser = page.waitForEvent('filechooser');
    const open = page.getByRole('button', { name: 'Import' });
    await open.waitFor();
    await tabTo(open);
    await page.keyboard.press('Enter');
    await (await chooser).setFiles({
      name: 'exported.flow.json',
      mimeType: 'application/json',
      buffer: await import('node:fs/promises').then(({ readFile }) => readFile(path)),
    });
    await page.getByText('Flow “Exported” imported').waitFor();
  });

  test('by keyboard alone: a version is kept under a name, compared, and restored', async () => {
    const flow = await openFlowPage(host, page, chain('Versions by key'));
    await page.keyboard.press('Shift+V');
    await tabTo(page.getByRole('textbox', { name: 'Name of a new version' }));
    await page.keyboard.type('Calm');
    await page.keyboard.press('Enter');
    const entry = page.getByRole('button', { name: /^Calm/ });
    await entry.waitFor();
    await host.client.call('replaceFlowFile', {
      params: { id: flow.id },
      body: fileOf('Versions by key', [topicStep]),
    });
    await tabTo(entry);
    await page.keyboard.press('Enter');
    await page.getByText(/^Since then/).waitFor();
    await tabTo(page.getByRole('button', { name: 'Restore this version' }));
    await page.keyboard.press('Enter');
    await flow.held('the version', (file) => file.steps.length === 3 && file.edges.length === 2);
  });

  test('by keyboard alone: a name is completed in a template, with what it was last', async () => {
    const flow = await openFlowPage(host, page, chain('Completed by key'));
    await page.keyboard.press('Control+Enter');
    await flow.step('out').getByText('About **tides**').waitFor({ timeout: 30_000 });
    await page.keyboard.press('Control+f');
    await page.keyboard.type('Letter');
    await page.keyboard.press('Enter');
    await waitFor('the focus on the step', () => flow.step('say').evaluate((node) => node === document.activeElement));
    await page.keyboard.press('Enter');
    const field = page.getByRole('combobox', { name: /^Text/ });
    await tabTo(field);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('{{ inp');
    await page
      .getByRole('option', { name: /inputs\.topic/ })
      .getByText('"tides"')
      .waitFor();
    await page.keyboard.press('Enter');
    await flow.held('the name', (file) =>
      String(file.steps.find(({ id }) => id === 'say')?.config['text']).includes('inputs.topic'),
    );
  });
});

describe('the small map, others, and far away', () => {
  test('by mouse: dragging in the small map moves the view', async () => {
    await openFlowPage(host, page, chain('Mapped'));
    const place = () => page.locator('.react-flow__viewport').evaluate((view) => view.style.transform);
    const before = await place();
    const box = await page.locator('.flow-mini-ground').boundingBox();
    if (box === null) throw new Error('There is no small map');
    await drag(page, { x: box.x + 20, y: box.y + 20 }, { x: box.x + 60, y: box.y + 60 });
    await waitFor('another view', async () => (await place()) !== before);
  });

  test('each sees the pointer and what the other has chosen, in words and in their colour', async () => {
    const flow = await openFlowPage(host, page, chain('Seen'));
    const { signInLink } = await host.client.call('addMember', {
      params: { id: host.workspaceId },
      body: { name: 'Bo Lindgren', role: 'member' },
    });
    const other = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const bo = await other.newPage();
    await bo.goto(signInLink);
    await bo.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
    await bo.goto(page.url());
    await bo.locator('.react-flow__node[data-id="say"] .flow-step-head').click();
    await page.locator('.flow-theirs').getByText('Bo', { exact: true }).waitFor();
    await page.locator('.flow-cursor').getByText('Bo Lindgren').waitFor();
    await flow.step('ask').locator('.flow-step-head').click();
    await bo.locator('.flow-theirs').first().waitFor();
    await keepPicture(page, 'builder-others');
    expect(await seriousFindings(page)).toEqual([]);
    await other.close();
    await page.locator('.flow-theirs').waitFor({ state: 'detached' });
  });

  test('1,000 steps from far away: one is opened and dragged, several drawn around, all moved together, all in sight', async () => {
    const wide = 40;
    const steps = Array.from({ length: 1000 }, (_, at) => {
      const place = { x: (at % wide) * 288, y: Math.floor(at / wide) * 168 };
      return stepAt(`s${at}`, 'input', place.x, place.y, { config: { name: `s${at}`, type: 'text', value: '' } });
    });
    const made = await host.client.call('createFlow', {
      params: { id: host.workspaceId },
      body: { file: fileOf('Far', steps) },
    });
    await page.goto(`${host.url}/w/${host.workspaceId}/flows/${made.id}`);
    await page.locator('.flow-far-steps').waitFor({ state: 'attached', timeout: 30_000 });
    const at = (index: number) =>
      page.evaluate(
        ([x = 0, y = 0]) => {
          const view = document.querySelector('.react-flow__viewport');
          const box = document.querySelector('.react-flow')?.getBoundingClientRect();
          if (view === null || box === undefined) throw new Error('There is no canvas');
          const { a, e, f } = new DOMMatrix(getComputedStyle(view).transform);
          return { x: box.left + e + a * x, y: box.top + f + a * y, zoom: a };
        },
        [(index % wide) * 288 + 104, Math.floor(index / wide) * 168 + 50],
      );
    const held = (index: number) =>
      host.client
        .call('getFlow', { params: { id: made.id } })
        .then(({ file }) => file.steps.find(({ id }) => id === `s${index}`)?.position ?? { x: 0, y: 0 });
    await waitFor(
      'all in sight',
      async () => (await at(999)).y < 830 && (await at(0)).y > 80 && (await at(999)).zoom < 0.35,
    );
    const one = await at(500);
    await page.mouse.move(one.x, one.y);
    await page.locator('.react-flow__node[data-id="s500"]').waitFor();
    await drag(page, one, { x: one.x + 24, y: one.y + 24 });
    await waitFor('the step moved', async () => (await held(500)).x > (500 % wide) * 288);
    await page.getByRole('complementary', { name: 'Settings of s500' }).waitFor();
    await page.keyboard.press('Escape');
    const [from, to] = [await at(600), await at(604)];
    await drag(page, { x: from.x - 140 * from.zoom, y: from.y - 70 * from.zoom }, { x: to.x, y: to.y });
    await page.getByText('5 things chosen').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await page.getByText('1,000 things chosen').waitFor();
    expect(await page.locator('.react-flow__node').count()).toBeLessThan(5);
    const any = await at(620);
    await page.mouse.move(any.x, any.y);
    await page.locator('.react-flow__node[data-id="s620"]').waitFor();
    await drag(page, any, { x: any.x, y: any.y + 40 });
    await waitFor('all moved', async () => (await held(0)).y > 0 && (await held(999)).y > 24 * 168);
    await page.keyboard.press('Control+z');
    await waitFor('all back', async () => (await held(0)).y === 0);
    expect(errors).toEqual([]);
  });
});

describe('results and runs', () => {
  const shown = (id: string, y: number, type: string, value: unknown, view = 'json') => [
    stepAt(`in_${id}`, 'input', 0, y, { name: `In ${id}`, config: { name: id, type, value: value as never } }),
    stepAt(`out_${id}`, 'output', 360, y, { name: `Out ${id}`, config: { name: `r_${id}`, view } }),
  ];

  test('a result is shown as table, JSON, text, Markdown and image, and downloaded: by mouse and by keyboard alone', async () => {
    const rows = [{ shop: 'Tide', total: 3 }];
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const image = await host.client.upload(host.workspaceId, 'dot.png', png, 'image/png');
    const file = fileOf(
      'Shown',
      [
        ...shown('rows', 0, 'json', rows, 'table'),
        ...shown('text', 200, 'text', '# Head'),
        ...shown('pic', 400, 'image', image),
      ],
      { edges: ['rows', 'text', 'pic'].map((id) => edgeOf(`in_${id}.value`, `out_${id}.value`)) },
    );
    const flow = await openFlowPage(host, page, file);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page
      .getByText(/^Done in/)
      .first()
      .waitFor({ timeout: 30_000 });
    const open = async (id: string) => {
      await flow.step(`out_${id}`).locator('.flow-step-head').click();
      await page
        .getByRole('tab', { name: 'Output' })
        .or(page.getByRole('tab', { name: 'Input' }))
        .last()
        .click();
    };
    await open('rows');
    const panel = page.locator('.flow-inspector');
    await panel.getByRole('cell', { name: 'Tide' }).waitFor();
    await panel.getByRole('radio', { name: 'JSON' }).click();
    await panel.getByText('"shop": "Tide"').waitFor();
    const saved = page.waitForEvent('download');
    await panel.getByRole('button', { name: 'Download' }).first().click();
    expect((await saved).suggestedFilename()).toMatch(/\.json$/);
    await open('text');
    const markdown = panel.getByRole('radio', { name: 'Markdown' });
    await tabTo(panel.getByRole('radio', { name: 'Text' }));
    await moveFocus(page, 'ArrowRight');
    await page.keyboard.press('Space');
    await waitFor('Markdown chosen', async () => (await markdown.getAttribute('aria-checked')) === 'true');
    await panel.getByRole('heading', { name: 'Head' }).waitFor();
    const again = page.waitForEvent('download');
    await tabTo(panel.getByRole('button', { name: 'Download' }).first());
    await page.keyboard.press('Enter');
    expect((await again).suggestedFilename()).toMatch(/\.txt$/);
    await open('pic');
    await panel.getByRole('img', { name: 'dot.png' }).first().waitFor();
    await keepPicture(page, 'builder-result');
    expect(await seriousFindings(page)).toEqual([]);
    const { items } = await host.client.call('listRuns', {
      params: { id: host.workspaceId },
      query: { flowId: flow.id },
    });
    await page.goto(`${host.url}/w/${host.workspaceId}/runs/${items[0]?.id}`);
    await page.getByLabel('r_rows shown as').getByRole('radio', { name: 'JSON' }).click();
    await page.getByText('"shop": "Tide"').waitFor();
    await page.getByLabel('r_text shown as').getByRole('radio', { name: 'Markdown' }).click();
    await page.getByRole('heading', { name: 'Head' }).waitFor();
    const third = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download r_rows' }).click();
    expect((await third).suggestedFilename()).toBe('r-rows.json');
    await inBothThemes(async (scheme) => {
      await keepPicture(page, `run-results-${scheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    });
  });

  test('F6: what was not executed says so: cached, pinned, waiting, in the builder and on the page of the run', async () => {
    const source = 'export default () => "Same";';
    const cached = stepAt('say', 'code', 360, 0, {
      name: 'Letter',
      config: { source, inputs: [{ name: 'value' }], ramMb: 128 },
      policy: { cache: true },
    });
    const rest = stepAt('rest', 'wait', 720, 200, {
      name: 'Rest',
      config: { mode: 'for', amount: 1, unit: 'hours', until: '' },
    });
    const after = stepAt('after', 'output', 1080, 200, { name: 'After', config: { name: 'after', view: 'text' } });
    const file = fileOf('Words', [topicStep, cached, resultStep, rest, after], {
      edges: [
        edgeOf('ask.value', 'say.value'),
        edgeOf('say.result', 'out.value'),
        edgeOf('say.result', 'rest.value'),
        edgeOf('rest.value', 'after.value'),
      ],
    });
    const flow = await openFlowPage(host, page, file);
    const run = page.getByRole('button', { name: /^Run( again)?$/ });
    const stop = page.getByRole('button', { name: 'Stop', exact: true });
    await run.click();
    await flow.step('after').getByText('Waits for 1 step').waitFor({ timeout: 30_000 });
    await flow
      .step('rest')
      .getByText(/^Until /)
      .waitFor({ timeout: 60_000 });
    await stop.click();
    await stop.waitFor({ state: 'detached' });
    await run.click();
    await flow.step('say').getByText('Same as in an earlier run').waitFor({ timeout: 30_000 });
    await stop.click();
    await stop.waitFor({ state: 'detached' });
    const { items } = await host.client.call('listRuns', {
      params: { id: host.workspaceId },
      query: { flowId: flow.id },
    });
    await page.goto(`${host.url}/w/${host.workspaceId}/runs/${items[0]?.id}?step=say`);
    await page.getByText('cached', { exact: true }).waitFor();
    await page.getByText(/^Cached: the same step/).waitFor();
    const pinned = await host.client.call('startRun', {
      params: { id: flow.id },
      body: { pinned: { say: { result: 'Pinned words' } } },
    });
    await page.goto(`${host.url}/w/${host.workspaceId}/runs/${pinned.id}?step=say`);
    await page.getByText('pinned', { exact: true }).waitFor();
    await host.client.call('cancelRun', { params: { id: pinned.id } });
  });

  test('a run is started again from its page, by mouse and by keyboard alone', async () => {
    const { second } = await ranTwice('Again');
    const address = `${host.url}/w/${host.workspaceId}/runs/${second}`;
    await page.goto(address);
    const again = page.getByRole('button', { name: 'Run again' });
    await again.click();
    await page.waitForURL((url) => !url.pathname.endsWith(second));
    await page.goto(address);
    await again.waitFor();
    await tabTo(again);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.pathname.endsWith(second));
  });

  test('F8: by keyboard alone the inbox is reached and an answer given', async () => {
    const ask = stepAt('may', 'approval', 720, 0, { name: 'May it', config: { question: 'May it go on?' } });
    const flow = await host.client.call('createFlow', {
      params: { id: host.workspaceId },
      body: {
        file: fileOf('Asks', [topicStep, boldLetter, ask], {
          edges: [edgeOf('ask.value', 'say.value'), edgeOf('say.text', 'may.value')],
        }),
      },
    });
    const run = await host.client.call('startRun', { params: { id: flow.id }, body: {} });
    await page.goto(`${host.url}/w/${host.workspaceId}/runs`);
    const here = page.getByRole('radio', { name: 'Runs', exact: true });
    await here.waitFor();
    await tabTo(here);
    await moveFocus(page, 'ArrowRight');
    await page.keyboard.press('Space');
    const question = page.getByRole('button', { name: /^May it go on/ }).first();
    await question.waitFor();
    await tabTo(question);
    await page.keyboard.press('Enter');
    const approve = page.getByRole('button', { name: 'Approve' });
    await approve.waitFor();
    await inBothThemes(async () => expect(await seriousFindings(page)).toEqual([]));
    await tabTo(approve);
    await page.keyboard.press('Enter');
    expect((await runEnded(host, run.id, 30_000)).state).toBe('succeeded');
  });
});
