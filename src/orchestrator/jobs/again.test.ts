/** Cancelling many, putting in line again, lists, and the history of a job. */
import { expect, test } from 'vitest';
import { settle, startHost } from '../core.harness.ts';
import { put } from '../store/store.ts';
import { jobEvents, jobs as jobsTable, users } from '../store/tables.ts';

type Host = Awaited<ReturnType<typeof startHost>>;
const once = { attempts: 1, backoff: { first: 0, factor: 1, max: 0, jitter: 0 }, retryOn: [] };
const error = { code: 'broken', message: 'It broke', fault: 'job' as const };
const ana = (host: Host) =>
  host.store.commit([put(users, { id: 'usr-1', name: 'Ana', hostAdmin: true, createdAt: 1 })]);
const told = async (host: Host, jobId: string) =>
  (await host.jobs.history(jobId)).happenings.map(({ what, nodeId, by }) =>
    [what, nodeId, by].filter(Boolean).join(' '),
  );

test('J3: many jobs are cancelled by name, by run, by kind, by state; an empty filter cancels none', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { executors: ['script', 'ocr'] });
  const running = await host.submit();
  await node.say({ type: 'job_ack', job_id: running, fence: node.last('job_assign').fence });
  const origin = { runId: 'run-1', stepId: 'step', path: '' };
  const ids = [
    await host.submit({ requires: { cores: 2 } }),
    await host.submit({ requires: { cores: 2 }, kind: 'ocr' }),
    await host.submit({ requires: { cores: 2 }, origin }),
    await host.submit({ requires: { cores: 2 } }),
  ] as const;
  const states = async () => Promise.all([...ids, running].map(async (id) => (await host.jobs.get(id))?.state));
  expect(await host.jobs.cancelMany('ws-1', {}, null)).toBe(0);
  expect(await host.jobs.cancelMany('ws-2', { jobIds: [...ids] }, null)).toBe(0);
  expect(await host.jobs.cancelMany('ws-1', { runId: 'run-1' }, null)).toBe(1);
  expect(await host.jobs.cancelMany('ws-1', { kind: 'ocr', states: ['queued'] }, null)).toBe(1);
  expect(await host.jobs.cancelMany('ws-1', { jobIds: [ids[0], ids[0], 'job-unknown'] }, null)).toBe(1);
  expect(await states()).toEqual(['cancelled', 'cancelled', 'cancelled', 'queued', 'running']);
  expect(await host.jobs.cancelMany('ws-1', { states: ['running', 'queued'] }, null)).toBe(2);
  await settle();
  expect([await states(), node.last('job_cancel').job_id]).toEqual([Array(5).fill('cancelled'), running]);
});

test('J4: a dead job that is put in line again has a fresh series of attempts and keeps its history', async () => {
  const host = await startHost();
  await ana(host);
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const failAll = async () => {
    for (let fault = 1; fault <= 3; fault += 1) {
      const crash = { code: 'crashed', message: 'The node crashed', fault: 'node' as const };
      await node.say({
        type: 'chunk',
        job_id: jobId,
        fence: node.last('job_assign').fence,
        seq: 0,
        stream: 'log',
        text: `try ${fault}`,
      });
      await node.say({ type: 'job_failed', job_id: jobId, fence: node.last('job_assign').fence, error: crash });
      await host.pass(2_000);
    }
  };
  await failAll();
  expect((await host.jobs.get(jobId))?.state).toBe('dead');
  const before = node.last('job_assign').fence;
  expect(await host.jobs.requeue(jobId, 'usr-1')).toMatchObject({ requeued: { attempts: 3 } });
  await settle();
  expect(node.last('job_assign')).toMatchObject({ job_id: jobId, attempt: 4 });
  await node.say({ type: 'job_done', job_id: jobId, fence: before, result: 'of the earlier series' });
  expect(node.last('done_ack').status).toBe('stale');
  await failAll();
  const dead = await host.jobs.get(jobId);
  expect([dead?.state, dead?.attempts.map(({ number }) => number)]).toEqual(['dead', [1, 2, 3, 4, 5, 6]]);
  await host.jobs.requeue(jobId, 'usr-1');
  await settle();
  await node.say({ type: 'job_done', job_id: jobId, fence: node.last('job_assign').fence, result: 'done' });
  const done = await host.store.get(jobsTable, { id: jobId });
  expect(done).toMatchObject({ state: 'succeeded', result: 'done', error: null, requeued: { attempts: 6 } });
  expect((await host.jobs.output(jobId)).chunks.length).toBe(6);
  const history = await told(host, jobId);
  expect(history.filter((what) => what.startsWith('requeued'))).toEqual(['requeued Ana', 'requeued Ana']);
  expect(history.at(-1)).toBe('succeeded node-a');
});

