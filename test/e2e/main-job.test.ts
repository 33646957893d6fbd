/** A newcomer's way through the product, in a real browser, against a real host with its worker. */

import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cuttable, keepPicture, openBrowser, seriousFindings, watchErrors } from '../harness/browser.ts';
import { type RunningHost, startHost, temporaryFolder } from '../harness/host.ts';
import { type Started, startNode, waitFor } from '../harness/processes.ts';

const data = temporaryFolder('e2e');
const nodeData = temporaryFolder('e2e-node');
let host: RunningHost;
let browser: Browser;
let owner: BrowserContext;
let page: Page;
let errors: string[];
let worker: Started | null = null;

beforeAll(async () => {
  [host, browser] = await Promise.all([startHost(data.path), openBrowser()]);
  owner = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await owner.newPage();
  errors = watchErrors(page);
});

afterAll(async () => {
  await browser?.close();
  await worker?.stop();
  await host?.process.stop();
  for (const folder of [data, nodeData]) folder.remove();
});

const workspaceUrl = (path: string) => `${host.url}/w/${host.workspaceId}${path}`;

test('from the printed link, the sample runs with two clicks and shows results and who did the work', async () => {
  await page.goto(await host.signInLink());
  await page
    .getByRole('button', { name: 'Open the sample flow' })
    .or(page.getByRole('link', { name: 'Open the sample flow' }))
    .click();
  await page.getByRole('button', { name: /^Run( again)?$/ }).click();
  await page.getByText(/of 24/).first().waitFor({ timeout: 60_000 });
  await keepPicture(page, 'builder-running');
  await page
    .getByText(/^Done in/)
    .first()
    .waitFor({ timeout: 150_000 });
  await page.getByText('24 rows').waitFor();
  await page.getByText(/24 items on 1 node/).waitFor();
  await keepPicture(page, 'builder-done');
  expect(errors).toEqual([]);
});

test('a link is worth one sign-in; without a session the page says what to do', async () => {
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(workspaceUrl('/flows'));
  await stranger.getByText('otherthing link').first().waitFor();
  await stranger.context().close();
});

