/** Turns many changes into few statements: one per table and kind of change, wherever the order allows it. Pure. */
import { blobsIn, holderOf, mayNameBlobs } from './blob-names.ts';
import { type AnyTable, cell, patchSql, putSql, removeSql, type Statement } from './sql.ts';
import { type Change, type ColumnType, put } from './store.ts';
import { blobNames } from './tables/history.ts';

type Bucket = Rows | { readonly shape: typeof removal; readonly rows: null; readonly statement: Statement };
interface Rows {
  readonly shape: number;
  readonly table: AnyTable;
  /** Rows by key; a later change of the same shape and key takes the place of the earlier one. */
  readonly rows: Map<unknown, unknown[]>;
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
  return [...byTable.values()].flat().map((bucket) => (bucket.rows === null ? bucket.statement : statementOf(bucket)));
}

/** From so many rows on it is looked for what they share; fewer are not worth a statement text of their own. */
const worthSharing = 8;

/**
 * Rows that come in bulk are mostly alike: what all of them have in common is said once, which halves what SQLite has to
 * read of a group of jobs.
 */
function statementOf({ shape, table, rows: byKey }: Rows): Statement {
  const rows = [...byKey.values()];
  const whole = shape > 0;
  const columns = columnsIn(table, shape);
  const keys = whole ? 0 : table.key.length;
  const shared = rows.length < worthSharing ? [] : sharedIn(rows, keys);
  const which = new Set(shared.map(({ index }) => index - keys));
  if (shared.length > 0) leaveOut(rows, new Set(shared.map(({ index }) => index)));
  return {
    sql: whole ? putSql(table, columns, which) : patchSql(table, columns, which),
    params: [...shared.map(({ value }) => value), Buffer.from(JSON.stringify(rows))],
  };
}

/** The values that are the same in all rows, by their place in them, from that place on. */
function sharedIn(rows: readonly (readonly unknown[])[], from: number): { index: number; value: string | number }[] {
  const [first = []] = rows;
  return first.flatMap((value, index) =>
    index >= from && isPlain(value) && rows.every((row) => row[index] === value) ? [{ index, value }] : [],
  );
}

/** The binding takes whole numbers of 32 bits as such; what is larger, as times are, it would take for a real number. */
const isPlain = (value: unknown): value is string | number =>
  typeof value === 'string' || (typeof value === 'number' && value === (value | 0));

function leaveOut(rows: readonly unknown[][], places: ReadonlySet<number>): void {
  const kept = [...(rows[0]?.keys() ?? [])].filter((index) => !places.has(index));
  for (const row of rows) {
    for (let to = 0; to < kept.length; to += 1) row[to] = row[kept[to] ?? to];
    row.length = kept.length;
  }
}

/** `also` is handed what follows from the change: the names that it gives to blobs. */
function place(change: Change, buckets: Bucket[], also: (change: Change) => void): void {
  if (change.op === 'remove') {
    buckets.push({ shape: removal, rows: null, statement: removeSql(change.table, change.where, change) });
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
  else buckets.push({ shape, table, rows: new Map([[key, values]]) });
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
