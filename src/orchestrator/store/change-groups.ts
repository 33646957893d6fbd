/** Turns many changes into few statements: one per table and kind of change, wherever the order allows it. Pure. */
import { blobsIn, holderOf, mayNameBlobs } from './blob-names.ts';
import { type AnyTable, cell, patchSql, putSql, removeSql, type Statement } from './sql.ts';
import { type Change, type ColumnType, put } from './store.ts';
import { blobNames } from './tables/history.ts';

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
  const placeIn = (change: Change) => {
    const buckets = byTable.get(change.table) ?? [];
    place(change, buckets, placeIn);
    byTable.set(change.table, buckets);
  };
  for (const change of changes) placeIn(change);
  return [...byTable.values()].flat().map(({ sql, rows, params }) => ({
    sql,
    params: rows === null ? params : [Buffer.from(JSON.stringify([...rows.values()]))],
  }));
}

/** `also` is handed what follows from the change: the names that it gives to blobs. */
function place(change: Change, buckets: Bucket[], also: (change: Change) => void): void {
  if (change.op === 'remove') {
    buckets.push({ shape: 'remove', rows: null, ...removeSql(change.table, change.where, change) });
    return;
  }
  const { table } = change;
  const whole = change.op === 'put';
  const { shape, columns, values, named } = partOf(table, whole, whole ? change.row : change.set);
  if (columns.length === 0) return;
  if (named !== null) nameBlobs(table, whole ? change.row : change.key, named, also);
  const key = keyOf(table, whole ? change.row : change.key);
  if (!whole) values.unshift(...table.key.map((column) => Reflect.get(change.key, column)));
  const bucket = joinable(buckets, shape, key);
  if (bucket !== null) bucket.set(key, values);
  else {
    const sql = whole ? putSql(table, columns) : patchSql(table, columns);
    buckets.push({ shape, sql, params: [], rows: new Map([[key, values]]) });
  }
}

/** Some columns of a table with their values, and what tells them from other choices of columns. */
interface Part {
  shape: string;
  columns: string[];
  values: unknown[];
  /** Values that refer to blobs; null in the usual case of none. */
  named: string[] | null;
}

/**
 * Of a whole row the columns that have a value, of a patch those that are set, also to null; in the order of the table, so
 * that changes of the same columns share a statement.
 */
function partOf(table: AnyTable, whole: boolean, fields: object): Part {
  const given = fields as Record<string, unknown>;
  const part: Part = { shape: whole ? '+' : '', columns: [], values: [], named: null };
  for (const { column, type, letter, mayName } of columnsOf(table)) {
    const value = given[column];
    if (value === undefined || (whole && value === null)) continue;
    const written = cell(value, type);
    part.shape += letter;
    part.columns.push(column);
    part.values.push(written);
    if (mayName && typeof written === 'string' && mayNameBlobs(written)) {
      part.named ??= [];
      part.named.push(written);
    }
  }
  return part;
}

function nameBlobs(table: AnyTable, key: object, named: readonly string[], also: (change: Change) => void): void {
  const holder = holderOf(table.name, Reflect.get(key, table.blobs?.holder ?? ''));
  for (const text of named) for (const sha256 of blobsIn(text)) also(put(blobNames, { sha256, holder }));
}

interface NumberedColumn {
  column: string;
  type: ColumnType;
  letter: string;
  /** Whether its values may refer to blobs. */
  mayName: boolean;
}
const known = new WeakMap<AnyTable, readonly NumberedColumn[]>();
function columnsOf(table: AnyTable): readonly NumberedColumn[] {
  const before = known.get(table);
  if (before !== undefined) return before;
  const columns = Object.entries<ColumnType>(table.columns).map(([column, type], index) => ({
    ...{ column, type },
    letter: String.fromCharCode(65 + index),
    mayName: (table.blobs?.in as readonly string[] | undefined)?.includes(column) === true,
  }));
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
