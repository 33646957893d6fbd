/** The page Models and an agent on the canvas, by hand of a person, with a real worker: in both themes, and on a phone. */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCollections } from '../../src/orchestrator/vectors/collections.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { keepPicture, openBrowser, seriousFindings, watchErrors } from '../harness/browser.ts';
import { temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type McpServer, startMcpServer } from '../model-server/mcp-server.ts';
import { type ModelServer, startModelServer } from '../model-server/model-server.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { startTestHost, type TestHost } from './support.ts';

const folder = temporaryFolder('models-page');
let host: TestHost;
let worker: WorkerProcess | null = null;
let models: ModelServer;
let mcp: McpServer;
let browser: Browser;
let workspaceId: string;

beforeAll(async () => {
  models = await startModelServer();
  mcp = await startMcpServer();
  host = await startTestHost({ staticDir: join(import.meta.dirname, '../../dist/renderer') });
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  await host.owner.call('putHttpAccess', { params: { id: workspaceId }, body: { allow: ['127.0.0.1'] } });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await worker?.stop();
  await host?.stop();
  await models?.stop();
  await mcp?.stop();
  host?.remove();
  folder.remove();
});

async function signedIn(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto((await host.owner.call('createSignInLink', {})).url);
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  return page;
}

/** Keeps the page in both themes, wide and narrow; axe finds nothing serious, and nothing hangs over the edge. */
async function pictures(page: Page, name: string, widths = [1280, 390]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await keepPicture(page, `${name}-${width}-${colorScheme}`);
      expect(await seriousFindings(page)).toEqual([]);
    }
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

