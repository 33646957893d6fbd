import { expect, test } from 'vitest';
import { settle, startHost } from '../core.harness.ts';
import type { Store } from '../store/store.ts';
import { jobs as jobsTable } from '../store/tables.ts';

const key = (n: number) => `AB3X7K9${n}`;

test('a job goes to a node, is acknowledged, and its result is kept', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const finished: string[] = [];
  host.jobs.onFinished(({ job, nodeId }) => finished.push(`${job.id} ${job.state} ${nodeId}`));
  const jobId = await host.submit();
  const { fence, ...assign } = node.last('job_assign');
  expect(assign).toMatchObject({ job_id: jobId, kind: 'script', input: { n: 1 }, attempt: 1, workspace_id: 'ws-1' });
  await node.say({ type: 'job_ack', job_id: jobId, fence });
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'running', nodeId: 'node-a' });
  await node.say({ type: 'job_done', job_id: jobId, fence, result: { sum: 2 } });
  expect(node.all('done_ack')).toEqual([{ type: 'done_ack', job_id: jobId, fence, status: 'accepted' }]);
  expect(finished).toEqual([`${jobId} succeeded node-a`]);
  expect(await host.store.get(jobsTable, { id: jobId })).toMatchObject({
    state: 'succeeded',
    result: { sum: 2 },
    fence,
  });
  expect(host.roster.get('node-a')).toMatchObject({ taken: { cores: 0, ramMb: 0 }, row: { done: 1 } });
});

test('J1: a job that could not be written is refused and never given to a node', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  failWrites(host.store, 1);
  await expect(host.submit()).rejects.toThrow('disk');
  await settle();
  expect([node.all('job_assign'), host.engine.size]).toEqual([[], 0]);
});

test('N10: a result that cannot be written is not acknowledged until it can', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  failWrites(host.store, 2);
  await node.say({ type: 'job_done', job_id: jobId, fence, result: 1 });
  expect([node.all('done_ack'), (await host.store.get(jobsTable, { id: jobId }))?.state]).toEqual([[], 'queued']);
  await host.pass(3_000);
  expect(node.last('done_ack').status).toBe('accepted');
  expect(await host.store.get(jobsTable, { id: jobId })).toMatchObject({ state: 'succeeded', result: 1 });
});

test('N10: a repeated result is accepted once; one of another fence or another node is stale', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { share_key: key(1) });
  const other = await host.join('node-b', { share_key: key(2) });
  const jobId = await host.submit({ requires: { nodeId: 'node-a' } });
  const { fence } = node.last('job_assign');
  await other.say({ type: 'job_done', job_id: jobId, fence, result: 'forged' });
  expect(other.last('done_ack').status).toBe('stale');
  await node.say({ type: 'job_done', job_id: jobId, fence: '1.999', result: 'wrong' });
  expect(node.last('done_ack').status).toBe('stale');
  for (let time = 0; time < 2; time += 1) await node.say({ type: 'job_done', job_id: jobId, fence, result: 'right' });
  expect(node.all('done_ack').map(({ status }) => status)).toEqual(['stale', 'accepted', 'accepted']);
  expect(await host.jobs.get(jobId)).toMatchObject({ result: 'right', attempts: [{ outcome: 'succeeded' }] });
});

test('J3: cancel wins at once: the node is told, a late result is dropped', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  expect(await host.jobs.cancel(jobId)).toMatchObject({ state: 'cancelled' });
  await settle();
  expect(node.last('job_cancel')).toMatchObject({ job_id: jobId, fence });
  await node.say({ type: 'job_done', job_id: jobId, fence, result: 'late' });
  expect(node.last('done_ack').status).toBe('stale');
  const stored = await host.jobs.get(jobId);
  expect([stored?.state, stored?.result]).toEqual(['cancelled', undefined]);
  const done = await host.submit();
  await node.say({ type: 'job_done', job_id: done, fence: node.last('job_assign').fence, result: 1 });
  await expect(host.jobs.cancel(done)).rejects.toMatchObject({ code: 'job_finished' });
});

