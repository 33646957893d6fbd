/** Turns many changes into few statements: one per table and kind of change, wherever the order allows it. Pure. */
import { type AnyTable, cell, patchSql, putSql, removeSql, type Statement } from './sql.ts';
import type { Change, ColumnType } from './store.ts';

interface Bucket {
  readonly shape: string;
  readonly sql: string;
  /** Rows by key; a later change of the same shape and key takes the place of the earlier one. Null for removals. */
  readonly rows: Map<unknown, unknown[]> | null;
  readonly params: Statement['params'];
}

/**
 * Statements with the effect of the changes in their order. Tables do not refer to one another, so order matters only
 * within a table; there a change joins the earliest statement of its shape after which nothing touches its row.
 */
export function groupChanges(changes: Iterable<Change>): Statement[] {
  const byTable = new Map<AnyTable, Bucket[]>();
  for (const change of changes) {
    const buckets = byTable.get(change.table) ?? [];
    place(change, buckets);
    byTable.set(change.table, buckets);
  }
  return [...byTable.values()].flat().map(({ sql, rows, params }) => ({
    sql,
    params: rows === null ? params : [JSON.stringify([...rows.values()])],
  }));
}

function place(change: Change, buckets: Bucket[]): void {
  if (change.op === 'remove') {
    buckets.push({ shape: 'remove', rows: null, ...removeSql(change.table, change.where) });
    return;
  }
  const { table } = change;
  const whole = change.op === 'put';
  const { shape, columns, values } = whole ? valued(table, change.row) : given(table, change.set);
  if (columns.length === 0) return;
  const key = keyOf(table, whole ? change.row : change.key);
  if (!whole) values.unshift(...table.key.map((column) => Reflect.get(change.key, column)));
  const bucket = joinable(buckets, whole ? `+${shape}` : shape, key);
  if (bucket !== null) bucket.set(key, values);
  else {
    const sql = whole ? putSql(table, columns) : patchSql(table, columns);
    buckets.push({ shape: whole ? `+${shape}` : shape, sql, params: [], rows: new Map([[key, values]]) });
  }
}

/** Some columns of a table with their values, and what tells them from other choices of columns. */
interface Part {
  shape: string;
  columns: string[];
  values: unknown[];
}

/** Columns that have a value, in the order of the table, so that rows with the same ones share a statement. */
function valued(table: AnyTable, row: object): Part {
  return partOf(table, (column) => Reflect.get(row, column) ?? undefined);
}

/** Columns that are set, also to null. */
function given(table: AnyTable, set: object): Part {
  return partOf(table, (column) => Reflect.get(set, column));
}

function partOf(table: AnyTable, read: (column: string) => unknown): Part {
  const part: Part = { shape: '', columns: [], values: [] };
  for (const [index, [column, type]] of columnsOf(table).entries()) {
    const value = read(column);
    if (value === undefined) continue;
    part.shape += String.fromCharCode(65 + index);
    part.columns.push(column);
    part.values.push(cell(value, type));
  }
  return part;
}

const known = new WeakMap<AnyTable, readonly (readonly [string, ColumnType])[]>();
function columnsOf(table: AnyTable): readonly (readonly [string, ColumnType])[] {
  const columns = known.get(table) ?? Object.entries<ColumnType>(table.columns);
  known.set(table, columns);
  return columns;
}

function keyOf(table: AnyTable, row: object): unknown {
  const [first, ...others] = table.key as readonly string[];
  if (first === undefined) throw new TypeError(`${table.name} has no key`);
  for (const column of table.key) {
    const part: unknown = Reflect.get(row, column);
    if (part === undefined || part === null) throw new TypeError(`A change of ${table.name} lacks ${column}`);
  }
  if (others.length === 0) return Reflect.get(row, first);
  return JSON.stringify(table.key.map((column) => Reflect.get(row, column)));
}

function joinable(buckets: readonly Bucket[], shape: string, key: unknown): Map<unknown, unknown[]> | null {
  let found: Map<unknown, unknown[]> | null = null;
  for (let index = buckets.length - 1; index >= 0; index -= 1) {
    const bucket = buckets[index];
    if (bucket === undefined || bucket.rows === null) break;
    if (bucket.shape === shape) found = bucket.rows;
    if (bucket.rows.has(key)) break;
  }
  return found;
}
