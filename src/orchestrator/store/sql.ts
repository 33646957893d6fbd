/** Statement texts, and how values travel to and from SQLite. Pure: nothing here touches a database. */
import { type ColumnType, constantText, type Query, type RemoveBounds, type Table } from './store.ts';

export type AnyTable = Table<object>;
type Cell = string | number | null;

const quoted = (name: string) => `"${name}"`;
const typesOf = (table: AnyTable): Record<string, ColumnType> => table.columns;

/** A value as it travels in the JSON of a group. */
export function cell(value: unknown, type: ColumnType): Cell {
  if (value === undefined || value === null) return null;
  if (type === 'json') return jsonText(value);
  if (type === 'boolean') return value === true ? 1 : 0;
  return value as string | number;
}

const jsonText = (value: unknown) =>
  (typeof value === 'object' && value !== null && constantText(value)) || JSON.stringify(value);

/** Reads a row as SQLite gives it. */
export function decode<Row extends object>(table: Table<Row>, raw: Record<string, unknown>): Row {
  const row: Record<string, unknown> = raw;
  for (const [column, type] of Object.entries<ColumnType>(table.columns)) {
    const value = row[column];
    if (type === 'json') row[column] = typeof value === 'string' ? JSON.parse(value) : null;
    else if (type === 'boolean') row[column] = value === null ? null : value === 1;
  }
  return row as Row;
}

const extract = (index: number) => `json_extract(value,'$[${index}]')`;

/** The group's JSON, bound as UTF-8 bytes: the binding takes those over many times faster than a long string. */
const group = 'json_each(CAST(? AS TEXT))';

const none: ReadonlySet<number> = new Set();

/**
 * Inserts or replaces many rows. Its last parameter is a JSON array of arrays in the order of `columns`; those that are
 * left out become null: naming only what has a value saves a third of the work. Columns in `shared`, by their place among
 * `columns`, have the same value in all rows; they are parameters of their own, first, and not in the arrays.
 */
export function putSql(table: AnyTable, columns: readonly string[], shared = none): string {
  let next = 0;
  const values = columns.map((_, index) => {
    if (shared.has(index)) return '?';
    next += 1;
    return extract(next - 1);
  });
  return `INSERT OR REPLACE INTO ${quoted(table.name)} (${columns.map(quoted).join(',')}) SELECT ${values.join(',')} FROM ${group}`;
}

/** Sets columns of many rows. Its last parameter is a JSON array of [key…, value…]; `shared` as in `putSql`, among `set`. */
export function patchSql(table: AnyTable, set: readonly string[], shared = none): string {
  const keys = table.key as readonly string[];
  const own = set.filter((_, index) => !shared.has(index));
  const fields = [
    ...keys.map((_, index) => `${extract(index)} k${index}`),
    ...own.map((_, index) => `${extract(keys.length + index)} v${index}`),
  ];
  const assign = set
    .map((column, index) => `${quoted(column)}=${shared.has(index) ? '?' : `g.v${own.indexOf(column)}`}`)
    .join(',');
  const match = keys.map((column, index) => `${quoted(table.name)}.${quoted(column)}=g.k${index}`).join(' AND ');
  return `UPDATE ${quoted(table.name)} SET ${assign} FROM (SELECT ${fields.join(',')} FROM ${group}) g WHERE ${match}`;
}

export interface Statement {
  sql: string;
  params: (Cell | Buffer)[];
}

export function removeSql(table: AnyTable, where: object, { before, limit }: RemoveBounds = {}): Statement {
  const { sql, params } = conditions(table, where, before === undefined ? [] : [['<', before]]);
  const name = quoted(table.name);
  if (limit === undefined) return { sql: `DELETE FROM ${name}${sql}`, params };
  const key = (table.key as readonly string[]).map(quoted).join(',');
  const some = `DELETE FROM ${name} WHERE (${key}) IN (SELECT ${key} FROM ${name}${sql} LIMIT ?)`;
  return { sql: some, params: [...params, limit] };
}

export function selectSql(table: AnyTable, query: Query<Record<string, unknown>>): Statement {
  const beyond: BoundSql[] = [
    ...(query.after === undefined ? [] : [[query.order?.direction === 'down' ? '<' : '>', query.after] as const]),
    ...(query.before === undefined ? [] : [['<', query.before] as const]),
  ];
  const { sql, params } = conditions(table, query.where ?? {}, beyond);
  const direction = query.order?.direction === 'down' ? ' DESC' : '';
  const order =
    query.order === undefined ? [] : [query.order.by, ...table.key.filter((key) => key !== query.order?.by)];
  const ordered = order.length === 0 ? '' : ` ORDER BY ${order.map((column) => quoted(column) + direction).join(',')}`;
  const limited = query.limit === undefined ? '' : ' LIMIT ?';
  if (query.limit !== undefined) params.push(query.limit);
  const columns = Object.keys(table.columns).map(quoted).join(',');
  return { sql: `SELECT ${columns} FROM ${quoted(table.name)}${sql}${ordered}${limited}`, params };
}

export function aggregateSql(table: AnyTable, expression: string, where: object): Statement {
  const { sql, params } = conditions(table, where);
  return { sql: `SELECT ${expression} AS answer FROM ${quoted(table.name)}${sql}`, params };
}

export const maxOf = (column: string) => `coalesce(max(${quoted(column)}),0)`;
export const sumOf = (column: string) => `coalesce(sum(${quoted(column)}),0)`;

/**
 * Words such as states stand in the statement itself, so that SQLite sees that a partial index covers them;
 * everything else is a parameter.
 */
const plainWord = /^[a-z_]{1,20}$/;

type BoundSql = readonly ['<' | '>', { readonly column: string; readonly value: string | number }];

function conditions(table: AnyTable, where: object, bounds: readonly BoundSql[] = []): Statement {
  const params: Cell[] = [];
  const parts = Object.entries(where).flatMap(([column, value]) =>
    value === undefined ? [] : [condition(column, typesOf(table)[column], value, params)],
  );
  for (const [sign, { column, value }] of bounds) {
    parts.push(`${quoted(column)}${sign}?`);
    params.push(value);
  }
  return { sql: parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`, params };
}

function condition(column: string, type: ColumnType | undefined, value: unknown, params: Cell[]): string {
  if (type === undefined || type === 'json') throw new TypeError(`Cannot ask for ${column}`);
  if (value === null) return `${quoted(column)} IS NULL`;
  if (!Array.isArray(value)) {
    if (column === 'state' && plainWord.test(String(value))) return `${quoted(column)}='${String(value)}'`;
    params.push(cell(value, type));
    return `${quoted(column)}=?`;
  }
  return anyOf(column, type, value, params);
}

function anyOf(column: string, type: ColumnType, values: readonly unknown[], params: Cell[]): string {
  const given = values.filter((value) => value !== null);
  const orNull = given.length < values.length ? ` OR ${quoted(column)} IS NULL` : '';
  if (column === 'state' && given.length > 0 && given.every((value) => plainWord.test(String(value)))) {
    const words = [...new Set(given.map(String))].sort().map((word) => `'${word}'`);
    return `(${quoted(column)} IN (${words.join(',')})${orNull})`;
  }
  params.push(JSON.stringify(given.map((value) => cell(value, type))));
  return `(${quoted(column)} IN (SELECT value FROM json_each(?))${orNull})`;
}
