/** Every command of the builder, once by mouse and once by keyboard alone, in one page against one host. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandNamed, commands } from '../../src/renderer/features/builder/model/commands.ts';
import { openBrowser, watchErrors } from '../harness/browser.ts';
import { type CommandJourney, commandJourneys, openBase } from '../harness/command-journeys.ts';
import { type RunningHost, startHost, temporaryFolder } from '../harness/host.ts';

const data = temporaryFolder('e2e-commands');
let host: RunningHost;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  [host, browser] = await Promise.all([startHost(data.path), openBrowser()]);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  errors = watchErrors(page);
  await page.goto(await host.signInLink());
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
});

afterAll(async () => {
  await browser?.close();
  await host?.process.stop();
  data.remove();
});

test('every command has a journey, and every journey a command', () => {
  expect(Object.keys(commandJourneys).toSorted()).toEqual(commands.map(({ id }) => id).toSorted());
});

const all: [string, CommandJourney][] = Object.entries(commandJourneys);

describe.each(['mouse', 'keyboard'] as const)('by %s alone', (way) => {
  test.each(all)('%s', async (id, journey) => {
    const command = commandNamed(id);
    const flow = await openBase(host, page, way, journey.file);
    await journey.before?.(flow);
    for (const name of journey.chosen ?? []) await flow.choose(name);
    const known = await journey.look?.(flow);
    if (way === 'keyboard') await flow.press(journey.chord ?? command.keys[0] ?? null, command.label);
    else await flow.click(journey.mouse ?? 'palette', command.label, journey.chosen?.[0]);
    await journey.after(flow, known);
    expect(errors.splice(0)).toEqual([]);
  });
});
