import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createCommitQueue } from './commit-queue.ts';
import { openConnection } from './connection.ts';
import { createMemoryStore } from './memory.ts';
import { first } from './migrations/001-first.ts';
import { migrations } from './migrations/all.ts';
import { createSqliteStore, databaseFile, type SqliteStoreOptions } from './sqlite.ts';
import { jobRow, storeContract } from './store.contract.ts';
import { type Change, patch, put, remove } from './store.ts';
import { jobs } from './tables.ts';

const folders: string[] = [];
async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-store-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const quiet = { info: () => undefined, error: () => undefined };
const open = (folder: string, more: Partial<SqliteStoreOptions> = {}) =>
  createSqliteStore({ folder, clock: { now: () => 42 }, log: quiet, ...more });

storeContract(async () => open(await newFolder()));

test('J8: any grouping of changes has the effect of the changes one by one', async () => {
  const id = fc.constantFrom('a', 'b', 'c').map((name) => `job-${name}`);
  const change: fc.Arbitrary<Change> = fc.oneof(
    fc.tuple(id, fc.string()).map(([key, label]) => put(jobs, jobRow(key, { label }))),
    fc.tuple(id, fc.string()).map(([key, label]) => patch(jobs, { id: key }, { label })),
    fc.tuple(id, fc.nat()).map(([key, priority]) => patch(jobs, { id: key }, { priority })),
    fc
      .tuple(id, fc.nat(), fc.jsonValue())
      .map(([key, priority, result]) => patch(jobs, { id: key }, { priority, result })),
    id.map((key) => remove(jobs, { id: key })),
    fc.nat({ max: 3 }).map((priority) => remove(jobs, { priority })),
  );
  const store = await open(await newFolder());
  const inOrder = { order: { by: 'id', direction: 'up' } } as const;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 }), async (calls) => {
      const model = createMemoryStore();
      await store.commit([remove(jobs, {})]);
      for (const changes of calls) await model.commit(changes);
      await Promise.all(calls.map((changes) => store.commit(changes)));
      expect(await store.list(jobs, inOrder)).toEqual(await model.list(jobs, inOrder));
    }),
    { numRuns: 60 },
  );
  await store.close();
});

test('the store survives closing and opening', async () => {
  const folder = await newFolder();
  const before = await open(folder);
  await before.commit([put(jobs, jobRow('job-1'))]);
  await before.close();
  const after = await open(folder);
  expect(await after.get(jobs, { id: 'job-1' })).toEqual(jobRow('job-1'));
  await after.close();
});

test('a full disk refuses what does not fit, keeps what was accepted, and goes on afterwards', async () => {
  const writer = await openConnection(join(await newFolder(), 'small.db'), 'write');
  await writer.exec(`PRAGMA journal_mode=WAL; ${first.sql}; PRAGMA max_page_count=120`);
  const queue = createCommitQueue(writer);
  const big = 'x'.repeat(400_000);
  const outcomes = await Promise.allSettled([
    queue.commit([put(jobs, jobRow('job-1'))]),
    queue.commit([put(jobs, jobRow('job-2', { input: big }))]),
    queue.commit([put(jobs, jobRow('job-3'))]),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'disk_full' } });
  await queue.commit([put(jobs, jobRow('job-4'))]);
  expect((await writer.all('SELECT id FROM jobs ORDER BY id')).map((row) => row['id'])).toEqual([
    'job-1',
    'job-3',
    'job-4',
  ]);
  await queue.close();
  await writer.close();
});

test('a migration runs once, after a copy; a newer schema is refused', async () => {
  const folder = await newFolder();
  const old = await open(folder);
  await old.commit([put(jobs, jobRow('job-1'))]);
  await old.close();
  const next = {
    version: migrations.length + 1,
    name: 'next',
    sql: 'CREATE TABLE more (id TEXT); INSERT INTO more VALUES (1)',
  };
  const both = { migrations: [...migrations, next] };
  for (let start = 0; start < 2; start += 1) await (await open(folder, both)).close();
  expect(await readdir(join(folder, 'backups'))).toEqual([`schema-${migrations.length}-42.db`]);
  const copy = await openConnection(join(folder, 'backups', `schema-${migrations.length}-42.db`), 'read');
  expect(await copy.all('SELECT id FROM jobs')).toEqual([{ id: 'job-1' }]);
  await copy.close();
  await expect(open(folder)).rejects.toMatchObject({ code: 'store_newer' });
});

test('a migration that fails leaves the schema as it was', async () => {
  const folder = await newFolder();
  await (await open(folder)).close();
  const broken = {
    version: migrations.length + 1,
    name: 'broken',
    sql: 'CREATE TABLE more (id TEXT); INSERT INTO nowhere VALUES (1)',
  };
  await expect(open(folder, { migrations: [...migrations, broken] })).rejects.toThrow('nowhere');
  const store = await open(folder);
  expect(await store.count(jobs, {})).toBe(0);
  await store.close();
});

test.each([
  [
    'not a database',
    async (path: string) => writeFile(path, 'no database at all, but long enough to be read as one '.repeat(40)),
  ],
  ['cut in the middle', async (path: string) => truncate(path, 40_000)],
])('a damaged file (%s) is set aside, never overwritten', async (_, damage) => {
  const folder = await newFolder();
  const store = await open(folder);
  await store.commit(Array.from({ length: 500 }, (_row, index) => put(jobs, jobRow(`job-${index}`))));
  await store.close();
  await damage(join(folder, databaseFile));
  await expect(open(folder)).rejects.toMatchObject({ code: 'store_corrupt' });
  expect(await readdir(folder)).toContain(`${databaseFile}.damaged-42`);
  const fresh = await open(folder);
  expect(await fresh.count(jobs, {})).toBe(0);
  await fresh.close();
});

test('the questions that are asked often have an index', async () => {
  const folder = await newFolder();
  await (await open(folder)).close();
  const reader = await openConnection(join(folder, databaseFile), 'read');
  const plan = async (sql: string) =>
    (await reader.all(`EXPLAIN QUERY PLAN ${sql}`)).map((row) => row['detail']).join();
  expect(await plan(`SELECT * FROM jobs WHERE ("state" IN ('assigned','queued','running'))`)).toContain('jobs_open');
  expect(await plan(`SELECT * FROM jobs WHERE "runId"='x'`)).toContain('jobs_by_run');
  expect(await plan(`SELECT * FROM runs WHERE "state"='running'`)).toContain('runs_going_on');
  await reader.close();
});
