/** What goes with what. Every table is named here or has a `workspaceId`; a test holds that. */
import type { Store, Table, Where } from '../store/store.ts';
import { remove } from '../store/store.ts';
import * as declared from '../store/tables.ts';
import { approvals, flowUpdates, holds, jobEvents, jobOutputs, steps, triggerSteps } from '../store/tables.ts';

export type AnyTable = Table<Record<string, unknown>>;

interface Belonging {
  readonly table: AnyTable;
  /** The column with the id of what it goes with. */
  readonly column: string;
}

const goesWith = <Row extends object>(table: Table<Row>, column: keyof Row & string): Belonging => ({
  table: table as unknown as AnyTable,
  column,
});

/** Rows that go when their run, job or flow goes. */
export const belongings: Readonly<Record<'run' | 'job' | 'flow', readonly Belonging[]>> = {
  run: [goesWith(steps, 'runId'), goesWith(holds, 'runId'), goesWith(approvals, 'runId')],
  job: [goesWith(jobOutputs, 'jobId'), goesWith(jobEvents, 'jobId')],
  flow: [goesWith(flowUpdates, 'flowId'), goesWith(triggerSteps, 'flowId')],
};

/** Tables of the host, which no workspace takes along; each with the reason. */
export const ofTheHost: Readonly<Record<string, string>> = {
  settings: 'of the host',
  users: 'people may be in other workspaces',
  credentials: 'of people',
  nodes: 'a node may serve other workspaces, and is known again when it comes back',
  node_reputation: 'of nodes',
  idempotency: 'runs out by itself after a day',
  blob_names: 'taken away by the sweep',
  audit: 'nothing removes what was done; the host administrator can read it',
};

export const allTables: readonly AnyTable[] = Object.values(declared) as unknown as AnyTable[];

/** Those whose rows say themselves to which workspace they belong. */
export const workspaceTables = allTables.filter(
  ({ name, columns }) => 'workspaceId' in columns && !(name in ofTheHost),
);

/** So many rows go in one transaction, which takes a few milliseconds. */
const atOnce = 200;

/** Removes what matches in small transactions; `between` is awaited after each. */
export async function drain(
  store: Store,
  table: AnyTable,
  where: Where<Record<string, unknown>>,
  between: () => Promise<void> = async () => undefined,
): Promise<void> {
  const probe = withColumns(table, [...table.key, ...Object.keys(where)]);
  while ((await store.list(probe, { where, limit: 1 })).length > 0) {
    await store.commit([remove(table, where, { limit: atOnce })]);
    await between();
  }
}

/** The table with only these columns, so that nothing large is read. */
function withColumns(table: AnyTable, columns: readonly string[]): AnyTable {
  const chosen = Object.entries(table.columns).filter(([column]) => columns.includes(column));
  return { name: table.name, key: table.key, columns: Object.fromEntries(chosen) };
}
