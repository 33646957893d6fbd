/** An installed app finds a newer version, offers it, and installs it once what runs here went back to its host (issue 6). */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPicture, seriousFindings } from '../harness/browser.ts';
import { type DesktopApp, startDesktopApp } from '../harness/desktop-app.ts';
import { temporaryFolder } from '../harness/host.ts';
import { type InstalledApp, installApp } from '../harness/installed-app.ts';
import { beginSlowRun, ownProcesses, untilGone, untilOver } from '../harness/working-app.ts';
import { contentOf, type ReleaseServer, startReleaseServer } from '../updates/release-server.ts';

const data = temporaryFolder('update-data');
const place = temporaryFolder('update-place');
let server: ReleaseServer;
let installed: InstalledApp;
let app: DesktopApp;

const start = () =>
  startDesktopApp(
    data.path,
    [],
    { STANDIN_GITHUB: server.host, APPIMAGE: installed.appImage, XDG_CACHE_HOME: join(place.path, 'cache') },
    installed.folder,
  );

beforeAll(async () => {
  server = await startReleaseServer();
  server.releases = [{ version: '1.1.0', notes: '<p>Maps are <b>faster</b>.</p>' }];
  installed = installApp(place.path, '1.0.0', contentOf('1.0.0'));
  app = await start();
});

afterAll(async () => {
  await app?.end();
  await server?.stop();
  for (const folder of [data, place]) folder.remove();
});

test('S12: it is found at the start, downloaded in the background, and offered with what is new', async () => {
  const { page } = app;
  await page.getByRole('button', { name: 'Open the sample flow' }).click({ timeout: 60_000 });
  await page.getByText('Find totals').first().waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Version 1.1.0 is ready to be installed.').waitFor({ timeout: 60_000 });
  await page.getByText('Maps are faster.').waitFor();
  expect(server.asked).toContain('/example/otherthing/releases.atom');
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByText('Install and start again').scrollIntoViewIfNeeded();
  await keepPicture(page, 'desktop-update');
});

test('installed with a job running: the app ends in order, its file is the new one, and the next start finishes the run', async () => {
  const runId = await beginSlowRun(data.path);
  const left = ownProcesses(app.process.pid ?? 0);
  const gone = once(app.process, 'exit');
  await app.page.getByRole('button', { name: 'Install and start again' }).click();
  expect((await gone)[0]).toBe(0);
  await untilGone(left, 2_000);
  expect(readFileSync(installed.appImage).equals(contentOf('1.1.0'))).toBe(true);
  app = await start();
  expect((await untilOver(data.path, runId)).state).toBe('succeeded');
});
