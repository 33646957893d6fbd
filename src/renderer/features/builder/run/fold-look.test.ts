import { expect, test } from 'vitest';
import type { StepInstance, StepState } from '../../../../shared/model/run.ts';
import { foldLook } from './fold-look.ts';

const step = (name: string, state?: StepState, nodeId?: string, findings: string[] = []) => ({
  name,
  findings,
  instance:
    state === undefined
      ? undefined
      : ({
          runId: 'run-1',
          stepId: name,
          path: '',
          state,
          ...(nodeId === undefined ? {} : { nodeId }),
        } as StepInstance),
});

test.each([
  ['no run', [step('A'), step('B')], 'rest', null, '2 steps'],
  [
    'something to mend',
    [step('A', undefined, undefined, ['No model']), step('B')],
    'rest',
    'look',
    '2 steps, 1 to look at',
  ],
  ['on its way', [step('A', 'succeeded', 'n1'), step('B', 'running', 'n1')], 'running', 'running', '1 of 2 steps done'],
  [
    'on several nodes',
    [step('A', 'running', 'n1'), step('B', 'running', 'n2')],
    'many',
    'running',
    '0 of 2 steps done',
  ],
  ['between steps', [step('A', 'succeeded', 'n1'), step('B', 'waiting')], 'idle', 'waiting', '1 of 2 steps done'],
  ['failed', [step('A', 'failed'), step('B', 'running', 'n1')], 'failed', 'failed', 'A failed'],
  ['failed twice', [step('A', 'failed'), step('B', 'failed')], 'failed', 'failed', '2 steps failed'],
  ['asking', [step('A', 'awaiting_approval'), step('B', 'running')], 'rest', 'asks', 'Waits for you'],
  ['done', [step('A', 'succeeded'), step('B', 'skipped')], 'rest', 'done', '1 step done'],
  ['skipped', [step('A', 'skipped')], 'idle', 'skipped', 'Skipped'],
  ['stopped', [step('A', 'succeeded'), step('B', 'cancelled')], 'idle', 'stopped', 'Stopped, 1 of 2 steps done'],
] as const)('a folded group, %s', (_, steps, frame, glyph, words) => {
  expect(foldLook(steps)).toMatchObject({ frame, glyph, words });
});

test('it takes the colour of a node only where one did all of it', () => {
  expect(foldLook([step('A', 'succeeded', 'n1'), step('B', 'succeeded', 'n1')]).nodeId).toBe('n1');
  const two = foldLook([step('A', 'succeeded', 'n1'), step('B', 'succeeded', 'n2')]);
  expect([two.nodeId, [...two.doneBy]]).toEqual([
    null,
    [
      ['n1', 1],
      ['n2', 1],
    ],
  ]);
});
