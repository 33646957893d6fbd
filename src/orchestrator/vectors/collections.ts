/**
 * Collections of texts with their embeddings: one SQLite file per workspace beside the main database, so that nobody's
 * commit waits for a large one, searched by sqlite-vec on the threads of the binding. Search is exact: it looks at every
 * embedding of the collection (100,000 of 384 numbers: about 150 ms).
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { outsideArchive } from '../../platform/paths.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import {
  type Collection,
  type VectorFilter,
  type VectorMatch,
  type VectorSearch,
  type VectorUpsert,
  vectorLimits,
} from '../../shared/model/vectors.ts';
import { type Connection, openConnection } from '../store/connection.ts';
import { createTurns } from '../turns.ts';

export interface Collections {
  list(workspaceId: string): Promise<Collection[]>;
  /** Makes the collection where there is none. Rejects a VectorFault. */
  upsert(
    workspaceId: string,
    upsert: VectorUpsert,
    signal: AbortSignal,
  ): Promise<{ written: number; collection: Collection }>;
  /** The nearest first. Rejects a VectorFault. */
  search(workspaceId: string, search: VectorSearch): Promise<VectorMatch[]>;
  /** Nothing where there is none. */
  delete(workspaceId: string, name: string): Promise<void>;
  /** Removes all that a workspace has. */
  forget(workspaceId: string): Promise<void>;
  /** Copies what each workspace has into a folder, one after the other, each as it is at one moment. Answers the ids. */
  copyTo(folder: string): Promise<string[]>;
  /** What all of it takes on the disk, in bytes. */
  size(): Promise<number>;
  stop(): Promise<void>;
}

/** Why a collection did not do what was asked, with the next step. */
export class VectorFault extends Error {
  readonly code: 'collection_missing' | 'dimensions_differ' | 'vectors_unavailable' | 'collections_full' | 'cancelled';

  constructor(code: VectorFault['code'], message: string) {
    super(message);
    this.name = 'VectorFault';
    this.code = code;
  }
}

/** `item` holds what is read of a match; embeddings lie in a table of their own, which a search reads from end to end. */
const schema = `
PRAGMA journal_mode=WAL;
PRAGMA synchronous=FULL;
CREATE TABLE IF NOT EXISTS collections (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, dimensions INTEGER NOT NULL, createdAt INTEGER NOT NULL
);`;
const tablesOf = (id: number) => `
CREATE TABLE items_${id} (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, source TEXT, text TEXT NOT NULL, metadata TEXT NOT NULL);
CREATE INDEX sources_${id} ON items_${id} (source) WHERE source IS NOT NULL;
CREATE TABLE vectors_${id} (id INTEGER PRIMARY KEY, vector BLOB NOT NULL);`;

const ending = '.db';

/** Workspaces that have a file; none where there never was a collection. */
async function workspacesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
}

/** Embeddings of one statement; they travel as JSON. */
const itemsAtOnce = 100;

interface Row {
  id: number;
  name: string;
  dimensions: number;
  createdAt: number;
}

