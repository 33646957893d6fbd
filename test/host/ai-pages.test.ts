/** The pages Keys and Usage, by hand of a person: a key is tried on entry, shown by its last four characters, disabled; both themes. */

import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import { keepPicture, openBrowser, seriousFindings, watchErrors } from '../harness/browser.ts';
import { runEnded } from '../harness/host.ts';
import { type ModelServer, startModelServer } from '../model-server/model-server.ts';
import { startTestHost, type TestHost } from './support.ts';

const secret = 'sk-sample-for-the-page-0123456789wxyz';
let host: TestHost;
let models: ModelServer;
let browser: Browser;

beforeAll(async () => {
  models = await startModelServer();
  models.key = secret;
  host = await startTestHost({ staticDir: join(import.meta.dirname, '../../dist/renderer') });
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  await host.stop();
  await models.stop();
  host.remove();
});

test('S5: a key is tried before it is kept, and then shows its last four characters and no more', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const errors = watchErrors(page);
  await page.goto(host.signInLink);
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  const workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id;
  await page.goto(`${host.url}/w/${workspaceId}/keys`);
  await page.getByRole('button', { name: 'Add a key' }).first().click();
  await page.getByLabel('Address').fill(`${models.url}/v1`);
  await page.getByLabel('Key', { exact: true }).fill('sk-wrong');
  await page.getByRole('button', { name: 'Try and keep' }).click();
  await page.getByText('Put in a fresh key on the page Keys').waitFor();
  await page.getByLabel('Key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Try and keep' }).click();
  await page.getByText('…wxyz').waitFor();
  expect(await page.content()).not.toContain(secret.slice(0, 20));
  await page.getByRole('button', { name: 'More for OpenAI-compatible' }).click();
  await page.getByRole('menuitem', { name: 'Disable' }).click();
  await page.getByText('Disabled').waitFor();
  await page.getByRole('button', { name: 'Add a secret' }).click();
  await page.getByLabel('Name').fill('TOKEN');
  await page.getByLabel('Secret', { exact: true }).fill('sesame');
  await page.getByRole('button', { name: 'Keep it' }).click();
  const deleteToken = page.getByRole('button', { name: 'Delete TOKEN' });
  await deleteToken.waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await keepPicture(page, `keys-${colorScheme}`);
    expect(await seriousFindings(page)).toEqual([]);
  }
  const asked = page.getByRole('alertdialog');
  await deleteToken.click();
  await asked.getByText('Steps that send it fail').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await asked.getByRole('button', { name: 'Delete TOKEN' }).click();
  await page.getByText('No secret yet').waitFor();
  expect((await host.owner.call('listSecrets', { params: { id: workspaceId ?? '' } })).items).toEqual([]);
  await page.getByRole('button', { name: 'More for OpenAI-compatible' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await asked.getByText('Steps that use it fail').waitFor();
  await asked.getByRole('button', { name: 'Keep it' }).click();
  await page.getByText('…wxyz').waitFor();
  await page.getByRole('button', { name: 'More for OpenAI-compatible' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await asked.getByRole('button', { name: 'Delete OpenAI-compatible' }).click();
  await page.getByText('…wxyz').waitFor({ state: 'detached' });
  expect((await host.owner.call('listApiKeys', { params: { id: workspaceId ?? '' } })).items).toEqual([]);
  await page.getByRole('link', { name: 'Usage' }).click();
  await page.getByText('Nothing used yet').waitFor();
  await keepPicture(page, 'usage-empty');
  expect(await seriousFindings(page)).toEqual([]);
  // A refused key is an answer of the host, which the browser logs.
  expect(errors.filter((error) => !error.includes('422'))).toEqual([]);
});

test('the page Usage with data, at every width and in both themes; a run names the host; keys stay true for others', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
  const errors = watchErrors(page);
  await page.goto((await host.owner.call('createSignInLink', {})).url);
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  const id = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  await page.goto(`${host.url}/w/${id}/keys`);
  await page.getByRole('heading', { name: 'Provider keys' }).waitFor();
  const body = { name: 'Of another', provider: 'openai_compatible', baseUrl: `${models.url}/v1`, secret } as const;
  const key = await host.owner.call('createApiKey', { params: { id }, body });
  await page.getByText('Of another').first().waitFor();
  await host.owner.call('putPrices', {
    params: { id },
    body: { currency: 'EUR', prices: [{ model: 'tiny', input: 2, output: 10 }] },
  });
  const file: FlowFile = {
    ...{ schema: 'otherthing.flow/1', name: 'Say hello', edges: [], groups: [], notes: [], settings: {} },
    steps: [
      {
        ...{ id: 'it', type: 'chat', name: 'Greeting', position: { x: 0, y: 0 } },
        config: { model: `key:${key.id}:tiny`, prompt: 'Hello', inputs: [] },
      },
    ],
  };
  const flow = await host.owner.call('createFlow', { params: { id }, body: { file } });
  models.script({ pieces: ['Hello'], usage: { input: 1_200, output: 300 } }, { pieces: ['Hi'], withoutUsage: true });
  let runId = '';
  for (let round = 0; round < 2; round += 1) {
    runId = (await host.owner.call('startRun', { params: { id: flow.id }, body: {} })).id;
    await runEnded({ client: host.owner }, runId, 20_000);
  }
  // Who used it, and when; then it is rotated: the old one is tried no more.
  await page.goto(`${host.url}/w/${id}/keys`);
  const keyRow = page.getByRole('row').filter({ hasText: 'Of another' });
  await keyRow.getByText(/, ana$/).waitFor();
  models.key = 'sk-fresh-0123456789abcd';
  await page.getByRole('button', { name: 'More for Of another' }).click();
  await page.getByRole('menuitem', { name: 'Put in a fresh key' }).click();
  await page.getByLabel('Key', { exact: true }).fill('sk-wrong');
  await page.getByRole('button', { name: 'Try and replace' }).click();
  await page.getByText('Put in a fresh key on the page Keys').waitFor();
  await keepPicture(page, 'keys-rotate-refused');
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByLabel('Key', { exact: true }).fill(models.key);
  await page.getByRole('button', { name: 'Try and replace' }).click();
  await keyRow.getByText('…abcd').waitFor();
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await keepPicture(page, `keys-used-${width}`);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${host.url}/w/${id}/usage`);
  await page.getByText('Tokens by day').waitFor();
  const table = page.getByRole('table', { name: 'Usage' });
  for (const [by, row] of [
    ['Model', 'tiny'],
    ['Member', 'ana'],
    ['Flow', 'Say hello'],
    ['Step', 'Greeting (Say hello)'],
    ['Node', 'Host'],
  ] as const) {
    await page.getByLabel('Summed by').getByText(by, { exact: true }).click();
    await table.getByText(row, { exact: true }).waitFor();
  }
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await keepPicture(page, `usage-${width}-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  expect((await download).suggestedFilename()).toBe('usage.csv');
  await page.getByRole('button', { name: 'Prices' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  expect(await dialog.locator('input').first().inputValue()).not.toBe('');
  await keepPicture(page, 'usage-prices');
  expect(await seriousFindings(page)).toEqual([]);
  // A price is edited, one comes, and what is no figure is refused where it was typed.
  await dialog.getByLabel('Price of tokens in for tiny').fill('much');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('What tiny costs is a figure').waitFor();
  await dialog.getByLabel('Price of tokens in for tiny').fill('2,5');
  await dialog.getByRole('button', { name: 'Price', exact: true }).click();
  await dialog.getByLabel('Model').last().fill('large-*');
  await dialog.getByLabel('Price of tokens out for large-*').fill('15');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await host.owner.call('getPrices', { params: { id } })).toMatchObject({
    currency: 'EUR',
    prices: [
      { model: 'tiny', input: 2.5, output: 10 },
      { model: 'large-*', input: 0, output: 15 },
    ],
  });
  await page.getByRole('button', { name: 'Prices' }).click();
  expect(await dialog.getByLabel('Price of tokens in for tiny').inputValue()).toBe('2.5');
  await page.goto(`${host.url}/w/${id}/runs/${runId}`);
  await page.getByRole('region', { name: 'Attempts' }).getByText('Host', { exact: true }).waitFor();
  expect(await page.getByText(/removed node/i).count()).toBe(0);
  await keepPicture(page, 'run-of-the-host');
  // A refused key is an answer of the host, which the browser logs.
  expect(errors.filter((error) => !error.includes('422'))).toEqual([]);
});
