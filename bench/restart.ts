import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRow } from '../src/orchestrator/jobs/record.ts';
import { createSqliteStore } from '../src/orchestrator/store/sqlite.ts';
import { put } from '../src/orchestrator/store/store.ts';
import { jobs } from '../src/orchestrator/store/tables.ts';
import { systemClock } from '../src/shared/clock.ts';
import { createIdSource } from '../src/shared/ids.ts';
import { startOn } from './host.ts';
import { result } from './payload.ts';
import { median, report } from './report.ts';

const finished = 100_000;
const queued = 10_000;
const mostMs = 3_000;
const atOnce = 1_000;

/** How long the built orchestrator takes to be ready again on a store with many finished and many queued jobs. */
export async function benchRestart(starts: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-restart-'));
  try {
    const first = await startOn(folder);
    await first.stop();
    await fill(folder);
    const times: number[] = [];
    for (let start = 0; start < starts; start += 1) {
      const begun = performance.now();
      const host = await startOn(folder);
      times.push(performance.now() - begun);
      await host.stop();
    }
    const notes = `${finished} finished and ${queued} queued jobs; at most ${mostMs} ms`;
    report({ bench: 'restart', value: median(times), unit: 'ms', limit: mostMs, n: starts, notes });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(folder: string): Promise<void> {
  const quiet = { info: () => undefined, error: () => undefined };
  const store = await createSqliteStore({ folder, clock: systemClock, log: quiet });
  const ids = createIdSource(systemClock, Math.random);
  const input = { text: 'x'.repeat(200) };
  for (let made = 0; made < finished + queued; made += atOnce) {
    const rows = Array.from({ length: atOnce }, () =>
      newRow(ids.next('job'), 'ws-bench', null, { kind: 'noop', input }, systemClock.now()),
    );
    const over = { state: 'succeeded' as const, result, startedAt: systemClock.now(), finishedAt: systemClock.now() };
    await store.commit(rows.map((row) => put(jobs, made < finished ? { ...row, ...over } : row)));
  }
  await store.close();
}
