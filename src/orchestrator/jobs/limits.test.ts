import { expect, test } from 'vitest';
import { settle, startHost } from '../core.harness.ts';

const key = (n: number) => `AB3X7K9${n}`;
const always = { first: 0, factor: 1, max: 0, jitter: 0 };

test('J5: a job that nobody takes in the time that it would wait has failed; one without a limit waits on', async () => {
  const host = await startHost();
  const [limited, patient] = [await host.submit({ queueSeconds: 30 }), await host.submit()];
  await host.pass(29_000);
  expect((await host.jobs.get(limited))?.state).toBe('queued');
  await host.pass(2_000);
  expect(await host.jobs.get(limited)).toMatchObject({
    state: 'failed',
    queueSeconds: 30,
    error: { code: 'queue_timeout', fault: 'job' },
    attempts: [],
  });
  expect((await host.jobs.get(patient))?.state).toBe('queued');
  await host.join('node-a');
  expect(host.engine.queues()).toEqual([]);
});

test('J5: the wait in line goes on counting over a restart of the host, and ends when a node takes the job', async () => {
  const host = await startHost();
  const [late, taken] = [
    await host.submit({ queueSeconds: 30, requires: { nodeId: 'node-b' } }),
    await host.submit({ queueSeconds: 30 }),
  ];
  await host.pass(20_000);
  await host.kill();
  const again = await startHost(host);
  const node = await again.join('node-a');
  await node.say({ type: 'job_ack', job_id: taken, fence: node.last('job_assign').fence });
  await again.pass(11_000);
  expect([(await again.jobs.get(late))?.error?.code, (await again.jobs.get(taken))?.state]).toEqual([
    'queue_timeout',
    'running',
  ]);
});

test('J5: a back-off is no wait for a node', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const backoff = { first: 60_000, factor: 1, max: 60_000, jitter: 0 };
  const jobId = await host.submit({ queueSeconds: 5, retry: { attempts: 2, backoff, retryOn: ['node', 'job'] } });
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_failed', job_id: jobId, fence, error: { code: 'x', message: 'x', fault: 'job' } });
  for (let seconds = 0; seconds < 60; seconds += 10) {
    await node.say({ type: 'heartbeat' });
    await host.pass(10_000);
  }
  expect(node.all('job_assign').length).toBe(2);
});

test('J5: an attempt that writes nothing for too long is ended as the fault of the job; output and progress keep it going', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit({ silenceSeconds: 20 });
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_ack', job_id: jobId, fence });
  for (let seq = 0; seq < 3; seq += 1) {
    await host.pass(15_000);
    await node.say({ type: 'chunk', job_id: jobId, fence, seq, stream: 'progress', text: '{"done":1}' });
  }
  expect((await host.jobs.get(jobId))?.state).toBe('running');
  await host.pass(22_000);
  expect(await host.jobs.get(jobId)).toMatchObject({
    state: 'failed',
    silenceSeconds: 20,
    error: { code: 'no_progress', fault: 'job' },
  });
  expect(node.last('job_cancel')).toMatchObject({ fence, reason: 'timed_out' });
});

test('J5: while the connection of its node is gone nothing can be heard of a job, so its silence does not count', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit({ silenceSeconds: 20 });
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_ack', job_id: jobId, fence });
  node.socket.close(1006, 'cut');
  await host.pass(40_000);
  expect((await host.jobs.get(jobId))?.state).toBe('running');
  const back = await host.join('node-a', { running: [{ job_id: jobId, fence, acked_seq: -1 }] });
  await host.pass(15_000);
  expect((await host.jobs.get(jobId))?.state).toBe('running');
  await back.say({ type: 'heartbeat' });
  await host.pass(7_000);
  expect((await host.jobs.get(jobId))?.error?.code).toBe('no_progress');
});

