/** What the engine does and why, as people see it: in a real browser, against a real host with its worker. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import { keepPicture, seriousFindings } from '../harness/browser.ts';
import { edgeOf, fileOf, stepAt } from '../harness/flow-page.ts';
import type { RunningHost } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type SignedIn, signIn } from '../harness/signed-in.ts';

let everything: SignedIn;
let host: RunningHost;
let page: Page;
let errors: string[];

beforeAll(async () => {
  everything = await signIn('e2e-engine', 30_000);
  ({ host, page, errors } = everything);
});

afterAll(async () => {
  await everything?.end();
});

const address = (path: string) => `${host.url}/w/${host.workspaceId}${path}`;
const inWorkspace = () => ({ id: host.workspaceId });
const makeFlow = (file: FlowFile) => host.client.call('createFlow', { params: inWorkspace(), body: { file } });
const start = (flowId: string) => host.client.call('startRun', { params: { id: flowId }, body: {} });
const stateOf = async (runId: string) => (await host.client.call('getRun', { params: { id: runId } })).run.state;

/** Nothing serious, in either theme. */
async function passesAxe(name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    expect(await seriousFindings(page), `${name}, ${theme}`).toEqual([]);
    await keepPicture(page, `${name}-${theme}`);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

const code = (id: string, source: string, x: number, more: object = {}) =>
  stepAt(id, 'code', x, 0, { config: { source, inputs: [], ramMb: 128 }, ...more });
const output = (id: string, x: number) => stepAt(id, 'output', x, 0, { config: { name: id, view: 'json' } });

test('F7, J5: why a job waits is said per node; stopped and gone on with, the run does only what was not done', async () => {
  const file = fileOf(
    'Waits for a tag',
    [
      code('first', 'export default () => 1;\n', 0),
      code('second', 'export default () => 2;\n', 300, { placement: { tags: ['moon'] } }),
      output('result', 600),
    ],
    { edges: [edgeOf('second.result', 'result.value')] },
  );
  const run = await start((await makeFlow(file)).id);
  await page.goto(address(`/runs/${run.id}?step=second`));
  const why = page.getByRole('region', { name: 'Why it waits' });
  await why.getByText(/moon/).first().waitFor();
  expect(await why.getByRole('list', { name: 'What each node says' }).getByRole('listitem').count()).toBeGreaterThan(0);
  await page.getByRole('tab', { name: 'History' }).click();
  await page.getByRole('list', { name: 'History' }).getByText('Submitted').waitFor();
  await passesAxe('run-waits');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText(/Gone on with/).waitFor();
  expect(await stateOf(run.id)).toBe('running');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Go on' }).waitFor();
});

test('F8: a run asks, the sidebar says so, and an answer in the inbox lets it go on', async () => {
  const file = fileOf(
    'Asks first',
    [
      stepAt('ask', 'approval', 0, 0, { name: 'Mira signs off', config: { question: 'Pay 412 €?' } }),
      output('result', 300),
    ],
    { edges: [edgeOf('ask.note', 'result.value')] },
  );
  const run = await start((await makeFlow(file)).id);
  await page.goto(address('/flows'));
  await page.getByRole('navigation', { name: 'Pages' }).getByText('1 asks').waitFor();
  await page.goto(address('/approvals'));
  await page.getByText(/Without an answer by .* it counts as rejected\./).waitFor();
  await passesAxe('approvals');
  await page.getByRole('textbox', { name: /A word to the others/ }).fill('Within the budget');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Nothing waits for you.').waitFor();
  await page.getByRole('region', { name: 'Decided' }).getByText('Pay 412 €?').click();
  await page.getByText('“Within the budget”').waitFor();
  await waitFor('the run to end', async () => (await stateOf(run.id)) === 'succeeded' || null);
});

test('F7: triggers are switched on, a call of the address starts a run, and what changed since is said', async () => {
  const flow = await makeFlow(
    fileOf(
      'Called',
      [
        stepAt('hook', 'webhook', 0, 0, { name: 'Orders' }),
        stepAt('daily', 'schedule', 0, 200, { name: 'Daily' }),
        output('result', 300),
      ],
      { edges: [edgeOf('hook.body', 'result.value')] },
    ),
  );
  await page.goto(address('/flows'));
  const row = page.getByRole('row', { name: /Called/ });
  await row.getByRole('button', { name: 'More for Called' }).click();
  await page.getByRole('menuitem', { name: 'Triggers and runs at once' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('switch', { name: 'Triggers are on' }).click();
  await dialog.getByText('On, version 1').waitFor();
  const hook = (await dialog.locator('code', { hasText: '/api/v1/hooks/' }).textContent()) ?? '';
  await passesAxe('triggers');
  await dialog.getByRole('textbox', { name: 'Runs at once' }).fill('2');
  await dialog.getByRole('textbox', { name: 'Runs at once' }).press('Enter');
  await waitFor('the limit to be kept', async () => {
    const kept = await host.client.call('getFlow', { params: { id: flow.id } });
    return kept.file.settings['maxRuns'] === 2 || null;
  });
  await page.keyboard.press('Escape');
  await row.getByRole('button', { name: /next .*webhook/ }).waitFor();
  const answer = await fetch(hook, {
    method: 'POST',
    body: '{"order":7}',
    headers: { 'content-type': 'application/json' },
  });
  expect(answer.ok).toBe(true);
  await page.goto(address('/runs'));
  await page
    .getByRole('row', { name: /Called/ })
    .getByText('A webhook')
    .waitFor();
  await page.goto(address('/flows'));
  await page
    .getByRole('row', { name: /Called/ })
    .getByRole('button', { name: /older version/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Update to the flow as it is now' }).click();
  await page.getByRole('dialog').getByText('On, version 2').waitFor();
  await page.keyboard.press('Escape');
});

test('J4: a job that failed outside a run stands with those that need a look, and is put in line again', async () => {
  const input = { source: 'export default () => { throw new Error("no luck today"); };\n', inputs: {} };
  const { jobIds } = await host.client.call('submitJobs', {
    params: inWorkspace(),
    body: { jobs: [{ kind: 'script', input, label: 'Nightly sums', requires: { ramMb: 128 } }] },
  });
  const jobOf = () => host.client.call('getJob', { params: { id: jobIds[0] ?? '' } });
  await waitFor('the job to fail', async () => ['failed', 'dead'].includes((await jobOf()).state) || null, 60_000);
  await page.goto(address('/runs/jobs'));
  await page.getByRole('button', { name: 'Nightly sums' }).click();
  const panel = page.getByRole('complementary', { name: 'Nightly sums' });
  await panel.getByRole('list', { name: 'Tries' }).getByText('Try 1').waitFor();
  await passesAxe('jobs');
  await panel.getByRole('button', { name: 'Put in line again' }).click();
  await waitFor('the job to be in line again', async () => (await jobOf()).requeued ?? null);
});

test('J4, N13: a node shows its reputation with the attempts it comes from, and why it can’t be controlled from here', async () => {
  await page.goto(address('/nodes'));
  await page.getByRole('table', { name: 'Nodes' }).getByRole('button').first().click();
  await page.getByRole('list', { name: 'Reputation by kind of job' }).getByText('script').waitFor();
  await page.getByRole('list', { name: 'Its latest attempts' }).getByRole('listitem').first().waitFor();
  await page.getByRole('heading', { name: 'Remote control' }).scrollIntoViewIfNeeded();
  await passesAxe('node-record');
  expect(errors).toEqual([]);
});
