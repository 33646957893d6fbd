/** The pages Keys and Usage, by hand of a person: a key is tried on entry, shown by its last four characters, disabled; both themes. */

import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPicture, openBrowser, seriousFindings, watchErrors } from '../harness/browser.ts';
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
  await page.getByRole('button', { name: 'Delete TOKEN' }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await keepPicture(page, `keys-${colorScheme}`);
    expect(await seriousFindings(page)).toEqual([]);
  }
  await page.getByRole('link', { name: 'Usage' }).click();
  await page.getByText('Nothing used yet').waitFor();
  await keepPicture(page, 'usage-empty');
  expect(await seriousFindings(page)).toEqual([]);
  // A refused key is an answer of the host, which the browser logs.
  expect(errors.filter((error) => !error.includes('422'))).toEqual([]);
});
