/**
 * What the orchestrator keeps, and how it is asked for. Services know this file only; main.ts picks a backend, and one
 * contract suite holds every backend to it.
 */

/** How a column is stored. `json` holds any JSON value; `boolean` is 0 or 1 in SQLite. */
export type ColumnType = 'text' | 'integer' | 'real' | 'boolean' | 'json';

/** A table: its columns with their types, and the columns that identify a row. */
export interface Table<Row extends object> {
  readonly name: string;
  readonly columns: Readonly<Record<keyof Row & string, ColumnType>>;
  readonly key: readonly (keyof Row & string)[];
  /**
   * For tables whose values may hold references to blobs (`{ $blob }`): in which columns, and the column of the key that
   * identifies what they go with. At every commit the store notes by itself which blobs a row names (files/sweep.ts).
   */
  readonly blobs?: { readonly holder: keyof Row & string; readonly in: readonly (keyof Row & string)[] };
}

export type Where<Row> = { readonly [Column in keyof Row]?: Row[Column] | readonly Row[Column][] };

export interface Bound<Row> {
  readonly column: keyof Row & string;
  readonly value: string | number;
}

/** A question with equality filters (an array means "any of"), one order and a limit; no joins. */
export interface Query<Row> {
  readonly where?: Where<Row>;
  /** Rows beyond this value of the ordering column, for paging; not included itself. */
  readonly after?: Bound<Row>;
  /** Only rows below this value of a column. */
  readonly before?: Bound<Row>;
  readonly order?: { readonly by: keyof Row & string; readonly direction: 'up' | 'down' };
  readonly limit?: number;
}

/** One change of one row. `put` inserts or replaces the whole row; `patch` of a row that is not there does nothing. */
export type Change =
  | { readonly op: 'put'; readonly table: Table<object>; readonly row: object }
  | { readonly op: 'patch'; readonly table: Table<object>; readonly key: object; readonly set: object }
  | ({ readonly op: 'remove'; readonly table: Table<object>; readonly where: object } & RemoveBounds);

/** Narrows a removal to rows below a value, and to so many at most (whichever come first). */
export interface RemoveBounds {
  readonly before?: { readonly column: string; readonly value: string | number };
  readonly limit?: number;
}

export interface Store {
  /**
   * Hands in changes that become durable together; resolves after the commit. Calls close together share one
   * transaction, in the order of the calls. Rejects (and keeps nothing of this call) on a disk that is full.
   */
  commit(changes: readonly Change[]): Promise<void>;
  get<Row extends object>(table: Table<Row>, key: Partial<Row>): Promise<Row | null>;
  list<Row extends object>(table: Table<Row>, query: Query<Row>): Promise<Row[]>;
  count<Row extends object>(table: Table<Row>, where: Where<Row>): Promise<number>;
  /** The largest value of a numeric column among the rows that match; 0 where there is none. */
  max<Row extends object>(table: Table<Row>, column: keyof Row & string, where: Where<Row>): Promise<number>;
  /** The sum of a numeric column over the rows that match. */
  sum<Row extends object>(table: Table<Row>, column: keyof Row & string, where: Where<Row>): Promise<number>;
  /**
   * Writes a copy of all tables, as they are at one moment, beside the commits; answers their schema. Null where the store
   * keeps nothing. Rejects `disk_full`.
   */
  readonly copyTo: ((file: string) => Promise<{ schema: number }>) | null;
  close(): Promise<void>;
}

export function table<Row extends object>(definition: Table<Row>): Table<Row> {
  return definition;
}

export function put<Row extends object>(into: Table<Row>, row: Row): Change {
  return { op: 'put', table: into as unknown as Table<object>, row };
}

export function patch<Row extends object>(into: Table<Row>, key: Partial<Row>, set: Partial<Row>): Change {
  return { op: 'patch', table: into as unknown as Table<object>, key, set };
}

export function remove<Row extends object>(
  from: Table<Row>,
  where: Where<Row>,
  bounds: { before?: Bound<Row>; limit?: number } = {},
): Change {
  return { op: 'remove', table: from as unknown as Table<object>, where, ...bounds };
}

const texts = new WeakMap<object, string>();

/** Marks a JSON value that many rows share and nobody changes; it is written out once. */
export function constant<Value extends object>(value: Value): Value {
  texts.set(value, JSON.stringify(value));
  return Object.freeze(value);
}

export function constantText(value: object): string | undefined {
  return texts.get(value);
}
