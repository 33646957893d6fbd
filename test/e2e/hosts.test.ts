/** Two desktop apps on one machine: one hosts, the other joins it by link; each has its own folder, services and window. */
/* biome-ignore-all lint/performance/useDomNodeTextContent: what is laid out in columns is read as it is seen */
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { showFingerprint } from '../../src/shared/fingerprint.ts';
import { keepPicture, seriousFindings } from '../harness/browser.ts';
import { type DesktopApp, startDesktopApp } from '../harness/desktop-app.ts';
import { temporaryFolder } from '../harness/host.ts';

const [hostData, guestData] = [temporaryFolder('e2e-hosts'), temporaryFolder('e2e-guest')];
let host: DesktopApp;
let guest: DesktopApp;
let port: number;
let link: string;
let fingerprint: string;

beforeAll(async () => {
  port = await freePort();
  [host, guest] = await Promise.all([startDesktopApp(hostData.path), startDesktopApp(guestData.path)]);
});
afterAll(async () => {
  await Promise.all([host?.end(), guest?.end()]);
  for (const folder of [hostData, guestData]) folder.remove();
});

const fingerprintIn = (text: string) => /(?:[0-9A-F]{4}\s*){16}/.exec(text)?.[0].replace(/\s+/g, ' ').trim();

test('the first app switches hosting on and makes an invite', async () => {
  const { page } = host;
  await page.getByRole('button', { name: 'Open the sample flow' }).click({ timeout: 60_000 });
  await page.getByText('Find totals').first().waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Port').fill(String(port));
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.getByRole('switch', { name: 'Other machines reach this host' }).click();
  await page.getByRole('list', { name: 'Addresses' }).waitFor();
  fingerprint = fingerprintIn(await page.locator('main').innerText()) ?? '';
  expect(fingerprint).toHaveLength(16 * 5 - 1);
  await keepPicture(page, 'desktop-hosting');
  await page.getByRole('link', { name: 'Members' }).click();
  await page
    .getByRole('button', { name: /^Invite/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByText('The invite is ready').waitFor();
  link = /otherthing:\/\/join\/[^'\s]+/.exec(await page.getByRole('dialog').innerText())?.[0] ?? '';
  expect(link).toContain(`:${port}/`);
});

test('S4: the second app shows what it is about to trust, joins when its person confirms, and contributes', async () => {
  const { page } = guest;
  await page.getByRole('textbox', { name: /Invite link/ }).fill(link, { timeout: 60_000 });
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect.poll(() => dialog.getByRole('textbox').inputValue()).toBe(link);
  await dialog.getByRole('button', { name: 'Look at it' }).click();
  await dialog.getByText('Invited by').waitFor();
  expect(fingerprintIn(await dialog.innerText())).toBe(fingerprint);
  expect(await seriousFindings(page)).toEqual([]);
  await keepPicture(page, 'desktop-join');
  await dialog.getByLabel('Your name there').fill('Bo');
  await dialog.getByRole('button', { name: 'Trust it and join' }).click();
  await dialog.getByText('You are in').waitFor();
  await dialog.getByText(/contributes to/).waitFor({ timeout: 30_000 });
  await keepPicture(page, 'desktop-joined');
  await dialog.getByRole('button', { name: 'Open it' }).click();
  await page.getByRole('link', { name: 'Flows' }).first().waitFor({ timeout: 60_000 });
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ timeout: 60_000 });
});

test('it runs a flow of the host, on the machines of both', async () => {
  const { page } = guest;
  await page.getByRole('link', { name: 'Nodes' }).click();
  await page.getByText('2 nodes').first().waitFor({ timeout: 60_000 });
  await page.getByRole('link', { name: 'Flows' }).click();
  await page.getByText('Receipts').first().click();
  await page.getByText('Find totals').first().waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: /^Run( again)?$/ }).click();
  await page
    .getByText(/^Done in/)
    .first()
    .waitFor({ timeout: 180_000 });
  await page.getByText('24 rows').waitFor();
  await keepPicture(page, 'desktop-remote-run');
});

test('the switcher shows both hosts and how they stand, and goes between them', async () => {
  const { page } = guest;
  await page.getByRole('button', { name: /^Workspace/ }).click();
  const menu = page.getByRole('menu');
  await menu.getByText('Connected').waitFor();
  await keepPicture(page, 'desktop-switcher');
  await menu.getByText('This computer').click();
  await page.getByRole('navigation').or(page.getByText('Use this machine')).first().waitFor({ timeout: 60_000 });
  const choice = await page.evaluate(async () => {
    const bridge = Reflect.get(window, 'otherthing') as { call(name: string): Promise<{ answer: { choice: string } }> };
    return (await bridge.call('host')).answer.choice;
  });
  expect(choice).toBe('here');
});

test('S4: another certificate of the host is refused, with both fingerprints and a way out', async () => {
  await host.quit();
  await rm(join(hostData.path, 'tls'), { recursive: true });
  host = await startDesktopApp(hostData.path);
  const { page } = guest;
  // Where no workspace stands around it, the hosts are in the title bar.
  await page.getByRole('button', { name: 'This computer' }).click();
  await page.getByRole('menu').getByText('Certificate changed').waitFor({ timeout: 60_000 });
  await page.getByRole('menuitem', { name: 'All hosts' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('It shows another certificate').waitFor();
  const text = await dialog.innerText();
  expect(text.replace(/\s+/g, ' ')).toContain(fingerprint);
  expect(await seriousFindings(page)).toEqual([]);
  await keepPicture(page, 'desktop-certificate-changed');
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await seriousFindings(page)).toEqual([]);
  await keepPicture(page, 'desktop-certificate-changed-dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 420, height: 860 });
  await keepPicture(page, 'desktop-certificate-changed-narrow');
  await page.setViewportSize({ width: 1440, height: 900 });
  // The person at the host reads out the new one; it is what this dialog shows.
  const shown = await host.page.evaluate(async () => {
    const bridge = Reflect.get(window, 'otherthing') as {
      call(name: string): Promise<{ answer: { hostUrl: string; bearer: string } }>;
    };
    const { hostUrl, bearer } = (await bridge.call('host')).answer;
    const response = await fetch(`${hostUrl}/api/v1/host/hosting`, { headers: { authorization: `Bearer ${bearer}` } });
    return ((await response.json()) as { certificate: { fingerprint: string } }).certificate.fingerprint;
  });
  expect(text.replace(/\s+/g, ' ')).toContain(showFingerprint(shown));
  await dialog.getByRole('button', { name: /trust it/ }).click();
  await dialog.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ timeout: 60_000 });
});

test('both apps quit in order, and the joined host is there at the next start', async () => {
  expect(await guest.quit()).toBe(0);
  guest = await startDesktopApp(guestData.path);
  await guest.page.getByRole('status').filter({ hasText: 'Live' }).waitFor({ timeout: 60_000 });
  await guest.page.getByText('Bo', { exact: false }).or(guest.page.getByText('Receipts')).first().waitFor();
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject()));
    });
  });
}
