/** Every command of the builder, once by mouse and once by keyboard alone, in one page against one host. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandNamed, commands } from '../../src/renderer/features/builder/model/commands.ts';
import { type CommandJourney, commandJourneys, openBase } from '../harness/command-journeys.ts';
import type { RunningHost } from '../harness/host.ts';
import { type SignedIn, signIn } from '../harness/signed-in.ts';

let everything: SignedIn;
let host: RunningHost;
let page: Page;
let errors: string[];

beforeAll(async () => {
  everything = await signIn('e2e-commands');
  ({ host, page, errors } = everything);
});

afterAll(async () => {
  await everything?.end();
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