export function createCollections({ folder, clock }: { folder: string; clock: Clock }): Collections {
  const turns = createTurns();
  const open = new Map<string, Promise<Connection>>();
  const fileOf = (workspaceId: string) => join(folder, `${workspaceId}${ending}`);

  const connect = (workspaceId: string): Promise<Connection> => {
    const known = open.get(workspaceId);
    if (known !== undefined) return known;
    const opening = openVectors(folder, fileOf(workspaceId));
    open.set(workspaceId, opening);
    opening.catch(() => open.delete(workspaceId));
    return opening;
  };
  const close = async (workspaceId: string) => {
    const connection = await open.get(workspaceId)?.catch(() => null);
    open.delete(workspaceId);
    await connection?.close();
  };
  const inTurn = <Value>(workspaceId: string, act: (connection: Connection) => Promise<Value>): Promise<Value> =>
    turns.take(workspaceId, async () => act(await connect(workspaceId)));

  return {
    list: (workspaceId) =>
      inTurn(workspaceId, async (connection) => {
        const rows = (await connection.all('SELECT * FROM collections ORDER BY name')) as unknown as Row[];
        return Promise.all(rows.map((row) => withSize(connection, row)));
      }),

    upsert: (workspaceId, upsert, signal) =>
      inTurn(workspaceId, (connection) =>
        inTransaction(connection, async () => {
          const row = await wanted(connection, upsert, clock.now());
          await write(connection, row, upsert, signal);
          return { written: upsert.items.length, collection: await withSize(connection, row) };
        }),
      ),

    search: (workspaceId, search) =>
      inTurn(workspaceId, async (connection) => {
        const row = await find(connection, search.collection);
        if (row === null) throw missing(search.collection);
        fits(row, search.vector.length);
        return nearest(connection, row, search);
      }),

    delete: (workspaceId, name) =>
      inTurn(workspaceId, async (connection) => {
        const row = await find(connection, name);
        if (row === null) return;
        await inTransaction(connection, async () => {
          await connection.exec(`DROP TABLE items_${row.id}; DROP TABLE vectors_${row.id}`);
          await connection.run('DELETE FROM collections WHERE id = ?', [row.id]);
        });
        await connection.exec('VACUUM');
      }),

    forget: (workspaceId) =>
      turns.take(workspaceId, async () => {
        await close(workspaceId);
        const file = fileOf(workspaceId);
        for (const part of ['', '-wal', '-shm']) await rm(file + part, { force: true, maxRetries: 3 });
      }),

    async copyTo(into) {
      const ids = await workspacesIn(folder);
      if (ids.length > 0) await mkdir(into, { recursive: true, mode: 0o700 });
      for (const id of ids) {
        const copy = join(into, `${id}${ending}`);
        await inTurn(id, (connection) => connection.run('VACUUM INTO ?', [copy]));
      }
      return ids;
    },

    async size() {
      const sizes = (await workspacesIn(folder)).map(async (id) => (await stat(fileOf(id))).size);
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    },

    async stop() {
      await Promise.all([...open.keys()].map((workspaceId) => turns.take(workspaceId, () => close(workspaceId))));
    },
  };
}

async function openVectors(folder: string, file: string): Promise<Connection> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const connection = await openConnection(file, 'write');
  try {
    const { getLoadablePath } = await import('sqlite-vec');
    await connection.loadExtension(outsideArchive(getLoadablePath()));
    await connection.exec(schema);
    return connection;
  } catch (error) {
    await connection.close();
    const words =
      'Embeddings cannot be searched on the machine of this host. Use a host on Linux, macOS or Windows on x64.';
    throw error instanceof AppError ? error : new VectorFault('vectors_unavailable', words);
  }
}

