import { encodeTime } from 'ulid';
import { afterEach, expect, test } from 'vitest';
import { createMemoryStore } from '../store/memory.ts';
import { jobRow } from '../store/store.contract.ts';
import { put, type Store, type Table } from '../store/store.ts';
import {
  approvals,
  flows,
  flowUpdates,
  idempotency,
  jobEvents,
  jobOutputs,
  jobs,
  members,
  runs,
  steps,
  workspaces,
} from '../store/tables.ts';
import { allTables, ofTheHost } from './belongings.ts';
import { createCleaner } from './cleaner.ts';
import { removeWorkspace } from './remove-workspace.ts';
import { createRetention } from './retention.ts';

const day = 24 * 60 * 60_000;
const now = 1_800_000_000_000;
const signal = () => new AbortController().signal;
const cleanerOf = (store: Store) => createCleaner({ store, clock: { now: () => now }, rest: async () => undefined });
let number = 0;
afterEach(() => {
  number = 0;
});
const idAt = (kind: string, daysAgo: number) =>
  `${kind}-${encodeTime(now - daysAgo * day)}${String(number++).padStart(16, '0')}`;

const workspaceRow = (id: string) => ({
  ...{ id, name: id, createdAt: 1, archived: false, shareKey: id, shareKeyEnabled: false, approveNodes: true },
  ...{ runNumber: 0, verifyShare: 0 },
});
const runRow = (id: string, finishedAt: number | null, workspaceId = 'ws-1') => ({
  ...{ id, workspaceId, flowId: null, flowName: 'f', versionId: 'v', number: 1, startedBy: null, inputs: {} },
  ...{ state: finishedAt === null ? ('running' as const) : ('succeeded' as const), outputs: null, error: null },
  ...{ progress: { total: 0, done: 0, failed: 0 }, weave: [], workers: {}, trigger: null, parent: null },
  ...{ createdAt: 1, finishedAt },
});
const stepRow = (runId: string, seq: number) => ({
  ...{ runId, stepId: 's', path: `m[${seq}]`, under: 'm', state: 'succeeded' as const, outputs: {}, error: null },
  ...{
    jobId: null,
    nodeId: null,
    items: null,
    summary: null,
    attempts: 1,
    readyAt: 1,
    startedAt: 1,
    finishedAt: 2,
    seq,
  },
});

/** A workspace with a run and a lonely job that ended so many days ago, each with all that goes with it. */
async function fill(store: Store, workspaceId: string, daysAgo: number) {
  const [run, ofRun, alone] = [idAt('run', daysAgo), idAt('job', daysAgo), idAt('job', daysAgo)];
  const ended = now - daysAgo * day;
  const over = { workspaceId, state: 'succeeded' as const, finishedAt: ended };
  await store.commit([
    put(runs, runRow(run, ended, workspaceId)),
    ...Array.from({ length: 450 }, (_, seq) => put(steps, stepRow(run, seq))),
    put(jobs, jobRow(ofRun, { ...over, runId: run })),
    put(jobs, jobRow(alone, over)),
    ...[ofRun, alone].flatMap((jobId) => [
      put(jobOutputs, { jobId, attempt: 1, chunks: [], cut: false }),
      put(jobEvents, { jobId, at: 1, what: 'stale' as const, nodeId: null, by: null, detail: null }),
    ]),
  ]);
  return { run, ofRun, alone };
}
const ids = async <Row extends { id: string }>(store: Store, table: Table<Row>) =>
  (await store.list(table, { order: { by: 'id', direction: 'up' } })).map(({ id }) => id);

test('data.md: what ended before the setting goes with all its parts; what is younger, open or kept for ever stays', async () => {
  const store = createMemoryStore();
  const retention = createRetention({ store, largeValueBytes: () => null });
  await store.commit(['ws-1', 'ws-2', 'ws-3'].map((id) => put(workspaces, workspaceRow(id))));
  await retention.set('ws-2', null);
  await retention.set('ws-3', 5);
  await fill(store, 'ws-1', 31);
  const kept = [await fill(store, 'ws-1', 29), await fill(store, 'ws-2', 3_000)];
  await fill(store, 'ws-3', 6);
  const long = { run: idAt('run', 90), job: idAt('job', 90), late: idAt('job', 90) };
  await store.commit([
    put(runs, runRow(long.run, null)),
    put(jobs, jobRow(long.job, { state: 'succeeded', finishedAt: now - 89 * day, runId: long.run })),
    put(jobs, jobRow(long.late, { state: 'succeeded', finishedAt: now - day })),
    put(jobs, jobRow(idAt('job', 90), { state: 'queued' })),
  ]);
  const queued = (await store.list(jobs, { where: { state: 'queued' } })).map(({ id }) => id);
  expect(await cleanerOf(store).pass(signal())).toEqual({ runs: 2, jobs: 2 });
  expect(await ids(store, runs)).toEqual([...kept.map(({ run }) => run), long.run].sort());
  const jobIds = [...kept.flatMap(({ ofRun, alone }) => [ofRun, alone]), long.job, long.late, ...queued];
  expect(await ids(store, jobs)).toEqual(jobIds.sort());
  expect([await store.count(steps, {}), await store.count(jobOutputs, {}), await store.count(jobEvents, {})]).toEqual([
    900, 4, 4,
  ]);
  expect(await cleanerOf(store).pass(signal())).toEqual({ runs: 0, jobs: 0 });
});