test('models: fetched with progress, stopped, fetched whole, removed; collections are listed and deleted by name', async () => {
  const page = await signedIn();
  const errors = watchErrors(page);
  await page.goto(`${host.url}/w/${workspaceId}/models`);
  await page.getByText('No models on your nodes yet').waitFor();
  await pictures(page, 'models-empty');

  const started = { servers: [models.url], allowChanges: true };
  worker = await startWorker(folder.path, [{ url: host.url, introduce: host.workerToken }], started);
  const table = page.getByRole('table', { name: 'Models' });
  await table.getByText('tiny', { exact: true }).waitFor();

  models.pullMs = 600;
  await page.getByRole('button', { name: 'Fetch a model' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Model').fill('qwen3:8b');
  await dialog.getByRole('button', { name: 'Fetch', exact: true }).click();
  await dialog.getByText(/of 4.2.GB/).waitFor();
  await pictures(page, 'models-fetching', [1280]);
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await dialog.getByText('Stopped').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(models.models).not.toContain('qwen3:8b');

  models.pullMs = 1;
  await page.getByRole('button', { name: 'Fetch a model' }).click();
  await dialog.getByLabel('Model').fill('qwen3:8b');
  await dialog.getByRole('button', { name: 'Fetch', exact: true }).click();
  await dialog.getByText('qwen3:8b is there').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await table.getByText('qwen3:8b', { exact: true }).waitFor();

  await fillCollection('handbook');
  await page.reload();
  const row = page.getByRole('listitem').filter({ hasText: 'handbook' });
  await row.getByText('2 texts').waitFor();
  await pictures(page, 'models');
  await row.getByRole('button', { name: 'Delete handbook' }).click();
  await page.getByRole('alertdialog').getByText('Delete handbook?').waitFor();
  await keepPicture(page, 'collection-delete');
  await page.getByRole('button', { name: 'Delete handbook' }).click();
  await page.getByText('No collection yet').waitFor();

  await page.getByRole('button', { name: 'Actions for qwen3:8b' }).click();
  await page.getByRole('menuitem', { name: /Remove from/ }).click();
  await page.getByRole('button', { name: 'Remove qwen3:8b' }).click();
  await waitFor('the model to be removed', async () => !models.models.includes('qwen3:8b'));
  await page.getByText('2 models on 1 node').waitFor();
  expect(await page.getByText('qwen3:8b').count()).toBe(0);
  expect(errors).toEqual([]);
});

test('models that cannot be loaded: the page says so, and tries again when asked', async () => {
  const page = await signedIn();
  const nodes = /\/api\/v1\/workspaces\/[^/]+\/nodes/;
  await page.route(nodes, (route) => route.abort('connectionrefused'));
  await page.goto(`${host.url}/w/${workspaceId}/models`);
  await page.getByText('The models could not be loaded').waitFor({ timeout: 30_000 });
  await pictures(page, 'models-error');
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor({ timeout: 30_000 });
  await page.unroute(nodes);
  await again.click();
  await page.getByRole('table', { name: 'Models' }).getByText('tiny', { exact: true }).waitFor();
});

/** Two texts in the data folder of the host, as a step would put them there. */
async function fillCollection(collection: string): Promise<void> {
  const collections = createCollections({ folder: join(host.dataDir, 'vectors'), clock: systemClock });
  const items = ['bees', 'wasps'].map((text, index) => ({ text, vector: [index, 1], metadata: {} }));
  await collections.upsert(workspaceId, { task: 'upsert', collection, items }, new AbortController().signal);
  await collections.stop();
}

test('an agent: every call is seen, also one that fails; it stops at its limit of turns; cancel ends it', async () => {
  const page = await signedIn();
  const errors = watchErrors(page);
  const tools = [{ kind: 'mcp', name: 'calc', url: mcp.url }];
  const config = { model: 'node:tiny', task: 'How much is it?', inputs: [], tools, maxTurns: 3 };
  const flow = await host.owner.call('createFlow', {
    params: { id: workspaceId },
    body: {
      file: {
        ...{ schema: 'otherthing.flow/1', name: 'Sums', edges: [], groups: [], notes: [], settings: {} },
        steps: [{ id: 'it', type: 'agent', name: 'Count', position: { x: 0, y: 0 }, config }],
      },
    },
  });
  await page.goto(`${host.url}/w/${workspaceId}/flows/${flow.id}`);
  const step = page.locator('.react-flow__node[data-id="it"]');
  await step.waitFor();
  await step.click();
  await page.getByLabel('Only these of its tools').scrollIntoViewIfNeeded();
  await pictures(page, 'agent-form', [1280]);

  const call = (name: string, given: object) => [{ name, arguments: JSON.stringify(given) }];
  models.script(
    { pieces: ['I add them. '], calls: call('calc_add', { a: 2, b: 3 }) },
    { pieces: ['Once more. '], calls: call('calc_fail', {}) },
    { pieces: ['It is five.'] },
  );
  const run = () =>
    page
      .getByRole('button', { name: /^Run( again)?$/ })
      .first()
      .click();
  const openCalls = async () => {
    await step.click();
    await page.getByRole('tab', { name: 'Calls' }).click();
  };
  await run();
  await page.getByText('It is five.').first().waitFor({ timeout: 30_000 });
  await openCalls();
  await page.getByText('The disk is on fire').first().waitFor();
  await pictures(page, 'agent-done');

  // Asked for a tool each time, it comes to no end by itself.
  models.script(...Array.from({ length: 3 }, () => ({ pieces: ['Again. '], calls: call('calc_add', { a: 1, b: 1 }) })));
  await run();
  await page
    .getByText(/3 turns/)
    .first()
    .waitFor({ timeout: 30_000 });
  await keepPicture(page, 'agent-limit');

  models.script({ calls: call('calc_wait', {}) });
  await run();
  await waitFor('the tool to be called', async () => mcp.seen.some(({ params }) => params['name'] === 'wait'));
  await openCalls();
  await keepPicture(page, 'agent-works');
  await page
    .getByRole('button', { name: /^(Stop|Cancel)/ })
    .first()
    .click();
  await waitFor('the call to end', async () => mcp.seen.find(({ params }) => params['name'] === 'wait')?.aborted);
  await keepPicture(page, 'agent-cancelled');
  expect(errors).toEqual([]);
});