test('J4: a job whose node fails it goes elsewhere after a wait; after three faults it is dead', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  for (let fault = 1; fault <= 3; fault += 1) {
    expect(node.all('job_assign').length).toBe(fault);
    const error = { code: 'out_of_memory', message: 'no memory', fault: 'node' as const };
    await node.say({ type: 'job_failed', job_id: jobId, fence: node.last('job_assign').fence, error });
    await host.pass(2_000);
  }
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'dead', error: { code: 'out_of_memory' } });
  expect(host.roster.get('node-a')?.row.nodeFaults).toBe(3);
});

test('J5: a job that runs longer than it may is ended by the host, as its own fault', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit({ runSeconds: 5 });
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_ack', job_id: jobId, fence });
  await host.pass(17_000);
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'failed', error: { code: 'run_timeout', fault: 'job' } });
  expect(node.last('job_cancel')).toMatchObject({ fence, reason: 'timed_out' });
});

test('J6: a repeated key returns the first job, also within one call and while the first is being written', async () => {
  const host = await startHost();
  const job = { kind: 'script', input: 1, idempotencyKey: 'once' };
  const [first, second] = await Promise.all([
    host.jobs.submit('ws-1', null, [job, job]),
    host.jobs.submit('ws-1', null, [job]),
  ]);
  expect(new Set([...first, ...second]).size).toBe(1);
  expect(await host.jobs.submit('ws-1', null, [job])).toEqual(second);
  expect(await host.store.count(jobsTable, {})).toBe(1);
});

test('N7: what is not acknowledged within 10 s is taken back', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  await host.submit();
  await host.pass(12_000);
  expect(node.all('job_assign').length).toBe(2);
  expect(node.last('job_cancel').fence).toBe(node.all('job_assign')[0]?.fence);
});

test('N4: silence makes a node suspect after 35 s and lost after 75 s; then its jobs go back in line', async () => {
  const host = await startHost();
  const lost = await host.join('node-a');
  const jobId = await host.submit();
  await lost.say({ type: 'job_ack', job_id: jobId, fence: lost.last('job_assign').fence });
  await host.pass(34_000);
  const status = async () => (await host.nodes.get('node-a'))?.status;
  expect(await status()).toBe('online');
  await host.pass(2_000);
  expect(await status()).toBe('suspect');
  const spare = await host.join('node-b', { share_key: key(2) });
  await host.pass(30_000);
  await spare.say({ type: 'heartbeat' });
  expect([await status(), spare.all('job_assign')]).toEqual(['suspect', []]);
  await host.pass(12_000);
  expect([await status(), spare.last('job_assign').job_id, lost.socket.closed?.code]).toEqual(['lost', jobId, 4006]);
  expect((await host.jobs.get(jobId))?.attempts).toMatchObject([
    { outcome: 'lost', nodeId: 'node-a' },
    { nodeId: 'node-b' },
  ]);
});

test('N6: a node that comes back keeps what it still runs; what it does not have is given to others', async () => {
  const host = await startHost();
  const before = await host.join('node-a');
  const [kept, gone] = [await host.submit(), await host.submit()];
  const fences = new Map(before.all('job_assign').map(({ job_id, fence }) => [job_id, fence]));
  before.socket.close(1006, 'cut');
  const running = [kept, 'job-unknown'].map((job_id) => ({
    job_id,
    fence: fences.get(job_id) ?? '1.77',
    acked_seq: 3,
  }));
  const after = await host.join('node-a', { running });
  expect(after.last('registered').jobs).toEqual([
    { job_id: kept, fence: fences.get(kept), verdict: 'keep', acked_seq: 3, ticket: expect.any(String) },
    { job_id: 'job-unknown', fence: '1.77', verdict: 'revoke', acked_seq: 3 },
  ]);
  await host.pass(12_000);
  expect(after.all('job_assign').map(({ job_id }) => job_id)).toEqual([gone]);
  await after.say({ type: 'job_done', job_id: kept, fence: fences.get(kept) ?? '', result: 'kept' });
  expect(await host.jobs.get(kept)).toMatchObject({ state: 'succeeded', attempts: [{ number: 1 }] });
});

