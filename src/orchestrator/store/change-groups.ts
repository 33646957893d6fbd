/** Turns many changes into few statements: one per table and kind of change, wherever the order allows it. Pure. */
import { blobsIn, holderOf, mayNameBlobs } from './blob-names.ts';
import { type AnyTable, cell, patchSql, putSql, removeSql, type Statement } from './sql.ts';
import { type Change, type ColumnType, put } from './store.ts';
import { blobNames } from './tables/history.ts';

interface Bucket {
  readonly shape: number;
  readonly sql: string;
  /** Rows by key; a later change of the same shape and key takes the place of the earlier one. Null for removals. */
  readonly rows: Map<unknown, unknown[]> | null;
  readonly params: Statement['params'];
}

/**
 * Statements with the effect of the changes in their order. Tables do not refer to one another, so order matters only
 * within a table; there a change joins the earliest statement of its shape after which nothing touches its row.
 */
export function groupChanges(groups: readonly (readonly Change[])[]): Statement[] {
  const byTable = new Map<AnyTable, Bucket[]>();
  const placeIn = (change: Change) => {
    const buckets = byTable.get(change.table) ?? [];
    place(change, buckets, placeIn);
    byTable.set(change.table, buckets);
  };
  for (const changes of groups) for (const change of changes) placeIn(change);
  return [...byTable.values()].flat().map(({ sql, rows, params }) => ({
    sql,
    params: rows === null ? params : [Buffer.from(JSON.stringify([...rows.values()]))],
  }));
}

/** `also` is handed what follows from the change: the names that it gives to blobs. */
function place(change: Change, buckets: Bucket[], also: (change: Change) => void): void {
  if (change.op === 'remove') {
    buckets.push({ shape: removal, rows: null, ...removeSql(change.table, change.where, change) });
    return;
  }
  const { table } = change;
  const whole = change.op === 'put';
  const keyed = whole ? change.row : change.key;
  const key = keyOf(table, keyed);
  const { shape, values, named } = partOf(
    table,
    whole,
    whole ? change.row : change.set,
    whole ? [] : keyValues(table, keyed),
  );
  if (shape === noColumns) return;
  if (named !== null) nameBlobs(table, keyed, named, also);
  const bucket = joinable(buckets, shape, key);
  if (bucket !== null) bucket.set(key, values);
  else {
    const columns = columnsIn(table, shape);
    const sql = whole ? putSql(table, columns) : patchSql(table, columns);
    buckets.push({ shape, sql, params: [], rows: new Map([[key, values]]) });
  }
}

/**
 * Tells choices of columns apart: a bit for each column that was chosen, negative for patches. A number and not a text,
 * because one is made for every change.
 */
const noColumns = 0;
const removal = Number.NaN;

const columnsIn = (table: AnyTable, shape: number): string[] =>
  columnsOf(table).flatMap(({ column, bit }) => (Math.floor(Math.abs(shape) / bit) % 2 === 1 ? [column] : []));

/** Some columns of a table with their values. */
interface Part {
  shape: number;
  values: unknown[];
  /** Values that refer to blobs; null in the usual case of none. */
  named: string[] | null;
}

/**
 * Of a whole row the columns that have a value, of a patch those that are set, also to null; in the order of the table, so
 * that changes of the same columns share a statement. Their values are added to `values`.
 */
function partOf(table: AnyTable, whole: boolean, fields: object, values: unknown[]): Part {
  const given = fields as Record<string, unknown>;
  let shape = noColumns;
  let named: string[] | null = null;
  for (const { column, type, bit, mayName } of columnsOf(table)) {
    const value = given[column];
    if (value === undefined || (whole && value === null)) continue;
    const written = cell(value, type);
    shape += bit;
    values.push(written);
    if (mayName && typeof written === 'string' && mayNameBlobs(written)) {
      named ??= [];
      named.push(written);
    }
  }
  return { shape: whole ? shape : -shape, values, named };
}

function nameBlobs(table: AnyTable, key: object, named: readonly string[], also: (change: Change) => void): void {
  const holder = holderOf(table.name, Reflect.get(key, table.blobs?.holder ?? ''));
  for (const text of named) for (const sha256 of blobsIn(text)) also(put(blobNames, { sha256, holder }));
}

interface NumberedColumn {
  column: string;
  type: ColumnType;
  bit: number;
  /** Whether its values may refer to blobs. */
  mayName: boolean;
}
/** As many bits as a number holds exactly. */
const mostColumns = 53;
const known = new WeakMap<AnyTable, readonly NumberedColumn[]>();
function columnsOf(table: AnyTable): readonly NumberedColumn[] {
  const before = known.get(table);
  if (before !== undefined) return before;
  const columns = Object.entries<ColumnType>(table.columns).map(([column, type], index) => ({
    ...{ column, type },
    bit: 2 ** index,
    mayName: (table.blobs?.in as readonly string[] | undefined)?.includes(column) === true,
  }));
  if (columns.length > mostColumns) throw new TypeError(`${table.name} has more than ${mostColumns} columns`);
  known.set(table, columns);
  return columns;
}

function keyOf(table: AnyTable, row: object): unknown {
  const [first, ...others] = table.key as readonly string[];
  if (first === undefined) throw new TypeError(`${table.name} has no key`);
  for (const column of table.key) {
    const part = (row as Record<string, unknown>)[column];
    if (part === undefined || part === null) throw new TypeError(`A change of ${table.name} lacks ${column}`);
  }
  if (others.length === 0) return (row as Record<string, unknown>)[first];
  return JSON.stringify(keyValues(table, row));
}

const keyValues = (table: AnyTable, row: object): unknown[] =>
  (table.key as readonly string[]).map((column) => Reflect.get(row, column));

function joinable(buckets: readonly Bucket[], shape: number, key: unknown): Map<unknown, unknown[]> | null {
  let found: Map<unknown, unknown[]> | null = null;
  for (let index = buckets.length - 1; index >= 0; index -= 1) {
    const bucket = buckets[index];
    if (bucket === undefined || bucket.rows === null) break;
    if (bucket.shape === shape) found = bucket.rows;
    if (bucket.rows.has(key)) break;
  }
  return found;
}