test('J4: a fresh series of attempts is still fresh after a restart of the host', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const fail = async (at: typeof node) => {
    const crash = { code: 'crashed', message: 'x', fault: 'node' as const };
    await at.say({ type: 'job_failed', job_id: jobId, fence: at.last('job_assign').fence, error: crash });
  };
  for (let fault = 0; fault < 3; fault += 1) {
    await fail(node);
    await host.pass(2_000);
  }
  node.socket.close(1006, 'cut');
  await host.jobs.requeue(jobId, null);
  await host.kill();
  const again = await startHost(host);
  const back = await again.join('node-a');
  expect(back.last('job_assign')).toMatchObject({ job_id: jobId, attempt: 4 });
  await fail(back);
  expect((await again.jobs.get(jobId))?.state).toBe('queued');
});

test('J4: only what failed is put in line again, once, and jobs of runs go on with their run', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { executors: ['script', 'ocr'] });
  const failed = async (fields: object = {}) => {
    const jobId = await host.submit({ retry: once, ...fields });
    await node.say({ type: 'job_failed', job_id: jobId, fence: node.last('job_assign').fence, error });
    return jobId;
  };
  const [plain, other, image] = [await failed(), await failed(), await failed({ kind: 'ocr' })];
  const ofRun = await failed({ origin: { runId: 'run-1', stepId: 'step', path: '' } });
  await expect(host.jobs.requeue(ofRun, null)).rejects.toMatchObject({ code: 'job_of_run' });
  await expect(host.jobs.requeue('job-unknown', null)).rejects.toMatchObject({ code: 'not_found' });
  const both = await Promise.allSettled([host.jobs.requeue(plain, null), host.jobs.requeue(plain, null)]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(await host.jobs.requeueMany('ws-1', { kind: 'ocr' }, null)).toEqual({ requeued: 1, more: false });
  expect(await host.jobs.requeueMany('ws-1', { state: 'dead' }, null)).toEqual({ requeued: 0, more: false });
  expect(await host.jobs.requeueMany('ws-1', { jobIds: [plain, other, image, ofRun] }, null)).toEqual({
    requeued: 1,
    more: false,
  });
  await settle();
  expect((await host.jobs.get(ofRun))?.state).toBe('failed');
  await expect(host.jobs.requeue(other, null)).rejects.toMatchObject({ code: 'job_not_failed' });
});

test('J9: the history tells what happened, in order, from columns, attempts and the few events of its own', async () => {
  const host = await startHost();
  await ana(host);
  const [jobId = ''] = await host.jobs.submit('ws-1', 'usr-1', [{ kind: 'script', input: null }]);
  expect(await told(host, jobId)).toEqual(['submitted Ana', 'waits']);
  expect((await host.jobs.history(jobId)).happenings.at(-1)?.text).not.toBe('');
  const node = await host.join('node-a');
  const fence = () => node.last('job_assign').fence;
  await host.pass(1_000);
  await node.say({ type: 'job_ack', job_id: jobId, fence: fence() });
  await host.pass(1_000);
  const crash = { code: 'crashed', message: 'The node crashed', fault: 'node' as const };
  const first = fence();
  await node.say({ type: 'job_failed', job_id: jobId, fence: first, error: crash });
  await host.pass(2_000);
  await host.kill();

  const again = await startHost(host);
  const back = await again.join('node-a', { running: [{ job_id: jobId, fence: fence(), acked_seq: -1 }] });
  await again.pass(1_000);
  await back.say({ type: 'job_done', job_id: jobId, fence: first, result: 'late' });
  await again.pass(1_000);
  await again.jobs.cancel(jobId, 'usr-1');
  await again.pass(1_000);
  await back.say({ type: 'job_done', job_id: jobId, fence: fence(), result: 'too late' });
  const history = await again.jobs.history(jobId);
  expect(history.happenings.map(({ what }) => what)).toEqual([
    'submitted',
    'assigned',
    'failed',
    'retried',
    'adopted',
    'acknowledged',
    'stale',
    'cancelled',
    'stale',
  ]);
  expect(history.happenings.find(({ what }) => what === 'cancelled')).toMatchObject({ by: 'Ana' });
  expect([history.state, history.cut]).toEqual(['cancelled', false]);
});