test('J1 J2 N10: after a kill of the host nothing is lost; running work is adopted, results of earlier fences count', async () => {
  const host = await startHost();
  const node = await host.join('node-a', {
    capabilities: { node_id: 'node-a', cpu: { cores: 3 }, memory: { total_mb: 4096 } },
  });
  const ids = [await host.submit(), await host.submit(), await host.submit(), await host.submit()] as const;
  const fences = node.all('job_assign').map(({ fence }) => fence);
  await host.kill();

  const again = await startHost(host);
  const back = await again.join('node-a', {
    capabilities: { node_id: 'node-a', cpu: { cores: 2 }, memory: { total_mb: 4096 } },
    running: [{ job_id: ids[0], fence: fences[0] ?? '', acked_seq: -1 }],
  });
  expect(back.last('registered').jobs).toMatchObject([{ job_id: ids[0], verdict: 'keep' }]);
  // The second is in line again by now or was given out anew; its result of before is still good only while nobody holds it.
  const assigned = back.all('job_assign').map(({ job_id }) => job_id);
  expect(assigned.length).toBe(1);
  const waiting = ids.slice(1).find((id) => !assigned.includes(id)) ?? '';
  await back.say({
    type: 'job_done',
    job_id: waiting,
    fence: fences[ids.indexOf(waiting as never)] ?? '1.9',
    result: 'earlier',
  });
  expect(back.last('done_ack').status).toBe('accepted');
  await back.say({ type: 'job_done', job_id: assigned[0] ?? '', fence: '1.9', result: 'not the holder' });
  expect(back.last('done_ack').status).toBe('stale');
  await back.say({ type: 'job_done', job_id: ids[0], fence: fences[0] ?? '', result: 'adopted' });
  expect(await again.jobs.get(ids[0])).toMatchObject({ state: 'succeeded', result: 'adopted' });
  for (const { fence } of back.all('job_assign')) expect(fence.startsWith('2.')).toBe(true);
});

test('J8 N4: an assignment older than a second is known after a restart, and waited for 120 s', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { share_key: key(1) });
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_ack', job_id: jobId, fence });
  await host.pass(2_000);
  expect(await host.store.get(jobsTable, { id: jobId })).toMatchObject({ state: 'running', fence, nodeId: 'node-a' });
  await host.kill();

  const again = await startHost(host);
  const spare = await again.join('node-b', { share_key: key(2) });
  const beat = async (seconds: number) => {
    for (let passed = 0; passed < seconds; passed += 10) {
      await again.pass(10_000);
      await spare.say({ type: 'heartbeat' });
    }
  };
  await beat(110);
  expect(spare.all('job_assign')).toEqual([]);
  await beat(20);
  expect(spare.last('job_assign')).toMatchObject({ job_id: jobId, attempt: 2 });
});

test('N12: a large input or result stands in a blob; the ticket of the attempt opens it and nothing else', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const large = 'x'.repeat(300 * 1024);
  const jobId = await host.submit({ input: { large } });
  const { input, ticket, fence } = node.last('job_assign');
  const { $blob } = input as { $blob: string };
  expect(JSON.parse(host.blobs.content.get($blob) ?? '')).toEqual({ large });
  expect(host.tickets.check(ticket ?? '')).toEqual({
    jobId,
    fence,
    blobs: [$blob],
    delivered: new Set(),
  });
  await node.say({ type: 'job_done', job_id: jobId, fence, result: { large } });
  expect((await host.jobs.get(jobId))?.result).toMatchObject({ $blob: expect.any(String) });
  expect(host.tickets.check(ticket ?? '')).toBeNull();
});

