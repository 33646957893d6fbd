import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Given } from '../../shared/model/this-node.ts';
import { dayOf, daysKept, openGivenBook, withOneMore } from './given.ts';

const noon = new Date(2026, 10, 28, 12).getTime();

it('counts by day and workspace, and goes on after the next start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-given-'));
  try {
    const path = join(folder, 'given.json');
    const clock = { now: () => noon };
    const book = await openGivenBook(path, clock);
    book.note('ws-a', 1_000.4);
    book.note('ws-a', 500);
    book.note('ws-b', 1);
    await book.stop();
    const again = await openGivenBook(path, clock);
    again.note('ws-b', 2);
    await again.stop();
    const day = dayOf(noon);
    expect((await openGivenBook(path, clock)).all()).toEqual([
      { day, workspaceId: 'ws-a', jobs: 2, ms: 1_500 },
      { day, workspaceId: 'ws-b', jobs: 2, ms: 3 },
    ]);
    await (await openGivenBook(path, clock)).stop();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('forgets no job, and keeps so many days one by one', () => {
  const one = fc.record({ at: fc.integer({ min: 0, max: 200 }), workspaceId: fc.constantFrom('ws-a', 'ws-b') });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 300 }), (jobs) => {
      let rows: Given[] = [];
      for (const { at, workspaceId } of jobs.toSorted((left, right) => left.at - right.at)) {
        rows = withOneMore(rows, { day: dayOf(noon + at * 86_400_000), workspaceId, jobs: 1, ms: 7 });
      }
      expect(rows.reduce((sum, row) => sum + row.jobs, 0)).toBe(jobs.length);
      expect(rows.reduce((sum, row) => sum + row.ms, 0)).toBe(jobs.length * 7);
      const days = new Set(rows.flatMap(({ day }) => (day === null ? [] : [day])));
      expect(days.size).toBeLessThanOrEqual(daysKept);
      expect(rows.filter(({ day }) => day === null).length).toBeLessThanOrEqual(2);
    }),
  );
});
