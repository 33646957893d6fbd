import { expect, test } from 'vitest';
import type { Attempt } from '../../../shared/model/job.ts';
import { tryWords } from './tries.tsx';

const machines = { get: (id: string) => (id === 'n1' ? ({ name: 'rack-2' } as never) : undefined) };
const attempt = (more: Partial<Attempt>): Attempt => ({
  ...{ number: 1, nodeId: 'n1', fence: '1', assignedAt: 0, finishedAt: 1 },
  ...{ outcome: 'failed', ...more },
});

test('J4: of each try is told whose fault it was', () => {
  const own = { code: 'script_failed', message: 'No rows', fault: 'job' as const };
  expect(tryWords(attempt({ error: own }), machines)).toBe('No rows.');
  expect(tryWords(attempt({ error: { ...own, fault: 'node' } }), machines)).toBe('The fault of rack-2. No rows.');
  expect(tryWords(attempt({ outcome: 'lost' }), machines)).toContain('counts against rack-2, not against the run');
  expect(tryWords(attempt({ outcome: 'succeeded' }), machines)).toBe('');
  expect(tryWords(attempt({ outcome: 'rejected', nodeId: 'gone' }), machines)).toBe('A removed node did not take it.');
});
