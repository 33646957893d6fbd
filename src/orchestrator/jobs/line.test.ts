import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inLine, type WaitingJob } from '../scheduler/snapshot.ts';
import { createLines, needKey } from './line.ts';

const need = { workspaceId: 'ws-1', kind: 'script', requires: { cores: 1, ramMb: 1 } };

test('J7: a line is always in order, whatever comes, goes and comes back', () => {
  const step = fc.record({
    id: fc.integer({ min: 0, max: 12 }),
    priority: fc.integer({ min: -2, max: 2 }),
    createdAt: fc.nat({ max: 200_000 }),
    add: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const lines = createLines();
      const model = new Map<string, WaitingJob>();
      for (const { id, priority, createdAt, add } of steps) {
        const known = model.get(`job-${id}`);
        const job = known ?? { id: `job-${id}`, priority, createdAt, member: null };
        if (add && known === undefined) {
          lines.add('k', need, job);
          model.set(job.id, job);
        } else if (!add && known !== undefined) {
          lines.remove('k', job);
          model.delete(job.id);
        }
        expect(lines.views().flatMap(({ jobs }) => [...jobs])).toEqual([...model.values()].sort(inLine));
        expect(lines.size).toBe(model.size);
      }
    }),
  );
});

test('needs are the same when their tags are, in any order', () => {
  const key = (tags: string[]) => needKey('ws-1', 'script', { cores: 1, ramMb: 1, tags });
  expect(key(['a', 'b'])).toBe(key(['b', 'a']));
  expect(key(['a', 'b'])).not.toBe(key(['ab']));
});