test('J9: a job that goes as it should has no row of its own beside its two writes; late results are noted up to a bound', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_done', job_id: jobId, fence, result: 1 });
  expect(await host.store.count(jobEvents, {})).toBe(0);
  const stopped = await host.submit();
  const late = node.last('job_assign').fence;
  await host.jobs.cancel(stopped);
  for (let time = 0; time < 60; time += 1) {
    host.timers.advance(10);
    await node.say({ type: 'job_done', job_id: stopped, fence: late, result: time });
    await node.say({ type: 'job_done', job_id: stopped, fence: '1.9999', result: 'never given' });
  }
  const events = await host.store.list(jobEvents, { where: { jobId: stopped } });
  expect([events.length, new Set(events.map(({ detail }) => detail))]).toEqual([40, new Set([late])]);
  expect((await host.jobs.history(stopped)).cut).toBe(true);
});

test('J8: a short job is two writes, its insert and its end; a long one has its assignment written after a second', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const writes: string[] = [];
  const commit = host.store.commit.bind(host.store);
  host.store.commit = (changes) => {
    for (const { op, table } of changes) writes.push(`${op} ${table.name}`);
    return commit(changes);
  };
  const short = await host.submit();
  await node.say({ type: 'job_ack', job_id: short, fence: node.last('job_assign').fence });
  await node.say({ type: 'job_done', job_id: short, fence: node.last('job_assign').fence, result: 1 });
  expect(writes).toEqual(['put jobs', 'patch jobs']);
  writes.length = 0;
  await host.submit();
  await host.pass(3_000);
  expect(writes.filter((write) => write.endsWith(' jobs'))).toEqual(['put jobs', 'patch jobs']);
});

test('lists take several states, a kind and who submitted; those that are open are as they are now', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { executors: ['script', 'ocr'] });
  const [done, running] = [await host.submit(), await host.submit({ kind: 'ocr' })];
  const [mine = ''] = await host.jobs.submit('ws-1', 'usr-1', [
    { kind: 'script', input: null, requires: { cores: 2 } },
  ]);
  const [first, second] = node.all('job_assign');
  await node.say({ type: 'job_done', job_id: done, fence: first?.fence ?? '', result: 1 });
  await node.say({ type: 'job_ack', job_id: running, fence: second?.fence ?? '' });
  const ids = async (page: Parameters<typeof host.jobs.list>[1]) =>
    (await host.jobs.list('ws-1', page)).items.map(({ id }) => id);
  expect(await ids({ state: 'succeeded,running' })).toEqual([running, done]);
  expect(await ids({ state: 'queued,succeeded' })).toEqual([mine, done]);
  expect(await ids({ kind: 'ocr' })).toEqual([running]);
  expect(await ids({ submittedBy: 'usr-1', state: 'queued,assigned' })).toEqual([mine]);
  const page = await host.jobs.list('ws-1', { state: 'queued,running,succeeded', limit: 2 });
  expect([
    page.items.map(({ id }) => id),
    await ids({ state: 'queued,running,succeeded', cursor: page.next ?? '' }),
  ]).toEqual([[mine, running], [done]]);
});
