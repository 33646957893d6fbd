import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSqliteStore } from '../store/sqlite.ts';
import { jobRow } from '../store/store.contract.ts';
import { put, type Store } from '../store/store.ts';
import type { JobRow } from '../store/tables.ts';
import { jobs } from '../store/tables.ts';
import { recoverJobs } from './service.ts';

test('J1: a start reads the open jobs, all of them, and none of the history', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-recover-'));
  const quiet = { info: () => undefined, error: () => undefined };
  const inner = await createSqliteStore({ folder, clock: { now: () => 1 }, log: quiet });
  const ended = ['succeeded', 'failed', 'cancelled', 'dead'] as const;
  const open = ['queued', 'assigned', 'running'] as const;
  await inner.commit(
    Array.from({ length: 4_000 }, (_, index) =>
      put(jobs, jobRow(`job-e${index}`, { state: ended[index % 4] ?? 'dead' })),
    ),
  );
  await inner.commit(
    Array.from({ length: 300 }, (_, index) =>
      put(jobs, jobRow(`job-o${index}`, { state: open[index % 3] ?? 'queued' })),
    ),
  );
  let read = 0;
  const store: Store = {
    ...inner,
    async list(table, query) {
      const rows = await inner.list(table, query);
      read += rows.length;
      return rows;
    },
  };
  const taken: JobRow[] = [];
  const engine = { recover: (rows: readonly JobRow[]) => void taken.push(...rows) };
  expect(await recoverJobs({ store, engine: engine as never })).toBe(300);
  expect([read, new Set(taken.map(({ id }) => id)).size]).toEqual([300, 300]);
  await inner.close();
  await rm(folder, { recursive: true, force: true });
});