test('a node is added by the key that it prints, and is there at once on every page', async () => {
  const cli = join(import.meta.dirname, '../../dist/cli/main.js');
  worker = startNode([cli, 'join', '--host', host.url, '--name', 'office-mini', '--data', nodeData.path]);
  const key = await waitFor('the share key', () => /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(worker?.output() ?? '')?.[0]);
  await page.goto(workspaceUrl('/nodes'));
  await page.getByRole('button', { name: 'Add a node' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('AAAA-AAAA');
  await page.getByRole('dialog').getByRole('button', { name: /Add/ }).click();
  await page.getByText(/No node answers/).waitFor();
  await page.getByRole('dialog').getByRole('textbox').fill(key);
  await page.getByRole('dialog').getByRole('button', { name: /Add/ }).click();
  await page.getByText('2 nodes').first().waitFor();
  await page.getByText('office-mini').first().waitFor();
});

test('the work spreads over both nodes, and each is named where it worked', async () => {
  const { items } = await host.client.call('listFlows', { params: { id: host.workspaceId } });
  await page.goto(workspaceUrl(`/flows/${items[0]?.id}`));
  await page.getByRole('button', { name: /^Run( again)?$/ }).click();
  await page.getByRole('region', { name: 'Run' }).getByText('office-mini').first().waitFor({ timeout: 60_000 });
  await page
    .getByText(/^(9|1\d) of 24/)
    .first()
    .waitFor({ timeout: 120_000 });
  await keepPicture(page, 'builder-two-nodes');
  await page.getByText(/24 items on 2 nodes/).waitFor({ timeout: 150_000 });
});

test('two people edit a flow at once; after a cut on one side both hold every edit', async () => {
  const { id: workspaceId } = { id: host.workspaceId };
  const flow = await host.client.call('createFlow', { params: { id: workspaceId }, body: { sample: 'receipts' } });
  const { signInLink } = await host.client.call('addMember', {
    params: { id: workspaceId },
    body: { name: 'Mira Okafor', role: 'member' },
  });
  const mira = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await mira.goto(signInLink);
  await mira.getByRole('navigation').first().waitFor();
  const network = await cuttable(mira);
  await Promise.all([page, mira].map((one) => one.goto(workspaceUrl(`/flows/${flow.id}`))));
  await Promise.all([page, mira].map((one) => one.getByText('Find totals').first().waitFor()));
  await page
    .getByRole('list', { name: 'Also here' })
    .getByRole('button', { name: /^Follow Mira/ })
    .waitFor();

  await rename(page, 'Find totals', 'Sum up');
  await mira.getByText('Sum up').first().waitFor();

  await network.cut();
  await rename(mira, 'Receipts table', 'All receipts');
  await rename(page, 'For each receipt', 'Every receipt');
  expect(await mira.getByText('Every receipt').count()).toBe(0);
  await network.mend();

  for (const one of [page, mira])
    for (const name of ['Sum up', 'All receipts', 'Every receipt']) await one.getByText(name).first().waitFor();
  const names = await waitFor('the host to hold every edit', async () => {
    const { file } = await host.client.call('getFlow', { params: { id: flow.id } });
    const found = file.steps.map((step) => step.name);
    return found.includes('All receipts') && found.includes('Every receipt') ? found : null;
  });
  expect(names).toContain('Sum up');
  await keepPicture(page, 'builder-two-people');
  await mira.context().close();
});

test('a step that fails says so in words at the step, and the flow can be mended and run again', async () => {
  const file = {
    schema: 'otherthing.flow/1' as const,
    name: 'A script with a mistake',
    steps: [
      {
        id: 'code',
        type: 'code',
        name: 'Divide',
        position: { x: 96, y: 96 },
        config: { source: 'export default () => {\n  throw new Error("no luck today");\n};\n', inputs: [], ramMb: 128 },
      },
      {
        id: 'out',
        type: 'output',
        name: 'Result',
        position: { x: 480, y: 96 },
        config: { name: 'result', view: 'text' },
      },
    ],
    edges: [{ id: 'e1', from: { step: 'code', port: 'result' }, to: { step: 'out', port: 'value' } }],
    groups: [],
    notes: [],
    settings: {},
  };
  const flow = await host.client.call('createFlow', { params: { id: host.workspaceId }, body: { file } });
  await page.goto(workspaceUrl(`/flows/${flow.id}`));
  await page.getByRole('button', { name: /^Run( again)?$/ }).click();
  await page
    .getByText(/no luck today/)
    .first()
    .waitFor({ timeout: 60_000 });
  await keepPicture(page, 'builder-failed');
  const mended = {
    ...file,
    steps: file.steps.map((step) =>
      step.id === 'code' ? { ...step, config: { ...step.config, source: 'export default () => "better";\n' } } : step,
    ),
  };
  await host.client.call('replaceFlowFile', { params: { id: flow.id }, body: mended });
  await page.getByRole('button', { name: /^Run( again)?$/ }).click();
  await page
    .getByText(/^Done in/)
    .first()
    .waitFor({ timeout: 60_000 });
  await page.getByText('Result', { exact: true }).last().click();
  await page.getByRole('tab', { name: 'Input' }).click();
  await page.getByText('better').first().waitFor();
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing serious on any page, and nothing is logged as an error (%s)',
  async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    const { items: flows } = await host.client.call('listFlows', { params: { id: host.workspaceId } });
    const { items: runs } = await host.client.call('listRuns', { params: { id: host.workspaceId } });
    const pages = {
      start: `${host.url}/start`,
      flows: workspaceUrl('/flows'),
      builder: workspaceUrl(`/flows/${flows.find((flow) => flow.sample !== null && flow.lastRun !== null)?.id}`),
      runs: workspaceUrl('/runs'),
      run: workspaceUrl(`/runs/${runs.find((run) => run.weave.length > 1)?.id}`),
      nodes: workspaceUrl('/nodes'),
      'this-node': workspaceUrl('/this-node'),
      you: workspaceUrl('/you'),
    };
    const found: Record<string, string[]> = {};
    for (const [name, url] of Object.entries(pages)) {
      errors.length = 0;
      await page.goto(url);
      await page.getByRole('heading').or(page.getByRole('toolbar')).first().waitFor();
      await page.waitForLoadState('networkidle');
      if (name === 'this-node') await showSampleKey(page);
      await keepPicture(page, `${name}-${scheme}`);
      const findings = [...(await seriousFindings(page)), ...errors];
      if (findings.length > 0) found[name] = findings;
    }
    expect(found).toEqual({});
  },
);

/** Selects a step on the canvas and gives it another name in the inspector. */
async function rename(on: Page, from: string, to: string): Promise<void> {
  await on.getByText(from).first().click();
  const name = on.getByRole('textbox', { name: 'Name of the step' });
  await name.fill(to);
  await name.press('Enter');
  await on.getByText(to).first().waitFor();
}

/** Pictures are kept in docs: a real share key has no place there. */
async function showSampleKey(on: Page): Promise<void> {
  await on
    .getByText(/^[0-9A-HJKMNP-TV-Z]{8}$/)
    .first()
    .evaluate((key) => {
      key.textContent = 'SAMP1E00';
    });
}
