/** The owner of a machine at its page, in the desktop app: what is shared, where files are, when, and for whom (issue 6). */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import type { Node } from '../../src/shared/model/node.ts';
import type { NodeConfig } from '../../src/shared/model/this-node.ts';
import { keepPicture, seriousFindings } from '../harness/browser.ts';
import { type DesktopApp, startDesktopApp } from '../harness/desktop-app.ts';
import { edgeOf, fileOf, stepAt } from '../harness/flow-page.ts';
import { type StandInGpus, standInGpus } from '../harness/gpus.ts';
import { temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { clientOf, untilOver } from '../harness/working-app.ts';

const data = temporaryFolder('this-node');
const drive = temporaryFolder('drive');
let app: DesktopApp;
let gpus: StandInGpus;
let workspaceId: string;

const config = () => JSON.parse(readFileSync(join(data.path, 'node-config.json'), 'utf8')) as NodeConfig;
const client = () => clientOf(data.path);
const node = async (): Promise<Node> => {
  const { items } = await client().call('listNodes', { params: { id: workspaceId } });
  const [found] = items;
  if (found === undefined) throw new Error('There is no node');
  return found;
};
const nodeIs = (what: string, look: (node: Node) => boolean) =>
  waitFor(`the host to see ${what}`, async () => look(await node()));

beforeAll(async () => {
  gpus = standInGpus(join(data.path, 'bin'));
  app = await startDesktopApp(data.path, [], { PATH: gpus.path });
  workspaceId = (await client().call('listWorkspaces', {})).items[0]?.id ?? '';
  const { page } = app;
  await page.getByRole('button', { name: 'Open the sample flow' }).click({ timeout: 60_000 });
  await page.getByText('Find totals').first().waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'This node' }).click();
  await page.getByText('What others may use').waitFor({ timeout: 30_000 });
});

afterAll(async () => {
  await app?.end();
  data.remove();
  drive.remove();
});

/** Types a figure beside a slider. */
async function figure(name: RegExp, value: string): Promise<void> {
  const field = app.page.getByRole('textbox', { name });
  await field.fill(value);
  await field.press('Enter');
}

/** One script that needs 1 GB of memory. */
const hungry = (): FlowFile =>
  fileOf(
    'Hungry',
    [
      stepAt('work', 'code', 0, 0, { config: { source: 'export default () => 42', inputs: [], ramMb: 1024 } }),
      stepAt('out', 'output', 400, 0, { config: { name: 'out', view: 'json' } }),
    ],
    { edges: [edgeOf('work.result', 'out.value')] },
  );

test('S8: a lower limit is saved here, sent to the host, and a job that needs more waits and says why', async () => {
  const { page } = app;
  await figure(/^Memory, of/, '0.5');
  await waitFor('the limit to be saved', () => (config().resourceLimits.ramPercent ?? 100) < 10);
  await nodeIs('the limit', ({ resourceLimits }) => (resourceLimits.ramPercent ?? 100) < 10);
  const flow = await client().call('createFlow', { params: { id: workspaceId }, body: { file: hungry() } });
  const { id } = await client().call('startRun', { params: { id: flow.id }, body: {} });
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByText('Hungry').first().click();
  await page.getByText('work', { exact: true }).first().click();
  await page
    .getByText(/shares .*of memory/i)
    .first()
    .waitFor();
  await keepPicture(page, 'desktop-limit-refuses');
  await page.getByRole('link', { name: 'This node' }).click();
  await figure(/^Memory, of/, '3');
  expect((await untilOver(data.path, id)).state).toBe('succeeded');
});

test('S8: each GPU is shared by itself, with its share of memory; what others use of it is shown', async () => {
  const { page } = app;
  await page.getByText('GeForce RTX 4090').waitFor();
  await page.getByRole('switch', { name: 'Share GPU 1' }).click();
  await page.getByText('Off. Its owner keeps it.').waitFor();
  await figure(/^GPU 0, of/, '12');
  const chosen = () => config().resourceLimits.gpus ?? {};
  await waitFor('both GPUs to be saved', () => chosen()['pci-00000000-01-00-0']?.memoryPercent === 50);
  expect(chosen()['pci-00000000-02-00-0']).toMatchObject({ enabled: false });
  await nodeIs('the GPUs', ({ resourceLimits }) => resourceLimits.gpus?.['pci-00000000-02-00-0']?.enabled === false);
  await keepPicture(page, 'this-node-gpus');
});

test('cores: by slider with the keyboard, kept over a restart of the worker', async () => {
  const { page } = app;
  const slider = page.getByRole('slider', { name: 'Cores' });
  await slider.focus();
  await slider.press('Home');
  await waitFor('the limit to be saved', () => config().resourceLimits.cpuCores === 1);
  await nodeIs('one core', ({ resourceLimits }) => resourceLimits.cpuCores === 1);
});

