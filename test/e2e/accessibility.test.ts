/** Axe over every page and dialog of a workspace in both themes, and over the pages on a narrow screen, in both too. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepPicture, seriousFindings } from '../harness/browser.ts';
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
    stepAt('ask', 'input', 0, 0, { name: 'Topic', config: { name: 'topic', type: 'text', value: '' } }),
    stepAt('out', 'output', 360, 0, { name: 'Result', config: { name: 'result', view: 'text' } }),
  ],
  { edges: [edgeOf('ask.value', 'out.value')], groups: [{ id: 'post', name: 'Post', steps: ['out'] }] },
);

beforeAll(async () => {
  everything = await signIn('e2e-axe');
  ({ host, page, errors } = everything);
  flowId = (await host.client.call('createFlow', { params: { id: host.workspaceId }, body: { file: flow } })).id;
  await host.client.call('addMember', { params: { id: host.workspaceId }, body: { name: 'Mira', role: 'viewer' } });
  runId = (await host.client.call('startRun', { params: { id: flowId }, body: { inputs: { topic: 'tides' } } })).id;
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

const schemes = ['dark', 'light'] as const;

async function passes(): Promise<void> {
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
  ['wide', 1440, 900],
  ['narrow', 390, 844],
] as const)('axe finds nothing serious, %s', (_, x, y) => {
  test.each(pages)('the page %s', async (path) => {
    await page.setViewportSize({ width: x, height: y });
    await go(`/w/${path}`);
    await passes();
  });

  test('the page of a run, a flow, and the start', async () => {
    await page.setViewportSize({ width: x, height: y });
    await go(`/w/runs/${runId}`);
    await passes();
    await go(`/w/flows/${flowId}`);
    await passes();
    await go('/start');
    await passes();
  });

  test('the page of somebody who is not signed in, and what an old link gives', async () => {
    const stranger = await everything.browser.newContext({ viewport: { width: x, height: y } });
    const at = await stranger.newPage();
    for (const [path, said] of [
      ['/sign-in', 'There is no password'],
      ['/sign-in#code=used-before', 'was used or has run out'],
    ] as const) {
      await at.goto(`${host.url}${path}`);
      // Another hash alone loads nothing anew.
      await at.reload();
      await at.getByText(said).first().waitFor();
      for (const colorScheme of schemes) {
        await at.emulateMedia({ colorScheme });
        expect(await seriousFindings(at)).toEqual([]);
      }
    }
    await keepPicture(at, `sign-in-${x}`);
    await stranger.close();
  });
});

test('axe finds nothing serious in the versions of a flow', async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await go(`/w/flows/${flowId}`);
  await page.locator('.react-flow__node[data-id="ask"]').waitFor();
  await page.keyboard.press('Shift+V');
  await page.getByRole('textbox', { name: 'Name of a new version' }).waitFor();
  await passes();
});

const button = (name: string | RegExp) => () => page.getByRole('button', { name }).first().click();
const workspaceSwitch = /^My workspace/;
const noFlow = { name: 'no-flow.json', mimeType: 'application/json', buffer: Buffer.from('{"schema":"other"}') };
const item = (opener: RegExp, name: string | RegExp) => async () => {
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
  ['a file that is no flow', 'flows', () => page.getByLabel('Flow file').setInputFiles(noFlow)],
  ['the workspaces', 'flows', button(workspaceSwitch)],
  ['a new workspace', 'flows', item(workspaceSwitch, 'New workspace')],
  ['renaming a workspace', 'flows', item(workspaceSwitch, /^Rename/)],
  ['removing a member', 'members', button('Remove Mira')],
  ['what a run asks for', 'flow', button('Run again')],
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
      .or(page.getByRole('alertdialog'))
      .or(page.getByRole('menu'))
      .or(page.getByRole('textbox', { name: 'Name of the group' }))
      .first()
      .waitFor();
    // A file that is refused is an answer of the host, which the browser logs.
    if (path === 'flows') errors.splice(0, errors.length, ...errors.filter((error) => !error.includes('422')));
    await passes();
  });
});
