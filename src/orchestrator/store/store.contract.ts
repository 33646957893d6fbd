import { expect, test } from 'vitest';
import { patch, put, remove, type Store } from './store.ts';
import { blobNames, credentials, type JobRow, jobs, type MemberRow, members, settings, steps } from './tables.ts';

export function jobRow(id: string, fields: Partial<JobRow> = {}): JobRow {
  return {
    id,
    workspaceId: 'ws-1',
    kind: 'script',
    label: '',
    state: 'queued',
    input: { text: 'a "quoted" ü \u0000 text', list: [1, null, true] },
    requires: { cores: 1, ramMb: 256 },
    priority: 0,
    retry: { attempts: 3, backoff: { first: 1, factor: 2, max: 3, jitter: 0 }, retryOn: ['node'] },
    runSeconds: 60,
    submittedBy: null,
    idempotencyKey: null,
    origin: null,
    runId: null,
    attempts: [],
    nodeId: null,
    fence: null,
    result: null,
    error: null,
    createdAt: 1,
    startedAt: null,
    finishedAt: null,
    notBefore: null,
    queueSeconds: null,
    silenceSeconds: null,
    requeued: null,
    ...fields,
  };
}

/** What every backend of the store must do. `open` gives an empty store. */
export function storeContract(open: () => Promise<Store>): void {
  const withStore = (title: string, body: (store: Store) => Promise<void>) =>
    test(title, async () => {
      const store = await open();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });

  withStore('J1: what was committed is read back as it was', async (store) => {
    const rows = [
      jobRow('job-1'),
      jobRow('job-2', { input: null, result: 'text', label: 'ü😀"\\', origin: { runId: 'r', stepId: 's', path: '' } }),
    ];
    await store.commit(rows.map((row) => put(jobs, row)));
    expect(await store.get(jobs, { id: 'job-1' })).toEqual(rows[0]);
    expect(await store.list(jobs, { order: { by: 'id', direction: 'up' } })).toEqual(rows);
    expect(await store.get(jobs, { id: 'job-3' })).toBeNull();
  });

  withStore(
    'a put replaces the whole row, a patch only what it names, and nothing where there is no row',
    async (store) => {
      await store.commit([put(jobs, jobRow('job-1', { label: 'first', fence: '1.1' }))]);
      await store.commit([put(jobs, jobRow('job-1', { label: 'second' }))]);
      await store.commit([
        patch(jobs, { id: 'job-1' }, { state: 'succeeded', result: [1, 2] }),
        patch(jobs, { id: 'job-2' }, { state: 'failed' }),
      ]);
      expect(await store.list(jobs, {})).toEqual([
        jobRow('job-1', { label: 'second', state: 'succeeded', result: [1, 2] }),
      ]);
    },
  );

  withStore(
    'changes of one row take effect in their order, in one call and over calls handed in together',
    async (store) => {
      const label = (text: string) => patch(jobs, { id: 'job-1' }, { label: text });
      await Promise.all([
        store.commit([label('too early'), put(jobs, jobRow('job-1')), label('a'), label('b')]),
        store.commit([
          remove(jobs, { id: 'job-1' }),
          put(jobs, jobRow('job-1', { priority: 7 })),
          put(jobs, jobRow('job-2')),
        ]),
        store.commit([patch(jobs, { id: 'job-1' }, { kind: 'ocr' }), label('c')]),
        store.commit([label('d')]),
      ]);
      expect(await store.get(jobs, { id: 'job-1' })).toEqual(jobRow('job-1', { priority: 7, kind: 'ocr', label: 'd' }));
      expect(await store.count(jobs, {})).toBe(2);
    },
  );

  withStore('a bad call among good ones is refused alone, whole', async (store) => {
    const outcomes = await Promise.allSettled([
      store.commit([put(jobs, jobRow('job-1'))]),
      store.commit([put(jobs, jobRow('job-2')), put(members, { userId: 'usr-1' } as MemberRow)]),
      store.commit([put(jobs, jobRow('job-3'))]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const kept = await store.list(jobs, { order: { by: 'id', direction: 'up' } });
    expect(kept.map(({ id }) => id)).toEqual(['job-1', 'job-3']);
  });

  withStore('filters: equality, any of, null, booleans, several columns', async (store) => {
    await store.commit([
      put(jobs, jobRow('job-1', { state: 'queued', runId: 'run-1', priority: 1 })),
      put(jobs, jobRow('job-2', { state: 'running', runId: 'run-1', priority: 2 })),
      put(jobs, jobRow('job-3', { state: 'failed', runId: null, priority: 3 })),
    ]);
    const ids = async (where: Parameters<typeof store.list<JobRow>>[1]['where']) =>
      (await store.list(jobs, { where: where ?? {}, order: { by: 'id', direction: 'up' } })).map(({ id }) => id);
    expect(await ids({ runId: 'run-1', state: 'queued' })).toEqual(['job-1']);
    expect(await ids({ state: ['queued', 'assigned', 'running'] })).toEqual(['job-1', 'job-2']);
    expect(await ids({ runId: null })).toEqual(['job-3']);
    expect(await ids({ runId: ['run-1', null], priority: [2, 3] })).toEqual(['job-2', 'job-3']);
    expect(await ids({ id: [] })).toEqual([]);
    expect(await store.count(jobs, { state: ['queued', 'failed'] })).toBe(2);
  });

  withStore('pages: ordered by one column and then by key, both ways, beyond a value, with a limit', async (store) => {
    const step = (stepId: string, seq: number) => ({
      runId: 'run-1',
      stepId,
      path: '',
      under: '',
      state: 'waiting' as const,
      inputs: {},
      outputs: {},
      error: null,
      jobId: null,
      nodeId: null,
      items: null,
      summary: null,
      attempts: 0,
      readyAt: null,
      startedAt: null,
      finishedAt: null,
      seq,
    });
    await store.commit([
      put(steps, step('b', 1)),
      put(steps, step('a', 1)),
      put(steps, step('c', 2)),
      put(steps, step('d', 3)),
    ]);
    const page = async (direction: 'up' | 'down', after?: number) =>
      (
        await store.list(steps, {
          where: { runId: 'run-1' },
          order: { by: 'seq', direction },
          limit: 2,
          ...(after === undefined ? {} : { after: { column: 'seq', value: after } }),
        })
      ).map(({ stepId }) => stepId);
    expect([await page('up'), await page('up', 1), await page('down'), await page('down', 2)]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
      ['d', 'c'],
      ['b', 'a'],
    ]);
  });

  withStore('the largest value of a column, 0 where there is none', async (store) => {
    expect(await store.max(steps, 'seq', { runId: 'run-1' })).toBe(0);
    await store.commit([
      put(jobs, jobRow('job-1', { priority: 5 })),
      put(jobs, jobRow('job-2', { priority: 9, kind: 'ocr' })),
    ]);
    expect([await store.max(jobs, 'priority', {}), await store.max(jobs, 'priority', { kind: 'script' })]).toEqual([
      9, 5,
    ]);
  });

  withStore('keys of two columns, booleans, any JSON value and removal by a filter', async (store) => {
    await store.commit([
      put(members, { workspaceId: 'ws-1', userId: 'usr-1', role: 'owner', joinedAt: 1 }),
      put(members, { workspaceId: 'ws-1', userId: 'usr-2', role: 'member', joinedAt: 2 }),
      put(members, { workspaceId: 'ws-2', userId: 'usr-1', role: 'viewer', joinedAt: 3 }),
      put(settings, { name: 'a', value: 'text' }),
      put(settings, { name: 'b', value: 0 }),
      put(settings, { name: 'c', value: null }),
    ]);
    await store.commit([
      patch(members, { workspaceId: 'ws-1', userId: 'usr-1' }, { role: 'admin' }),
      remove(members, { workspaceId: 'ws-2' }),
    ]);
    expect(await store.get(members, { workspaceId: 'ws-1', userId: 'usr-1' })).toMatchObject({ role: 'admin' });
    expect(await store.count(members, {})).toBe(2);
    const values = await store.list(settings, { order: { by: 'name', direction: 'up' } });
    expect(values.map(({ value }) => value)).toEqual(['text', 0, null]);
  });

  withStore('many calls at once: each is answered, none is lost', async (store) => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `ses-${index}`);
    await Promise.all(
      ids.map((id) =>
        store.commit([
          put(credentials, {
            id,
            kind: 'session',
            userId: 'usr-1',
            hash: id,
            name: '',
            createdAt: 1,
            lastUsedAt: null,
            expiresAt: null,
          }),
        ]),
      ),
    );
    expect(await store.count(credentials, { userId: 'usr-1' })).toBe(ids.length);
    expect(await store.get(credentials, { hash: 'ses-4999' })).toMatchObject({ id: 'ses-4999' });
  });

  withStore('J8: rows of one group that are alike, or all but one, come back as they were', async (store) => {
    const alike = { input: 'a \u0000 "text"', label: "it's ?1 ü😀\u0000!", priority: -3, createdAt: 1_800_000_000_000 };
    const rows = Array.from({ length: 20 }, (_, index) => jobRow(`job-${String(index).padStart(2, '0')}`, alike));
    rows[19] = { ...(rows[19] as JobRow), label: 'another', queueSeconds: 7 };
    await store.commit(rows.map((row) => put(jobs, row)));
    expect(await store.list(jobs, { order: { by: 'id', direction: 'up' } })).toEqual(rows);

    const ended = {
      state: 'failed',
      error: null,
      result: ['one'],
      finishedAt: 2_000_000_000_000,
      nodeId: "n'1",
    } as const;
    const patched = rows.map((row, index) => ({ ...row, ...ended, startedAt: index, runSeconds: 5 }));
    await store.commit(
      patched.map(({ id, startedAt }) => patch(jobs, { id }, { ...ended, result: ['one'], startedAt, runSeconds: 5 })),
    );
    expect(await store.list(jobs, { order: { by: 'id', direction: 'up' } })).toEqual(patched);

    const settled = Array.from({ length: 9 }, (_, index) => ({ id: `setting-${index}`, value: index === 0 ? 1.5 : 1 }));
    await store.commit(settled.map(({ id, value }) => put(settings, { name: id, value })));
    const read = await Promise.all(settled.map(({ id }) => store.get(settings, { name: id })));
    expect(read.map((row) => row?.value)).toEqual(settled.map(({ value }) => value));
  });

  withStore('ranges: rows below a value, between two, and removal of so many below one', async (store) => {
    const seqs = [1, 2, 3, 4, 5, 6];
    await store.commit(
      seqs.map((priority) => put(jobs, jobRow(`job-${priority}`, { priority, finishedAt: priority }))),
    );
    await store.commit([put(jobs, jobRow('job-open', { priority: 9 }))]);
    const below = async (value: number, after?: number) =>
      (
        await store.list(jobs, {
          before: { column: 'finishedAt', value },
          ...(after === undefined ? {} : { after: { column: 'finishedAt', value: after } }),
          order: { by: 'finishedAt', direction: 'up' },
        })
      ).map(({ priority }) => priority);
    expect([await below(3), await below(6, 2), await below(100)]).toEqual([[1, 2], [3, 4, 5], seqs]);
    await store.commit([
      remove(jobs, { workspaceId: 'ws-1' }, { before: { column: 'finishedAt', value: 5 }, limit: 3 }),
    ]);
    expect(await store.count(jobs, {})).toBe(4);
    await store.commit([
      remove(jobs, {}, { before: { column: 'finishedAt', value: 5 } }),
      remove(jobs, {}, { limit: 1 }),
    ]);
    expect(await store.count(jobs, {})).toBe(2);
    await store.commit([remove(steps, { runId: 'run-1' }, { limit: 2 })]);
  });

  withStore('sums, 0 where there is nothing', async (store) => {
    expect(await store.sum(jobs, 'priority', {})).toBe(0);
    await store.commit(
      [5, 7].map((priority) => put(jobs, jobRow(`job-${priority}`, { priority, kind: `${priority}` }))),
    );
    expect([await store.sum(jobs, 'priority', {}), await store.sum(jobs, 'priority', { kind: '7' })]).toEqual([12, 7]);
  });

  withStore('data.md: a row that refers to a blob names it in the same commit, however deep', async (store) => {
    const [one, two, three] = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
    const ref = (sha256: string | undefined) => ({ $blob: sha256, size: 70_000 });
    await store.commit([
      put(jobs, jobRow('job-1', { input: ref(one) })),
      put(jobs, jobRow('job-2', { input: { text: `{"$blob":"${two}"}` } })),
      patch(jobs, { id: 'job-1' }, { state: 'succeeded', result: ref(two) }),
    ]);
    await store.commit([patch(jobs, { id: 'job-2' }, { result: { list: [{ deep: ref(three) }, ref(one)] } })]);
    const names = await store.list(blobNames, { order: { by: 'sha256', direction: 'up' } });
    expect(names).toEqual([
      { sha256: one, holder: 'jobs:job-1' },
      { sha256: one, holder: 'jobs:job-2' },
      { sha256: two, holder: 'jobs:job-1' },
      { sha256: three, holder: 'jobs:job-2' },
    ]);
    const lost = store.commit([
      put(jobs, jobRow('job-3', { input: ref(three) })),
      put(members, { userId: 'u' } as MemberRow),
    ]);
    await expect(lost).rejects.toThrow();
    expect(await store.count(blobNames, {})).toBe(4);
  });

  test('after close, nothing is taken any more, and what was handed in before is kept', async () => {
    const store = await open();
    const pending = store.commit([put(jobs, jobRow('job-1'))]);
    await store.close();
    await pending;
    await expect(store.commit([put(jobs, jobRow('job-2'))])).rejects.toThrow('closed');
  });
}
