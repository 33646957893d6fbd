import { expect, test } from 'vitest';
import { startHost } from '../core.harness.ts';
import { writeEvery } from './reputation.ts';

test('Reputation: earned by attempts, shown on the card with its evidence, kept through a kill', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const done = async () => {
    const jobId = await host.submit({ label: 'Read a receipt' });
    const { fence } = node.last('job_assign');
    await node.say({ type: 'job_ack', job_id: jobId, fence });
    await host.pass(1_000);
    await node.say({ type: 'job_done', job_id: jobId, fence, result: 1 });
    return jobId;
  };
  await done();
  const last = await done();
  await host.pass(writeEvery);
  const [reputation] = (await host.nodes.get('node-a'))?.reputation ?? [];
  expect(reputation).toMatchObject({
    kind: 'script',
    successes: 2,
    faults: 0,
    streak: 2,
    medianMs: 1_000,
    speed: null,
  });
  const record = await host.nodes.record('node-a', () => true);
  expect(record.kinds[0]?.attempts[0]).toMatchObject({
    outcome: 'succeeded',
    counted: 'success',
    jobId: last,
    ms: 1_000,
  });
  const hidden = await host.nodes.record('node-a', () => false);
  expect(hidden.kinds[0]?.attempts[0]).toMatchObject({ counted: 'success', jobId: null, label: null });
  expect(host.roster.get('node-a')?.view.standing.kinds.get('script')?.trust).toBeGreaterThan(0.275);

  await host.kill();
  const again = await startHost(host);
  expect((await again.nodes.get('node-a'))?.reputation).toEqual([reputation]);
});

test('Reputation: what the node breaks costs it, what its owner takes back does not', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  await host.submit();
  await node.say({ type: 'leave' });
  await host.pass(writeEvery);
  const attemptOf = async () => (await host.nodes.record('node-a', () => true)).kinds[0]?.attempts[0];
  expect(await attemptOf()).toMatchObject({ outcome: 'lost', counted: null, why: 'Its owner kept the machine' });
  expect((await host.nodes.get('node-a'))?.reputation[0]).toMatchObject({ faults: 0 });

  const back = await host.join('node-a');
  await host.pass(2_000);
  const { job_id, fence } = back.last('job_assign');
  await back.say({ type: 'job_ack', job_id, fence });
  const error = { code: 'executor_broke', message: 'Out of disk', fault: 'node' as const };
  await back.say({ type: 'job_failed', job_id, fence, error });
  expect(await attemptOf()).toMatchObject({ outcome: 'failed', counted: 'fault', why: 'Out of disk' });
  expect((await host.nodes.get('node-a'))?.reputation[0]).toMatchObject({ faults: 1, streak: 0 });
});
