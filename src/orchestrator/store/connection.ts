/** A thin promise around the sqlite3 binding: prepared statements by their text, errors as errors. */
import sqlite3 from 'sqlite3';
import { AppError } from '../../shared/errors.ts';

export interface Connection {
  /** Rows of a query. Statements are prepared once per text; a result is always read to its end, which frees the snapshot. */
  all(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  run(sql: string, params?: readonly unknown[]): Promise<void>;
  /** Several statements, not prepared. */
  exec(sql: string): Promise<void>;
  /** Loads an extension of SQLite from a file of the program. */
  loadExtension(path: string): Promise<void>;
  /** Ends what is being executed, with an error that `isInterrupted` knows. */
  interrupt(): void;
  close(): Promise<void>;
}

export const isInterrupted = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_INTERRUPT';

export const busyTimeout = 5_000;
/** Texts are few, because values are parameters; the bound holds even if that were forgotten somewhere. */
const maxPrepared = 500;

export async function openConnection(path: string, mode: 'write' | 'read'): Promise<Connection> {
  const flags = mode === 'write' ? sqlite3.OPEN_READWRITE | sqlite3.OPEN_CREATE : sqlite3.OPEN_READONLY;
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, flags, (error) => (error ? reject(toError(error)) : resolve(opened)));
  });
  const connection = wrap(database);
  await connection.exec(`PRAGMA busy_timeout=${busyTimeout}`);
  return connection;
}

function wrap(database: sqlite3.Database): Connection {
  // Promises, so that a text that is asked for twice at once is prepared once: a statement nobody knows keeps `close` from closing.
  const prepared = new Map<string, Promise<sqlite3.Statement>>();
  const prepare = (sql: string): Promise<sqlite3.Statement> => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = new Promise<sqlite3.Statement>((resolve, reject) => {
      const statement = database.prepare(sql, (error) => (error ? reject(toError(error)) : resolve(statement)));
    });
    const oldest = prepared.size >= maxPrepared ? prepared.entries().next().value : undefined;
    if (oldest !== undefined) {
      prepared.delete(oldest[0]);
      oldest[1].then((statement) => statement.finalize()).catch(() => undefined);
    }
    prepared.set(sql, made);
    made.catch(() => prepared.delete(sql));
    return made;
  };
  return {
    async all(sql, params = []) {
      const statement = await prepare(sql);
      return new Promise((resolve, reject) => {
        statement.all<Record<string, unknown>>(params, (error, rows) =>
          error ? reject(toError(error)) : resolve(rows),
        );
      });
    },
    async run(sql, params = []) {
      const statement = await prepare(sql);
      return new Promise((resolve, reject) => {
        statement.run(params, (error) => (error ? reject(toError(error)) : resolve()));
      });
    },
    exec: (sql) =>
      new Promise((resolve, reject) => {
        database.exec(sql, (error) => (error ? reject(toError(error)) : resolve()));
      }),
    loadExtension: (path) =>
      new Promise((resolve, reject) => {
        database.loadExtension(path, (error) => (error ? reject(toError(error)) : resolve()));
      }),
    interrupt: () => database.interrupt(),
    async close() {
      const statements = await Promise.allSettled(prepared.values());
      const open = statements.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      await Promise.all(open.map((statement) => new Promise((done) => statement.finalize(done))));
      prepared.clear();
      await new Promise<void>((resolve, reject) => {
        database.close((error) => (error ? reject(toError(error)) : resolve()));
      });
    },
  };
}

function toError(error: Error & { code?: string }): Error {
  if (error.code === 'SQLITE_FULL') return new AppError('disk_full', undefined, { cause: error });
  if (error.code === 'SQLITE_CORRUPT' || error.code === 'SQLITE_NOTADB') {
    return new AppError('store_corrupt', error.message, { cause: error });
  }
  if (error.code === 'SQLITE_READONLY' || error.code === 'SQLITE_CANTOPEN' || error.code === 'SQLITE_PERM') {
    return new AppError('store_unwritable', error.message, { cause: error });
  }
  return error;
}
