import type { Store } from '../store/store.ts';
import { holds, type StepRow, steps } from '../store/tables.ts';
import type { Before } from './runner.ts';
import { addWork, noWork } from './work-done.ts';

const page = 1_000;

/** Reads what is durable of a run, a page at a time: a Map over many items has many rows, of which little is needed. */
export async function readBefore(store: Store, runId: string): Promise<Before> {
  const rows: StepRow[] = [];
  const work = noWork();
  for (let seq = 0; ; ) {
    const found = await store.list(steps, {
      where: { runId },
      after: { column: 'seq', value: seq },
      order: { by: 'seq', direction: 'up' },
      limit: page,
    });
    for (const row of found) {
      if (row.under === '') rows.push(row);
      if (row.nodeId !== null && row.finishedAt !== null)
        addWork(work, row, row.nodeId, row.finishedAt - (row.startedAt ?? row.finishedAt));
    }
    seq = found.at(-1)?.seq ?? seq;
    if (found.length < page) return { rows, work, seq, holds: await store.list(holds, { where: { runId } }) };
  }
}
