import { expect, test } from 'vitest';
import type { FlowSummary, RunSummary } from '../../../shared/model/run.ts';
import { sortFlows } from './sort-flows.ts';

const flow = (name: string, updatedAt: number, ranAt: number | null, state: RunSummary['state'] = 'succeeded') =>
  ({ id: name, name, updatedAt, lastRun: ranAt === null ? null : { createdAt: ranAt, state } }) as FlowSummary;

const flows = [flow('b', 9, null), flow('a', 1, 50), flow('c', 5, 20, 'running'), flow('d', 3, 70)];
const names = (sorted: FlowSummary[]) => sorted.map((one) => one.name).join('');

test('interface.md flows: what runs stands first, what never ran last', () => {
  expect(names(sortFlows(flows, 'run'))).toBe('cdab');
});

test('interface.md flows: by the last edit, or by name', () => {
  expect([names(sortFlows(flows, 'edit')), names(sortFlows(flows, 'name'))]).toEqual(['bcda', 'abcd']);
});