test('J4: after a Retry-After the next attempt waits at least so long, an hour at most', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit({ retry: { attempts: 3, backoff: always, retryOn: ['job'] } });
  const fail = (retryAfterMs: number) =>
    node.say({
      type: 'job_failed',
      job_id: jobId,
      fence: node.last('job_assign').fence,
      error: { code: 'rate_limited', message: 'Slow down', fault: 'job', retryAfterMs },
    });
  await fail(30_000);
  await host.pass(29_000);
  expect(node.all('job_assign').length).toBe(1);
  await host.pass(2_000);
  expect(node.all('job_assign').length).toBe(2);
  const before = host.timers.now();
  await fail(1e15);
  expect((await host.jobs.get(jobId))?.notBefore).toBe(before + 3_600_000);
});

test('J4: a back-off longer than timers can wait is waited for all the same', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const month = 40 * 86_400_000;
  const backoff = { first: month, factor: 1, max: month, jitter: 0 };
  const jobId = await host.submit({ retry: { attempts: 2, backoff, retryOn: ['job'] } });
  const waits: { milliseconds: number; task: () => void }[] = [];
  host.timers.after = (milliseconds, task) => {
    waits.push({ milliseconds, task });
    return () => undefined;
  };
  const error = { code: 'x', message: 'x', fault: 'job' as const };
  await node.say({ type: 'job_failed', job_id: jobId, fence: node.last('job_assign').fence, error });
  const longest = waits.find(({ milliseconds }) => milliseconds === 2 ** 31 - 1);
  waits.length = 0;
  longest?.task();
  await settle();
  expect([waits.map(({ milliseconds }) => milliseconds), node.all('job_assign').length]).toEqual([[2 ** 31 - 1], 1]);
});

test('J4: nodes that say goodbye do not kill a job, however often; what they do not do they give back at once', async () => {
  const host = await startHost();
  const jobId = await host.submit();
  for (let time = 1; time <= 5; time += 1) {
    const node = await host.join('node-a');
    expect(node.last('job_assign')).toMatchObject({ job_id: jobId, attempt: time });
    await node.say({ type: 'job_ack', job_id: jobId, fence: node.last('job_assign').fence });
    await node.say({ type: 'leave' });
    node.socket.close(1000, '');
  }
  expect((await host.jobs.get(jobId))?.state).toBe('queued');
  const node = await host.join('node-a');
  await node.say({ type: 'job_done', job_id: jobId, fence: node.last('job_assign').fence, result: 'at last' });
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'succeeded', result: 'at last' });
});

test('J4: a job that may not run twice is dead when its node is lost, also by a goodbye', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit({ retry: { attempts: 3, backoff: always, retryOn: [] } });
  await node.say({ type: 'leave' });
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'dead', error: { code: 'node_left' } });
});

test('J7: the highest priority goes first, then the one that has waited longest', async () => {
  const host = await startHost();
  const ids = [await host.submit(), await host.submit({ priority: 5 }), await host.submit()];
  const node = await host.join('node-a', {
    capabilities: { node_id: 'node-a', cpu: { cores: 1 }, memory: { total_mb: 4096 } },
  });
  for (let done = 0; done < 3; done += 1) {
    const { job_id, fence } = node.last('job_assign');
    await node.say({ type: 'job_done', job_id, fence, result: null });
  }
  expect(node.all('job_assign').map(({ job_id }) => job_id)).toEqual([ids[1], ids[0], ids[2]]);
});

test('J7: a member with many jobs in line does not hold up another member', async () => {
  const host = await startHost();
  const submit = async (member: string, label: string) => {
    const [jobId = ''] = await host.jobs.submit('ws-1', member, [{ kind: 'script', input: null, label }]);
    return jobId;
  };
  for (let n = 0; n < 20; n += 1) await submit('usr-many', `many ${n}`);
  const single = await submit('usr-few', 'few');
  const node = await host.join('node-a', {
    capabilities: { node_id: 'node-a', cpu: { cores: 1 }, memory: { total_mb: 4096 } },
    share_key: key(1),
  });
  for (let done = 0; done < 3; done += 1) {
    const { job_id, fence } = node.last('job_assign');
    await node.say({ type: 'job_ack', job_id, fence });
    await host.pass(2_000);
    await node.say({ type: 'job_done', job_id, fence, result: null });
  }
  expect(node.all('job_assign').map(({ job_id }) => job_id)).toContain(single);
});