test('files move to another folder, copied and compared, and what is wrong with a place is said before', async () => {
  const { page } = app;
  const card = page.getByRole('radiogroup', { name: 'Drive for files' }).getByRole('radio').first();
  await card.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Folder').fill(join(drive.path, 'nowhere'));
  await dialog.getByRole('button', { name: 'Move files' }).click();
  await dialog.getByText(/There is no folder/).waitFor();
  await keepPicture(page, 'this-node-move');
  mkdirSync(join(drive.path, 'data'));
  app.tell({ do: 'answer', label: join(drive.path, 'data') });
  await dialog.getByRole('button', { name: 'Choose' }).click();
  await expect.poll(() => dialog.getByLabel('Folder').inputValue()).toBe(join(drive.path, 'data'));
  await dialog.getByRole('button', { name: 'Move files' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText(`Files of jobs are kept in ${join(drive.path, 'data', 'OtherThing')}`).waitFor();
  expect(config().resourceLimits.storagePath).toBe(join(drive.path, 'data'));
  expect(existsSync(join(data.path, 'worker', 'cache'))).toBe(false);
  await nodeIs('the node takes jobs again', ({ pause }) => pause === undefined);
});

test('pause, resume, drain; hours that leave nothing out', async () => {
  const { page } = app;
  await page.getByRole('button', { name: 'Pause' }).click();
  await nodeIs('the pause', ({ pause }) => pause?.reason === 'paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await nodeIs('it resumed', ({ pause }) => pause === undefined);
  await page.getByRole('button', { name: 'Drain' }).click();
  await nodeIs('the drain', ({ pause }) => pause?.reason === 'draining');
  await page.getByRole('button', { name: 'Resume' }).click();
  await nodeIs('it resumed', ({ pause }) => pause === undefined);
  await page.getByRole('switch', { name: 'At any time' }).click();
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']) {
    await page.getByRole('button', { name: `${day}, all day` }).click();
    await page.getByRole('button', { name: `${day} 0 to 1`, exact: true, pressed: false }).waitFor();
  }
  await nodeIs('it is outside its hours', ({ pause }) => pause?.reason === 'hours');
  await page.getByText('Outside its hours').first().waitFor();
  await page.getByRole('switch', { name: 'At any time' }).click();
  await nodeIs('any time again', ({ pause }) => pause === undefined);
});

test('on battery and while somebody uses it the node steps aside, where its owner said so', async () => {
  const { page } = app;
  app.tell({ do: 'power', onBattery: true });
  await nodeIs('the battery', ({ pause }) => pause?.reason === 'battery');
  await page.getByRole('switch', { name: 'Step aside on battery' }).click();
  await nodeIs('the battery does not matter', ({ pause }) => pause === undefined);
  app.tell({ do: 'power', onBattery: false });
  await page.getByRole('switch', { name: 'Step aside when I use the computer' }).click();
  app.tell({ do: 'power', idleSeconds: 1 });
  await nodeIs('it is in use', ({ pause }) => pause?.reason === 'in_use');
  await page.getByText('In use by you').first().waitFor();
  app.tell({ do: 'power', idleSeconds: 3_600 });
  await nodeIs('it is not in use', ({ pause }) => pause === undefined);
});

test('N13: remote control holds only while its owner has it switched on', async () => {
  const { page } = app;
  const { id } = await node();
  const ask = (cpuCores: number) => client().call('setNodeLimits', { params: { id }, body: { cpuCores } });
  await expect(ask(1)).rejects.toMatchObject({ code: 'remote_control_off' });
  await page.getByRole('switch', { name: 'Remote control' }).click();
  await nodeIs('remote control', ({ remoteControlEnabled }) => remoteControlEnabled);
  await ask(2);
  await waitFor('the limit from afar to be saved', () => config().resourceLimits.cpuCores === 2);
  expect(config().resourceLimits.storagePath).toBe(join(drive.path, 'data'));
  await page.getByRole('link', { name: 'Nodes' }).click();
  await page.getByRole('table').getByRole('button').first().click();
  await page.getByRole('button', { name: 'Limits' }).click();
  await page.getByRole('switch', { name: 'Share GPU 0' }).click();
  await waitFor('the GPU to be off', () => config().resourceLimits.gpus?.['pci-00000000-01-00-0']?.enabled === false);
  await page.getByText('Off. Its owner keeps it.').nth(1).waitFor();
  await keepPicture(page, 'node-remote-limits');
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('switch', { name: 'Share GPU 0' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('link', { name: 'This node' }).click();
});

test('N1: a new share key replaces the old one', async () => {
  const { page } = app;
  const before = config().shareKey;
  await page.getByRole('button', { name: 'New share key' }).click();
  await page.getByRole('button', { name: 'Make a new key' }).click();
  await waitFor('another key', () => config().shareKey !== before);
  await page.getByText(config().shareKey).waitFor();
  await waitFor('the host to know it', async () => {
    const { share_key } = await client().call('getThisNode', {});
    return share_key === config().shareKey;
  });
});

test('it looks as it should, in both themes, wide and narrow; axe finds nothing serious', async () => {
  const { page } = app;
  await page.getByText('jobs done').waitFor();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const [name, width] of [
      ['wide', 1440],
      ['narrow', 390],
    ] as const) {
      await page.setViewportSize({ width, height: name === 'wide' ? 900 : 844 });
      expect(await seriousFindings(page)).toEqual([]);
      await keepPicture(page, `this-node-${name}-${theme}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('everything holds after the next start, with what was given', async () => {
  await app.quit();
  app = await startDesktopApp(data.path, [], { PATH: gpus.path });
  const { page } = app;
  await page.getByRole('link', { name: 'This node' }).click({ timeout: 60_000 });
  await page
    .getByText(`Files of jobs are kept in ${join(drive.path, 'data', 'OtherThing')}`)
    .waitFor({ timeout: 60_000 });
  await page.getByText('jobs done').waitFor();
  await page.getByText('Off. Its owner keeps it.').waitFor();
});

test('a workspace that is left gets nothing more of this machine', async () => {
  const { page } = app;
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('button', { name: /^Leave My workspace/ }).click();
  await page.getByText('No workspace yet.').waitFor();
  await nodeIs('that it serves nobody', ({ workspaces }) => workspaces.length === 0);
});