test('data.md: no transaction of the cleaner is large, it rests after each, and it ends where it is told to', async () => {
  const inner = createMemoryStore();
  await inner.commit([put(workspaces, workspaceRow('ws-1'))]);
  for (let run = 0; run < 3; run += 1) await fill(inner, 'ws-1', 40);
  const sizes: number[] = [];
  const counted = async () =>
    (await inner.count(steps, {})) + (await inner.count(jobs, {})) + (await inner.count(runs, {}));
  const store: Store = {
    ...inner,
    async commit(changes) {
      const before = await counted();
      await inner.commit(changes);
      sizes.push(before - (await counted()));
    },
  };
  let rests = 0;
  const stopping = new AbortController();
  const rest = async () => {
    rests += 1;
    if (rests === 4) stopping.abort();
  };
  const cleaner = createCleaner({ store, clock: { now: () => now }, rest });
  await cleaner.pass(stopping.signal);
  expect(rests).toBe(4);
  expect(await inner.count(runs, {})).toBe(3);
  await cleaner.pass(signal());
  expect(await counted()).toBe(0);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
  expect(rests).toBe(sizes.length);
});

test('a run one of whose jobs is still open waits for the next pass, and holds up no other', async () => {
  const store = createMemoryStore();
  await store.commit([put(workspaces, workspaceRow('ws-1'))]);
  const stuck = await fill(store, 'ws-1', 50);
  await store.commit([put(jobs, jobRow(stuck.ofRun, { state: 'running', runId: stuck.run }))]);
  for (let run = 0; run < 25; run += 1) await store.commit([put(runs, runRow(idAt('run', 40), now - 40 * day))]);
  expect((await cleanerOf(store).pass(signal())).runs).toBe(25);
  expect(await ids(store, runs)).toEqual([stuck.run]);
});

test('answers to requests with an Idempotency-Key go after a day, however many there are', async () => {
  const store = createMemoryStore();
  const row = { scope: 'usr-1', hash: 'h', status: 200, body: null };
  const old = Array.from({ length: 1_300 }, (_, index) =>
    put(idempotency, { ...row, key: `${index}`, createdAt: now - 2 * day }),
  );
  await store.commit([...old, put(idempotency, { ...row, key: 'young', createdAt: now })]);
  await cleanerOf(store).pass(signal());
  expect((await store.list(idempotency, {})).map(({ key }) => key)).toEqual(['young']);
});

test('a workspace that is deleted leaves no row behind but those of the host, and takes nothing of others', async () => {
  const store = createMemoryStore();
  const flow = (id: string, workspaceId: string) => ({
    ...{ id, workspaceId, name: 'f', steps: 0, picture: { boxes: [], lines: [] } as never, sample: null },
    ...{ createdAt: 1, updatedAt: 1, deletedAt: null },
  });
  for (const id of ['ws-1', 'ws-2']) {
    const { run } = await fill(store, id, 1);
    await store.commit([
      put(workspaces, workspaceRow(id)),
      put(members, { workspaceId: id, userId: 'usr-1', role: 'owner', joinedAt: 1 }),
      put(flows, flow(`flow-${id}`, id)),
      put(flowUpdates, { flowId: `flow-${id}`, seq: 1, update: '' }),
      put(approvals, { id: `approval-${id}`, workspaceId: id, runId: run } as never),
    ]);
  }
  const counts = async () =>
    Object.fromEntries(
      await Promise.all(allTables.map(async (one) => [one.name, await store.count(one, {})] as const)),
    );
  const before = await counts();
  await removeWorkspace(store, 'ws-1');
  const after = await counts();
  for (const { name } of allTables) {
    if (!(name in ofTheHost)) expect([name, after[name]]).toEqual([name, Number(before[name]) / 2]);
  }
  await removeWorkspace(store, 'ws-2');
  expect(Object.entries(await counts()).filter(([name, count]) => count > 0 && !(name in ofTheHost))).toEqual([]);
});

test('data.md: the setting, and what the history holds', async () => {
  const store = createMemoryStore();
  const retention = createRetention({ store, largeValueBytes: () => 7 });
  const { run } = await fill(store, 'ws-1', 3);
  await store.commit([put(runs, { ...runRow(run, now), createdAt: 5 })]);
  expect(await retention.get('ws-1')).toEqual({
    historyDays: 30,
    holds: { runs: 1, jobs: 2, oldest: 1, files: 0, fileBytes: 0, largeValueBytes: 7 },
  });
  expect((await retention.set('ws-1', null)).historyDays).toBeNull();
  expect((await retention.set('ws-1', 7)).historyDays).toBe(7);
});
