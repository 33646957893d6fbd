/** What people and systems do to the desktop app from outside its page, from a clean data folder (issue 6). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DesktopChoices } from '../../src/shared/model/desktop.ts';
import { keepPicture } from '../harness/browser.ts';
import { type DesktopApp, startDesktopApp } from '../harness/desktop-app.ts';
import { temporaryFolder } from '../harness/host.ts';
import { childrenOf, waitFor } from '../harness/processes.ts';
import { beginSlowRun, clientOf, itemCount, ownProcesses, untilGone, untilOver } from '../harness/working-app.ts';

const data = temporaryFolder('journeys');
let app: DesktopApp;
let workspaceId: string;
let flowId: string;

beforeAll(async () => {
  app = await startDesktopApp(data.path);
  const client = clientOf(data.path);
  workspaceId = (await client.call('listWorkspaces', {})).items[0]?.id ?? '';
  flowId = (await client.call('listFlows', { params: { id: workspaceId } })).items[0]?.id ?? '';
  await app.page.getByText('Use this machine').first().waitFor({ timeout: 60_000 });
});

afterAll(async () => {
  await app?.end();
  data.remove();
});

/** Waits until the app has printed this, after what was seen before. */
let seenTo = 0;
async function sees(text: string): Promise<void> {
  await waitFor(`the app to say "${text}"`, () => {
    const at = app.said().indexOf(text, seenTo);
    if (at >= 0) seenTo = at + text.length;
    return at >= 0;
  });
}

const choices = () => JSON.parse(readFileSync(join(data.path, 'desktop.json'), 'utf8')) as DesktopChoices;
const address = () => new URL(app.page.url()).pathname;

test('a second start hands its link to the window, which asks first and does nothing unasked', async () => {
  const { page } = app;
  const before = address();
  app.tell({ do: 'second-start', args: ['otherthing', `otherthing://flow/${workspaceId}/${flowId}`] });
  await page.getByText('Open the flow of a link?').waitFor();
  await keepPicture(page, 'desktop-link');
  await page.getByRole('button', { name: 'Not now' }).click();
  expect(address()).toBe(before);
  app.tell({ do: 'open-url', url: `otherthing://flow/${workspaceId}/${flowId}` });
  await page.getByRole('button', { name: 'Open the flow' }).click();
  await waitFor('the flow to be open', () => address() === `/w/${workspaceId}/flows/${flowId}`);
});

test('S11: a link of another form brings the window to the front, and no more', async () => {
  app.tell({ do: 'second-start', args: ['otherthing', `otherthing://flow/${workspaceId}/${flowId}/run`] });
  await sees('seen: window shown');
  expect(await app.page.getByRole('dialog').count()).toBe(0);
});

test('Settings shows the parts of the app; one that is killed is said to have ended, and comes back', async () => {
  const { page } = app;
  await page.evaluate((path) => {
    history.pushState(null, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
  }, `/w/${workspaceId}/settings`);
  await page.getByText('The node of this computer').first().waitFor();
  await keepPicture(page, 'desktop-settings');
  for (const name of ['worker', 'orchestrator'] as const) {
    const pid = await waitFor(`the ${name}`, () => serviceOf(name));
    process.kill(pid, 'SIGKILL');
    await page.getByText('ended and is being started again').first().waitFor();
    await waitFor(`another ${name}`, () => serviceOf(name) !== pid && serviceOf(name));
    await page
      .getByText('started again once')
      .nth(name === 'worker' ? 0 : 1)
      .waitFor();
  }
  await page.getByText('ended and is being started again').first().waitFor({ state: 'detached' });
});

function serviceOf(name: string): number | undefined {
  return childrenOf(app.process.pid ?? 0).find(({ command }) => command.includes(`${name}/main.js`))?.pid;
}

test('a machine that goes to sleep takes no jobs, one that wakes takes them at once', async () => {
  const paused = async () => {
    const { items } = await clientOf(data.path).call('listNodes', { params: { id: workspaceId } });
    return items[0]?.status === 'online' ? items[0].pause !== undefined : null;
  };
  await waitFor('the node', async () => (await paused().catch(() => null)) === false, 60_000);
  app.tell({ do: 'suspend' });
  await waitFor('the node to pause', paused);
  app.tell({ do: 'resume' });
  await waitFor('the node to go on', async () => (await paused()) === false);
});

test('closing the window asks once whether to go on in the tray, and does what was said', async () => {
  app.tell({ do: 'answer', label: 'Cancel' });
  app.tell({ do: 'close-window' });
  await sees('seen: asked Go on contributing when the window is closed?');
  app.tell({ do: 'answer', label: 'Go on in the tray' });
  app.tell({ do: 'close-window' });
  await sees('seen: asked Go on contributing when the window is closed?');
  await sees('seen: window hidden');
  expect(choices().background).toBe('on');
  expect(app.said()).toContain('seen: tray shown');
  app.tell({ do: 'press', label: 'Open OtherThing' });
  await sees('seen: window shown');
  app.tell({ do: 'close-window' });
  await sees('seen: window hidden');
  expect(serviceOf('worker')).toBeDefined();
});

test('a run that ends while nobody looks is told only where that was switched on; a click opens it', async () => {
  const { page } = app;
  await page.evaluate(async () => {
    const bridge = Reflect.get(window, 'otherthing') as { call(name: string, choices: object): Promise<unknown> };
    await bridge.call('setChoices', { notify: true });
  });
  const runId = await beginSlowRun(data.path);
  await untilOver(data.path, runId);
  await sees('seen: notified Slow');
  app.tell({ do: 'click-notification' });
  await sees('seen: window shown');
  await waitFor('the run to be open', () => address() === `/w/${workspaceId}/runs/${runId}`);
});

test('quit with a job running: gone within ten seconds, no process left; the next start finishes the run', async () => {
  const runId = await beginSlowRun(data.path);
  const left = ownProcesses(app.process.pid ?? 0);
  const since = Date.now();
  expect(await app.quit()).toBe(0);
  expect(Date.now() - since).toBeLessThan(10_000);
  await untilGone(left, 2_000);
  app = await startDesktopApp(data.path);
  seenTo = 0;
  expect((await untilOver(data.path, runId)).state).toBe('succeeded');
  const { outputs } = await clientOf(data.path).call('getRun', { params: { id: runId } });
  expect(outputs['out']).toHaveLength(itemCount);
});

test('the choices and the place of the window are there after the next start; the tray ends the app', async () => {
  await waitFor('the tray', () => app.said().includes('seen: tray shown'));
  expect(JSON.parse(readFileSync(join(data.path, 'window.json'), 'utf8'))).toMatchObject({ maximized: false });
  const gone = new Promise((resolve) => app.process.once('exit', resolve));
  app.tell({ do: 'press', label: 'Quit' });
  expect(await gone).toBe(0);
});