test('a hash alone opens nothing: what looks like a reference is data, and a result must have been delivered (N12)', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const reference = { $blob: 'a'.repeat(64), size: 5 };
  await host.submit({ input: { inner: reference } });
  const inner = node.last('job_assign');
  expect(host.tickets.check(inner.ticket ?? '')?.blobs).toEqual([]);
  const jobId = await host.submit({ input: reference });
  const { fence, ticket } = node.last('job_assign');
  expect(host.tickets.check(ticket ?? '')?.blobs).not.toContain(reference.$blob);
  await node.say({ type: 'job_done', job_id: jobId, fence, result: reference });
  expect((await host.jobs.get(jobId))?.attempts[0]?.error?.code).toBe('result_undelivered');
});

test('nothing crosses workspaces: a file of another one is refused as an input', async () => {
  const host = await startHost();
  const image = { fileId: 'file-elsewhere', name: 'x.png', mime: 'image/png', size: 1, sha256: 'b'.repeat(64) };
  await expect(host.submit({ input: { image } })).rejects.toMatchObject({ code: 'bad_request' });
});

test('N9: output is acknowledged, kept without repetition, bounded, and there after the end', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  const chunk = (seq: number, text = `line ${seq}`) => ({
    type: 'chunk' as const,
    job_id: jobId,
    fence,
    seq,
    stream: 'log' as const,
    text,
  });
  await node.say(chunk(0), chunk(1), chunk(1), chunk(2));
  expect(node.all('chunk_ack').map(({ seq }) => seq)).toEqual([2]);
  await node.say({ type: 'job_done', job_id: jobId, fence, result: null });
  const { chunks, cut } = await host.jobs.output(jobId);
  expect([chunks.map(({ text }) => text), cut]).toEqual([['line 0', 'line 1', 'line 2'], false]);

  const noisy = await host.submit();
  const again = node.last('job_assign').fence;
  for (let seq = 0; seq < 20; seq += 1)
    await node.say({ ...chunk(seq, 'y'.repeat(65_000)), job_id: noisy, fence: again });
  const bounded = await host.jobs.output(noisy);
  expect([bounded.cut, bounded.chunks.reduce((sum, { text }) => sum + text.length, 0) <= 1024 * 1024]).toEqual([
    true,
    true,
  ]);
});

test('unknown kinds and too many jobs are refused; lists show what happens now', async () => {
  const host = await startHost();
  await expect(host.submit({ kind: 'juggling' })).rejects.toMatchObject({ code: 'job_kind_unknown' });
  const node = await host.join('node-a', { executors: ['script', 'juggling'] });
  const ids = [await host.submit({ kind: 'juggling' }), await host.submit(), await host.submit()];
  await node.say({ type: 'job_ack', job_id: ids[0] ?? '', fence: node.all('job_assign')[0]?.fence ?? '' });
  const listed = async (state?: string) =>
    (await host.jobs.list('ws-1', state === undefined ? {} : { state })).items.map(({ id, state: now }) => [id, now]);
  expect(await listed()).toEqual([
    [ids[2], 'queued'],
    [ids[1], 'assigned'],
    [ids[0], 'running'],
  ]);
  expect([await listed('running'), await listed('queued')]).toEqual([[[ids[0], 'running']], [[ids[2], 'queued']]]);
  const page = await host.jobs.list('ws-1', { limit: 2 });
  expect([
    page.items.length,
    (await host.jobs.list('ws-1', { cursor: page.next ?? '' })).items.map(({ id }) => id),
  ]).toEqual([2, [ids[0]]]);
  expect(await host.jobs.explain(ids[2] ?? '')).toMatchObject({
    summary: 'In line: needs 1 core; node-a has 0 free',
    nodes: [{ code: 'cores_taken' }],
  });
});

/** The next `times` commits fail, as on a full disk. */
function failWrites(store: Store, times: number): void {
  const commit = store.commit.bind(store);
  let left = times;
  store.commit = (changes) => {
    left -= 1;
    if (left < 0) store.commit = commit;
    return left < 0 ? commit(changes) : Promise.reject(new Error('The disk is full'));
  };
}
