/** Axe over every page and dialog of a workspace in both themes, and over the pages on a narrow screen. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousFindings } from '../harness/browser.ts';
import { edgeOf, fileOf, stepAt } from '../harness/flow-page.ts';
import { type RunningHost, runEnded } from '../harness/host.ts';
import { type SignedIn, signIn } from '../harness/signed-in.ts';

let everything: SignedIn;
let host: RunningHost;
let page: Page;
let errors: string[];
let flowId = '';
let runId = '';

const flow = fileOf(
  'Looked at',
  [
    stepAt('ask', 'input', 0, 0, { name: 'Topic', config: { name: 'topic', type: 'text', ask: true, value: 'tides' } }),
    stepAt('out', 'output', 360, 0, { name: 'Result', config: { name: 'result', view: 'text' } }),
  ],
  { edges: [edgeOf('ask.value', 'out.value')], groups: [{ id: 'post', name: 'Post', steps: ['out'] }] },
);

beforeAll(async () => {
  everything = await signIn('e2e-axe');
  ({ host, page, errors } = everything);
  flowId = (await host.client.call('createFlow', { params: { id: host.workspaceId }, body: { file: flow } })).id;
  runId = (await host.client.call('startRun', { params: { id: flowId }, body: {} })).id;
  await runEnded(host, runId, 30_000);
});

afterAll(async () => {
  await everything?.end();
});

const go = async (path: string) => {
  await page.goto(path.startsWith('/w') ? `${host.url}/w/${host.workspaceId}${path.slice(2)}` : `${host.url}${path}`);
  await page.getByRole('main').or(page.getByRole('heading')).first().waitFor();
  await page.waitForLoadState('networkidle');
};

async function passes(schemes: readonly ('light' | 'dark')[] = ['dark', 'light']): Promise<void> {
  const found: Record<string, string[]> = {};
  for (const scheme of schemes) {
    await page.emulateMedia({ colorScheme: scheme });
    // While a menu is open the focus stays in it and the rest is hidden; axe knows that of dialogs only.
    const menu = (await page.getByRole('menu').count()) > 0;
    const findings = (await seriousFindings(page)).filter((found) => !(menu && found.startsWith('aria-hidden-focus')));
    if (findings.length > 0) found[scheme] = findings;
  }
  expect({ ...found, errors: errors.splice(0) }).toEqual({ errors: [] });
}

const pages = [
  'flows',
  'runs',
  'runs/approvals',
  'runs/jobs',
  'nodes',
  'models',
  'keys',
  'members',
  'usage',
  'settings',
  'you',
];

describe.each([
  ['wide', 1440, 900, ['dark', 'light']],
  ['narrow', 390, 844, ['light']],
] as const)('axe finds nothing serious, %s', (_, x, y, schemes) => {
  test.each(pages)('the page %s', async (path) => {
    await page.setViewportSize({ width: x, height: y });
    await go(`/w/${path}`);
    await passes(schemes);
  });

  test('the page of a run, a flow, and the start', async () => {
    await page.setViewportSize({ width: x, height: y });
    await go(`/w/runs/${runId}`);
    await passes(schemes);
    await go(`/w/flows/${flowId}`);
    await passes(schemes);
    await go('/start');
    await passes(schemes);
  });
});

const button = (name: string | RegExp) => () => page.getByRole('button', { name }).first().click();
const item = (opener: RegExp, name: string) => async () => {
  await page.getByRole('button', { name: opener }).first().click();
  await page.getByRole('menuitem', { name }).click();
};
const key =
  (chord: string, focus = false) =>
  async () => {
    if (focus) await page.locator('.react-flow__node[data-id="ask"] .flow-step-head').click();
    await page.keyboard.press(chord);
  };

const dialogs: readonly (readonly [name: string, path: string, open: () => Promise<unknown>])[] = [
  ['the gallery of templates', 'flows', button('Templates')],
  ['renaming a flow', 'flows', item(/^More for Looked at/, 'Rename')],
  ['the triggers of a flow', 'flows', item(/^More for Looked at/, 'Triggers and runs at once')],
  ['the palette', 'flows', button(/^Find a flow/)],
  ['adding a node', 'nodes', button('Add a node')],
  ['adding a key', 'keys', button('Add a key')],
  ['adding a secret', 'keys', button('Add a secret')],
  ['inviting', 'members', button('Invite')],
  ['the prices', 'usage', button('Prices')],
  ['comparing runs', 'run', button('Compare with another run')],
  ['the list of steps', 'flow', key('a')],
  ['connecting a step', 'flow', key('c', true)],
  ['searching in a flow', 'flow', key('/')],
  ['all keys', 'flow', key('?')],
  ['the menu of a step', 'flow', () => page.locator('.react-flow__node[data-id="ask"]').click({ button: 'right' })],
  ['the name of a group', 'flow', () => page.getByRole('button', { name: 'Post', exact: true }).dblclick()],
];

describe('axe finds nothing serious', () => {
  test.each(dialogs)('%s', async (_, path, open) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await go(path === 'run' ? `/w/runs/${runId}?step=out` : path === 'flow' ? `/w/flows/${flowId}` : `/w/${path}`);
    if (path === 'flow') await page.locator('.react-flow__node[data-id="ask"]').waitFor();
    await open();
    await page
      .getByRole('dialog')
      .or(page.getByRole('menu'))
      .or(page.getByRole('textbox', { name: 'Name of the group' }))
      .first()
      .waitFor();
    await passes();
  });
});
