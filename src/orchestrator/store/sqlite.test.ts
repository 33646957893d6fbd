import { mkdir, mkdtemp, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createCommitQueue } from './commit-queue.ts';
import { openConnection } from './connection.ts';
import { createMemoryStore } from './memory.ts';
import { first } from './migrations/001-first.ts';
import { migrations } from './migrations/all.ts';
import { type AnyTable, selectSql } from './sql.ts';
import { createSqliteStore, databaseFile, type SqliteStoreOptions } from './sqlite.ts';
import { jobRow, storeContract } from './store.contract.ts';
import { type Change, patch, put, remove } from './store.ts';
import { audit, files, jobs, runs, steps } from './tables.ts';

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
  const aside = join(folder, `${databaseFile}.damaged-42`);
  await expect(open(folder)).rejects.toMatchObject({ code: 'store_corrupt', message: expect.stringContaining(aside) });
  // Nobody begins anew beside it in silence: not a second start either.
  await expect(open(folder)).rejects.toMatchObject({
    code: 'store_corrupt',
    message: expect.stringContaining('To start empty'),
  });
  expect(await readdir(folder)).toEqual([`${databaseFile}.damaged-42`]);
  await rename(aside, join(folder, 'elsewhere'));
  const fresh = await open(folder);
  expect(await fresh.count(jobs, {})).toBe(0);
  await fresh.close();
});

test('a damaged database: the way out names the latest whole backup, and the command', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, databaseFile), 'no database at all, but long enough to be read as one '.repeat(40));
  for (const [name, createdAt] of [
    ['backup-old', 1_000],
    ['backup-new', 2_000],
    ['backup-later.partial', 3_000],
  ] as const) {
    await mkdir(join(folder, 'backups', name), { recursive: true });
    await writeFile(join(folder, 'backups', name, 'manifest.json'), JSON.stringify({ createdAt }));
  }
  await expect(open(folder)).rejects.toThrow(
    `The latest backup is of 1970-01-01T00:00:02.000Z; to restore it: otherthing restore "${join(folder, 'backups', 'backup-new')}" --data "${folder}" --replace`,
  );
});

test('the search for damage ends in time; a large database is not held up by it', async () => {
  const folder = await newFolder();
  const before = await open(folder);
  const input = 'x'.repeat(100_000);
  await before.commit(Array.from({ length: 200 }, (_row, index) => put(jobs, jobRow(`job-${index}`, { input }))));
  await before.close();
  const after = await open(folder, { checkFor: 0 });
  expect(await after.count(jobs, {})).toBe(200);
  await after.close();
});

test('a folder in which no database can be made is said so', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, databaseFile));
  await expect(open(folder)).rejects.toMatchObject({ code: 'store_unwritable' });
});

test('a copy is made beside the commits, and is a database of its own', async () => {
  const folder = await newFolder();
  const store = await open(folder);
  await store.commit([put(jobs, jobRow('job-before'))]);
  let number = 0;
  let copying = true;
  const writing = (async () => {
    while (copying) await store.commit([put(jobs, jobRow(`job-${number++}`))]);
  })();
  const to = join(folder, 'copy', databaseFile);
  await mkdir(join(folder, 'copy'));
  expect(await store.copyTo?.(to)).toEqual({ schema: migrations.length });
  copying = false;
  await writing;
  await store.close();
  const copy = await open(join(folder, 'copy'));
  expect(await copy.get(jobs, { id: 'job-before' })).not.toBeNull();
  expect(await copy.count(jobs, {})).toBeLessThanOrEqual(number + 1);
  await copy.close();
});

test('S13: the database refuses to change or remove what the audit log holds', async () => {
  const folder = await newFolder();
  const store = await open(folder);
  const actor = { by: 'host' as const, userId: null, name: 'host' };
  const row = { id: 'act-1', at: 1, workspaceId: null, actor, userId: null, address: null, action: 'x', target: null };
  await store.commit([put(audit, { ...row, details: {} })]);
  await expect(store.commit([patch(audit, { id: 'act-1' }, { action: 'y' })])).rejects.toThrow('append-only');
  await expect(store.commit([remove(audit, {})])).rejects.toThrow('append-only');
  expect(await store.get(audit, { id: 'act-1' })).toMatchObject({ action: 'x' });
  await store.close();
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

const page = { order: { by: 'id', direction: 'down' }, limit: 51, after: { column: 'id', value: 'x' } } as const;
const questions: [string, AnyTable, object, string][] = [
  ['jobs of a workspace', jobs as never, { where: { workspaceId: 'w' }, ...page }, 'jobs_by_workspace'],
  ['its failed jobs', jobs as never, { where: { workspaceId: 'w', state: 'failed' }, ...page }, 'jobs_failed'],
  ['its dead jobs', jobs as never, { where: { workspaceId: 'w', state: 'dead' }, ...page }, 'jobs_dead'],
  ['its cancelled jobs', jobs as never, { where: { workspaceId: 'w', state: 'cancelled' }, ...page }, 'jobs_cancelled'],
  ['jobs of a run', jobs as never, { where: { workspaceId: 'w', runId: 'r' }, ...page }, 'jobs_by_run'],
  ['runs of a workspace', runs as never, { where: { workspaceId: 'w' }, ...page }, 'runs_by_workspace'],
  ['its failed runs', runs as never, { where: { workspaceId: 'w', state: 'failed' }, ...page }, 'runs_failed'],
  ['runs of a flow', runs as never, { where: { workspaceId: 'w', flowId: 'f' }, ...page }, 'runs_by_flow'],
  [
    'steps of a run',
    steps as never,
    { where: { runId: 'r' }, order: { by: 'seq', direction: 'up' }, limit: 51 },
    'steps_by_run',
  ],
  ['files of a workspace', files as never, { where: { workspaceId: 'w' }, ...page }, 'files_by_workspace'],
  ['the audit log', audit as never, { where: { workspaceId: 'w' }, ...page }, 'audit_by_workspace'],
  [
    'old runs',
    runs as never,
    {
      where: { workspaceId: 'w' },
      before: { column: 'finishedAt', value: 1 },
      order: { by: 'finishedAt', direction: 'up' },
      limit: 20,
    },
    'runs_by_end',
  ],
];

test.each(questions)('S10: %s: one index, in order, however long the history', async (_, table, query, index) => {
  const folder = await newFolder();
  await (await open(folder)).close();
  const reader = await openConnection(join(folder, databaseFile), 'read');
  const { sql, params } = selectSql(table, query as never);
  const plan = (await reader.all(`EXPLAIN QUERY PLAN ${sql}`, params)).map((row) => String(row['detail'])).join();
  await reader.close();
  expect(plan).toContain(`USING INDEX ${index} `);
  expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER BY|SCAN/);
});
