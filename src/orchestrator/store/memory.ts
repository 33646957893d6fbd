import { blobsIn, holderOf } from './blob-names.ts';
import { type Change, put, type Query, type Store, type Table, type Where } from './store.ts';
import { blobNames } from './tables/history.ts';

/** A store that keeps everything in memory and forgets it; for tests, held to the same contract as the real one. */
export function createMemoryStore(): Store {
  const tables = new Map<string, Map<string, object>>();
  const rowsOf = (table: { name: string }) => {
    const rows = tables.get(table.name) ?? new Map<string, object>();
    tables.set(table.name, rows);
    return rows;
  };
  const matching = <Row extends object>(table: Table<Row>, where: Where<Row>) =>
    [...(rowsOf(table) as Map<string, Row>).values()].filter((row) => matches(row, where));
  let closed = false;

  return {
    async commit(changes) {
      if (closed) throw new Error('The store is closed');
      for (const change of changes) check(change);
      for (const change of changes) {
        apply(rowsOf(change.table), change);
        for (const name of namesIn(change)) apply(rowsOf(blobNames as unknown as Table<object>), name);
      }
    },
    get: async (table, key) => structuredClone(matching(table, key as never)[0] ?? null),
    list: async (table, query) => structuredClone(page(table, matching(table, query.where ?? {}), query)),
    count: async (table, where) => matching(table, where).length,
    max: async (table, column, where) =>
      matching(table, where).reduce((most, row) => Math.max(most, Number(row[column] ?? 0)), 0),
    sum: async (table, column, where) =>
      matching(table, where).reduce((total, row) => total + Number(row[column] ?? 0), 0),
    copyTo: null,
    async close() {
      closed = true;
    },
  };
}

const keyOf = (table: Table<object>, row: object) =>
  JSON.stringify(table.key.map((column) => Reflect.get(row, column)));

function check(change: Change): void {
  if (change.op === 'remove') return;
  const row = change.op === 'put' ? change.row : change.key;
  for (const column of change.table.key as readonly string[]) {
    if (Reflect.get(row, column) == null) throw new TypeError(`A change of ${change.table.name} lacks ${column}`);
  }
}

function apply(rows: Map<string, object>, change: Change): void {
  if (change.op === 'remove') {
    const { before, limit = Number.POSITIVE_INFINITY } = change;
    let left = limit;
    for (const [key, row] of rows) {
      if (left <= 0) return;
      if (!matches(row, change.where) || !isBelow(row, before)) continue;
      rows.delete(key);
      left -= 1;
    }
    return;
  }
  const key = keyOf(change.table, change.op === 'put' ? change.row : change.key);
  const before = change.op === 'put' ? {} : rows.get(key);
  if (before === undefined) return;
  rows.set(key, stored(change.table, { ...before, ...defined(change.op === 'put' ? change.row : change.set) }));
}

const defined = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** A row as a database gives it back: every column, JSON values copied. */
function stored(table: Table<object>, row: object): object {
  const columns = Object.keys(table.columns).map((column) => [column, Reflect.get(row, column) ?? null]);
  return JSON.parse(JSON.stringify(Object.fromEntries(columns)));
}

function matches<Row extends object>(row: Row, where: Where<Row>): boolean {
  return Object.entries(where).every(([column, wanted]) => {
    if (wanted === undefined) return true;
    const value: unknown = Reflect.get(row, column);
    return Array.isArray(wanted) ? wanted.includes(value) : value === wanted;
  });
}

/** As in SQL a missing value is below nothing. */
function isBelow(row: object, bound: { column: string; value: string | number } | undefined): boolean {
  if (bound === undefined) return true;
  const value: unknown = Reflect.get(row, bound.column);
  return value !== null && compare(value, bound.value) < 0;
}

/** The names that a change gives to blobs (blob-names.ts). */
function namesIn(change: Change): Change[] {
  const blobs = change.table.blobs as { holder: string; in: readonly string[] } | undefined;
  if (change.op === 'remove' || blobs === undefined) return [];
  const [fields, key] = change.op === 'put' ? [change.row, change.row] : [change.set, change.key];
  const texts = blobs.in.map((column) => JSON.stringify(Reflect.get(fields, column)) ?? '');
  const holder = holderOf(change.table.name, Reflect.get(key, blobs.holder));
  return texts.flatMap(blobsIn).map((sha256) => put(blobNames, { sha256, holder }));
}

function page<Row extends object>(table: Table<Row>, rows: readonly Row[], query: Query<Row>): Row[] {
  const sign = query.order?.direction === 'down' ? -1 : 1;
  const { after, before, order } = query;
  const past =
    after === undefined
      ? rows
      : rows.filter((row) => row[after.column] !== null && sign * compare(row[after.column], after.value) > 0);
  const beyond = past.filter((row) => isBelow(row, before));
  const columns = order === undefined ? [] : [order.by, ...table.key];
  const ordered = beyond.toSorted((left, right) => {
    for (const column of columns) {
      const difference = sign * compare(left[column], right[column]);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return ordered.slice(0, query.limit ?? ordered.length);
}

/** As SQLite orders: null first, then numbers, then text by code point. */
function compare(left: unknown, right: unknown): number {
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  if (typeof left === 'string' && typeof right === 'string')
    return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return Number(left) - Number(right);
}