async function inTransaction<Value>(connection: Connection, act: () => Promise<Value>): Promise<Value> {
  await connection.exec('BEGIN IMMEDIATE');
  try {
    const value = await act();
    await connection.exec('COMMIT');
    return value;
  } catch (error) {
    await connection.exec('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function find(connection: Connection, name: string): Promise<Row | null> {
  const [row] = await connection.all('SELECT * FROM collections WHERE name = ?', [name]);
  return (row as unknown as Row | undefined) ?? null;
}

async function wanted(connection: Connection, { collection, items }: VectorUpsert, now: number): Promise<Row> {
  const known = await find(connection, collection);
  const dimensions = known?.dimensions ?? items[0]?.vector.length;
  if (dimensions === undefined) throw missing(collection);
  for (const { vector } of items) fits({ name: collection, dimensions }, vector.length);
  if (known !== null) return known;
  const [count] = await connection.all('SELECT count(*) AS n FROM collections');
  if (Number(count?.['n']) >= vectorLimits.collections)
    throw new VectorFault('collections_full', `There are ${vectorLimits.collections} collections. Delete some.`);
  await connection.run('INSERT INTO collections (name, dimensions, createdAt) VALUES (?, ?, ?)', [
    collection,
    dimensions,
    now,
  ]);
  const row = (await find(connection, collection)) as Row;
  await connection.exec(tablesOf(row.id));
  return row;
}

/** The same item of the same source lies there once, however often it is written: a job may run twice (J2). */
const keyOf = (source: string | undefined, text: string, metadata: object) =>
  createHash('sha256')
    .update(JSON.stringify([source ?? null, text, metadata]))
    .digest('base64url');

async function write(
  connection: Connection,
  { id }: Row,
  { source, items }: VectorUpsert,
  signal: AbortSignal,
): Promise<void> {
  if (source !== undefined) {
    await connection.run(`DELETE FROM vectors_${id} WHERE id IN (SELECT id FROM items_${id} WHERE source = ?)`, [
      source,
    ]);
    await connection.run(`DELETE FROM items_${id} WHERE source = ?`, [source]);
  }
  for (let at = 0; at < items.length; at += itemsAtOnce) {
    if (signal.aborted) throw new VectorFault('cancelled', 'It was cancelled');
    const part = items.slice(at, at + itemsAtOnce).map((item) => ({
      ...item,
      metadata: JSON.stringify(item.metadata),
      key: keyOf(source, item.text, item.metadata),
    }));
    const json = JSON.stringify(part);
    await connection.run(
      `INSERT INTO items_${id} (key, source, text, metadata)
       SELECT value->>'key', ?, value->>'text', value->>'metadata' FROM json_each(?) WHERE true
       ON CONFLICT (key) DO NOTHING`,
      [source ?? null, json],
    );
    await connection.run(
      `INSERT OR REPLACE INTO vectors_${id} (id, vector)
       SELECT item.id, vec_f32(value->>'vector') FROM json_each(?) JOIN items_${id} item ON item.key = value->>'key'`,
      [json],
    );
  }
}

const distanceIn = { cosine: 'vec_distance_cosine', euclidean: 'vec_distance_l2' } as const;
const operators = { is: '=', is_not: 'IS NOT', more: '>', at_least: '>=', less: '<', at_most: '<=' } as const;

async function nearest(connection: Connection, { id }: Row, search: VectorSearch): Promise<VectorMatch[]> {
  const { vector, top, distance, within, filter = [] } = search;
  const conditions = filter.map(conditionOf);
  const from =
    conditions.length === 0
      ? `vectors_${id} v`
      : `items_${id} i JOIN vectors_${id} v ON v.id = i.id WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  // A vector of zeros has no direction, so no distance by cosine.
  const rows = await connection.all(
    `SELECT near.distance, item.source, item.text, item.metadata
     FROM (SELECT * FROM (SELECT v.id AS id, ${distanceIn[distance]}(v.vector, vec_f32(?)) AS distance FROM ${from})
           WHERE distance IS NOT NULL AND (? IS NULL OR distance <= ?) ORDER BY distance, id LIMIT ?) near
     JOIN items_${id} item ON item.id = near.id ORDER BY near.distance, near.id`,
    [JSON.stringify(vector), ...conditions.flatMap(({ values }) => values), within ?? null, within ?? null, top],
  );
  return rows.map((row) => ({
    text: String(row['text']),
    distance: Number(row['distance']),
    source: row['source'] === null ? null : String(row['source']),
    metadata: JSON.parse(String(row['metadata'])) as VectorMatch['metadata'],
  }));
}

function conditionOf({ field, is, value }: VectorFilter): { sql: string; values: unknown[] } {
  const path = field === 'source' ? [] : [`$.${field}`];
  const left = field === 'source' ? 'i.source' : 'i.metadata ->> ?';
  const right = typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : String(value ?? '');
  if (is === 'contains') return { sql: `instr(${left}, ?) > 0`, values: [...path, String(right)] };
  // What is typed in is text; a number in the metadata is one all the same.
  const sides = typeof right === 'number' ? [`CAST(${left} AS REAL)`, '?'] : [`CAST(${left} AS TEXT)`, '?'];
  return { sql: sides.join(` ${operators[is]} `), values: [...path, right] };
}

async function withSize(connection: Connection, { id, name, dimensions, createdAt }: Row): Promise<Collection> {
  const [sums] = await connection.all(
    `SELECT count(*) AS items, coalesce(sum(length(CAST(text AS BLOB)) + length(CAST(metadata AS BLOB))), 0) AS bytes FROM items_${id}`,
  );
  const items = Number(sums?.['items']);
  return { name, items, dimensions, bytes: Number(sums?.['bytes']) + items * dimensions * 4, createdAt };
}

function missing(name: string): VectorFault {
  return new VectorFault('collection_missing', `There is no collection "${name}". Run a Vector upsert first.`);
}

function fits({ name, dimensions }: Pick<Row, 'name' | 'dimensions'>, length: number): void {
  if (length === dimensions) return;
  const words = `"${name}" holds embeddings of ${dimensions} numbers, this one has ${length}. Use the model that it was made with, or another collection.`;
  throw new VectorFault('dimensions_differ', words);
}
