import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { backupFiles } from '../../shared/model/backup.ts';
import { keepCheckpointing } from './checkpoints.ts';
import { createCommitQueue } from './commit-queue.ts';
import { type Connection, isInterrupted, openConnection } from './connection.ts';
import { refuseEmptyStart, setAside } from './damage.ts';
import { migrations as released } from './migrations/all.ts';
import type { Migration } from './migrations/migrations.ts';
import { type AnyTable, aggregateSql, decode, maxOf, selectSql, sumOf } from './sql.ts';
import type { Query, Store, Table } from './store.ts';

export const databaseFile = backupFiles.database;

/** The part of a logger that the store needs. */
export interface StoreLog {
  info(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface SqliteStoreOptions {
  /** The data folder; it is made where it is missing. */
  folder: string;
  clock: Clock;
  log: StoreLog;
  /** Milliseconds that the search for damage may take at the start; for tests. */
  checkFor?: number;
  /** For tests of migrations. */
  migrations?: readonly Migration[];
}

/**
 * Opens the database in `<folder>/otherthing.db`: checks it, backs it up before a migration, migrates it.
 * Rejects `store_newer`, `store_unwritable`, and `store_corrupt` after setting the damaged file aside (it is never overwritten).
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  await mkdir(options.folder, { recursive: true });
  const path = join(options.folder, databaseFile);
  const writer = await openChecked(path, options);
  try {
    await writer.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864');
    await migrate(writer, options);
  } catch (error) {
    await writer.close();
    throw error;
  }
  const readers = await Promise.all([openConnection(path, 'read'), openConnection(path, 'read')]);
  const stopCheckpoints = await keepCheckpointing(path, writer);
  return createStore(writer, readers, stopCheckpoints, (to) => copyDatabase(path, to));
}

/** On a connection of its own, which reads one moment however long it takes, and waits for nobody. */
async function copyDatabase(path: string, to: string): Promise<{ schema: number }> {
  const reader = await openConnection(path, 'read');
  try {
    await reader.run('VACUUM INTO ?', [to]);
  } finally {
    await reader.close();
  }
  await syncFile(to);
  const copy = await openConnection(to, 'read');
  try {
    const [row] = await copy.all('PRAGMA user_version');
    return { schema: Number(row?.['user_version'] ?? 0) };
  } finally {
    await copy.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}

async function openChecked(path: string, options: SqliteStoreOptions): Promise<Connection> {
  await refuseEmptyStart(path);
  try {
    return await openWhole(path, options.checkFor ?? checkFor);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store_corrupt') throw error;
    return setAside(path, options.clock.now(), error, (aside) =>
      options.log.error({ err: error, aside }, 'The database is damaged and was set aside'),
    );
  }
}

async function openWhole(path: string, patience: number): Promise<Connection> {
  const writer = await openConnection(path, 'write');
  try {
    const answer = await checkUpTo(writer, patience);
    if (answer !== 'ok') throw new AppError('store_corrupt', answer);
    return writer;
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** Milliseconds for which the start may be spent on looking for damage: some 500 MB. */
const checkFor = 1_000;

/** What is wrong with the pages of the database, or `ok`; also where nothing was found in the time there was. */
async function checkUpTo(connection: Connection, patience: number): Promise<string> {
  // So that a file that is no database is seen even where there is no time for more.
  await connection.all('SELECT count(*) FROM sqlite_schema');
  const timer = setTimeout(() => connection.interrupt(), patience);
  try {
    const [answer] = await connection.all('PRAGMA quick_check(1)');
    return String(answer?.['quick_check'] ?? 'ok');
  } catch (error) {
    if (isInterrupted(error)) return 'ok';
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function migrate(writer: Connection, { folder, clock, log, migrations = released }: SqliteStoreOptions) {
  const [row] = await writer.all('PRAGMA user_version');
  const current = Number(row?.['user_version'] ?? 0);
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new AppError('store_newer', `The data folder has schema ${current}; this version knows ${newest}`);
  }
  const pending = migrations.filter(({ version }) => version > current);
  if (pending.length > 0 && current > 0)
    await backUp(writer, join(folder, 'backups'), `schema-${current}-${clock.now()}`);
  for (const { version, name, sql } of pending) {
    await writer
      .exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version=${version}; COMMIT`)
      .catch(async (error: unknown) => {
        await writer.exec('ROLLBACK').catch(() => undefined);
        throw error;
      });
    log.info({ version, name }, 'Migrated the database');
  }
}

async function backUp(writer: Connection, folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writer.run('VACUUM INTO ?', [join(folder, `${name}.db`)]);
}

function createStore(
  writer: Connection,
  readers: readonly Connection[],
  stopCheckpoints: () => Promise<void>,
  copyTo: Store['copyTo'],
): Store {
  const queue = createCommitQueue(writer);
  let turn = 0;
  const ask = async (table: AnyTable, statement: { sql: string; params: readonly unknown[] }) => {
    turn = (turn + 1) % readers.length;
    const reader = readers[turn];
    if (reader === undefined) throw new Error(`Nobody reads ${table.name}`);
    return reader.all(statement.sql, statement.params);
  };
  const list = async <Row extends object>(table: Table<Row>, query: Query<Row>): Promise<Row[]> => {
    const any = table as unknown as AnyTable;
    const rows = await ask(any, selectSql(any, query as Query<Record<string, unknown>>));
    return rows.map((row) => decode(table, row));
  };
  const aggregate = async (table: AnyTable, expression: string, where: object): Promise<number> => {
    const [row] = await ask(table, aggregateSql(table, expression, where));
    return Number(row?.['answer'] ?? 0);
  };
  return {
    commit: queue.commit,
    list,
    get: async (table, key) => (await list(table, { where: key, limit: 1 }))[0] ?? null,
    count: (table, where) => aggregate(table as unknown as AnyTable, 'count(*)', where),
    max: (table, column, where) => aggregate(table as unknown as AnyTable, maxOf(column), where),
    sum: (table, column, where) => aggregate(table as unknown as AnyTable, sumOf(column), where),
    copyTo,
    async close() {
      await queue.close();
      await stopCheckpoints();
      await Promise.all(readers.map((reader) => reader.close()));
      await writer.close();
    },
  };
}
