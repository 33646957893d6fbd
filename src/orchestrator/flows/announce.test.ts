import { expect, test } from 'vitest';
import type { StepInstance } from '../../shared/model/run.ts';
import type { LiveEvent } from '../../shared/protocol/live.ts';
import { createManualTimers } from '../timers.ts';
import { createAnnouncer } from './announce.ts';

const run = { id: 'run-1', workspaceId: 'ws-1' };
const instance = (stepId: string, path: string, state: StepInstance['state'] = 'succeeded'): StepInstance => ({
  runId: 'run-1',
  stepId,
  path,
  state,
});

function createHeard() {
  const timers = createManualTimers();
  const events: Extract<LiveEvent, { kind: 'steps.changed' }>[] = [];
  const publish = (_workspace: string, _topic: string, event: LiveEvent) => {
    if (event.kind === 'steps.changed') events.push(event);
  };
  const announcer = createAnnouncer({ publish, position: () => ({ epoch: 'e', seq: 0 }) }, timers);
  return { timers, events, announcer };
}

test('a Map over 10,000 items floods nobody: a tick tells its own row, the latest items, and how many were left out', () => {
  const { timers, events, announcer } = createHeard();
  for (let index = 0; index < 10_000; index += 1)
    announcer.steps(run, [instance('work', `each[${index}]`), instance('each', '', 'running')]);
  expect(events).toEqual([]);
  timers.advance(100);
  const told = events.flatMap(({ steps }) => steps);
  expect(told.filter(({ path }) => path === '')).toEqual([instance('each', '', 'running')]);
  expect(told.filter(({ path }) => path !== '').map(({ path }) => path)).toEqual(
    Array.from({ length: 200 }, (_, index) => `each[${9_800 + index}]`),
  );
  expect(events.map(({ more }) => more ?? 0)).toEqual([9_800]);
});

test('what changes again within a tick is told once, as it is at the end', () => {
  const { timers, events, announcer } = createHeard();
  announcer.steps(run, [instance('a', '', 'running'), instance('b', 'm[0]', 'running')]);
  announcer.steps(run, [instance('a', ''), instance('b', 'm[0]')]);
  timers.advance(100);
  expect(events).toEqual([
    { kind: 'steps.changed', runId: 'run-1', steps: [instance('a', ''), instance('b', 'm[0]')] },
  ]);
});
