import type { Store } from '../store/store.ts';
import { type StepRow, steps } from '../store/tables.ts';
import type { Before } from './runner.ts';

const page = 1_000;

/** Reads what is durable of a run, a page at a time: a Map over many items has many rows, of which little is needed. */
export async function readBefore(store: Store, runId: string): Promise<Before> {
  const rows: StepRow[] = [];
  const weave: Before['weave'] = new Map();
  for (let seq = 0; ; ) {
    const found = await store.list(steps, {
      where: { runId },
      after: { column: 'seq', value: seq },
      order: { by: 'seq', direction: 'up' },
      limit: page,
    });
    for (const row of found) {
      if (row.under === '') rows.push(row);
      if (row.nodeId !== null && row.finishedAt !== null) addTo(weave, row);
    }
    seq = found.at(-1)?.seq ?? seq;
    if (found.length < page) return { rows, weave, seq };
  }
}

function addTo(weave: Before['weave'], { nodeId, startedAt, finishedAt }: StepRow): void {
  const part = weave.get(nodeId) ?? { ms: 0, count: 0 };
  const ms = Math.max(0, (finishedAt ?? 0) - (startedAt ?? finishedAt ?? 0));
  weave.set(nodeId, { ms: part.ms + ms, count: part.count + 1 });
}
