/** Who holds a job, for how long, and who may say how it ended. */
import { expect, test } from 'vitest';
import { startHost } from '../core.harness.ts';

const key = (n: number) => `AB3X7K9${n}`;
const gpus = [
  { id: 'gpu-1', model: 'one', memory_mb: 8_000 },
  { id: 'gpu-2', model: 'two', memory_mb: 16_000 },
];
const machine = (nodeId: string) => ({
  capabilities: { node_id: nodeId, cpu: { cores: 2 }, memory: { total_mb: 4096 }, gpus },
});

test('N8: a lease does not end while its node lives, however long the job runs and however silent it is', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit({ runSeconds: 3_600 });
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_ack', job_id: jobId, fence });
  for (let minute = 0; minute < 30; minute += 1) {
    await host.pass(60_000);
    await node.say({ type: 'heartbeat' });
  }
  expect((await host.jobs.get(jobId))?.attempts).toMatchObject([{ number: 1, outcome: 'running' }]);
});

test('N8: a socket that is cut ends no lease before the node is lost; a goodbye ends it at once', async () => {
  const host = await startHost();
  const cut = await host.join('node-a', { share_key: key(1) });
  const jobId = await host.submit();
  await cut.say({ type: 'job_ack', job_id: jobId, fence: cut.last('job_assign').fence });
  const spare = await host.join('node-b', { share_key: key(2) });
  cut.socket.close(1006, 'cut');
  for (let seconds = 0; seconds < 70; seconds += 10) {
    await host.pass(10_000);
    await spare.say({ type: 'heartbeat' });
  }
  expect(spare.all('job_assign')).toEqual([]);
  await host.pass(7_000);
  expect(spare.last('job_assign')).toMatchObject({ job_id: jobId, attempt: 2 });
  await spare.say({ type: 'leave' });
  expect((await host.jobs.get(jobId))?.attempts.at(-1)).toMatchObject({
    outcome: 'lost',
    error: { code: 'node_left' },
  });
});

test.each([
  ['that slept', 3_600_000],
  ['whose clock was set back', -3_600_000],
])('N4 J5: a host %s takes nobody for lost, and no job for too long', async (_what, jump) => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  await node.say({ type: 'job_ack', job_id: jobId, fence: node.last('job_assign').fence });
  const { now } = host.timers;
  let asleep = 0;
  host.timers.now = () => now() + asleep;
  asleep = jump;
  await host.pass(5_000);
  expect([(await host.nodes.get('node-a'))?.status, (await host.jobs.get(jobId))?.state]).toEqual([
    'online',
    'running',
  ]);
  await host.pass(76_000);
  expect((await host.nodes.get('node-a'))?.status).toBe('lost');
});

test('N6: what a node began and comes back without is taken at once, as a fault of the node', async () => {
  const host = await startHost();
  const before = await host.join('node-a');
  const jobId = await host.submit();
  await before.say({ type: 'job_ack', job_id: jobId, fence: before.last('job_assign').fence });
  before.socket.close(1006, 'killed');
  const after = await host.join('node-a', { running: [] });
  await host.pass(1_000);
  expect(after.last('job_assign')).toMatchObject({ job_id: jobId, attempt: 2 });
  expect((await host.jobs.get(jobId))?.attempts[0]).toMatchObject({
    outcome: 'lost',
    error: { code: 'node_restarted' },
  });
});

test('N6: an assignment that still waited for room on the node is not presented, and holds when it is acknowledged', async () => {
  const host = await startHost();
  const before = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = before.last('job_assign');
  before.socket.close(1006, 'cut');
  const after = await host.join('node-a', { running: [] });
  await after.say({ type: 'job_ack', job_id: jobId, fence });
  for (let seconds = 0; seconds < 30; seconds += 10) {
    await host.pass(10_000);
    await after.say({ type: 'heartbeat' });
  }
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'running', attempts: [{ number: 1 }] });
});

test('N6: after a restart of the host an adopted job takes cores, memory and GPU memory again', async () => {
  const host = await startHost();
  const node = await host.join('node-a', machine('node-a'));
  const requires = { cores: 1, ramMb: 1024, gpuMemoryMb: 6_000 };
  const [long, short] = [await host.submit({ requires }), await host.submit({ requires })];
  const fences = new Map(node.all('job_assign').map(({ job_id, fence }) => [job_id, fence]));
  expect(host.roster.get('node-a')?.taken.gpus).toEqual([6_000, 6_000]);
  await node.say({ type: 'job_ack', job_id: long, fence: fences.get(long) ?? '' });
  await host.pass(2_000);
  await host.kill();

  const again = await startHost(host);
  expect(again.roster.get('node-a')?.taken).toMatchObject({ cores: 2, gpus: [6_000, 6_000] });
  const running = [long, short].map((job_id) => ({ job_id, fence: fences.get(job_id) ?? '', acked_seq: -1 }));
  const back = await again.join('node-a', { ...machine('node-a'), running });
  expect(back.last('registered').jobs?.map(({ verdict }) => verdict)).toEqual(['keep', 'keep']);
  expect(again.roster.get('node-a')?.taken).toMatchObject({ cores: 2, ramMb: 2048, gpus: [6_000, 6_000] });
  const waiting = await again.submit({ requires });
  expect((await again.jobs.get(waiting))?.state).toBe('queued');
  for (const { job_id, fence } of running) await back.say({ type: 'job_done', job_id, fence, result: null });
  expect(back.last('job_assign').job_id).toBe(waiting);
  await back.say({ type: 'job_done', job_id: waiting, fence: back.last('job_assign').fence, result: null });
  expect(again.roster.get('node-a')?.taken).toMatchObject({ cores: 0, ramMb: 0, gpus: [0, 0] });
});

test('N6: a job in line that a node still runs is adopted where the assignment was too short to be written', async () => {
  const host = await startHost();
  const node = await host.join('node-a', machine('node-a'));
  const jobId = await host.submit({ requires: { gpuMemoryMb: 12_000 } });
  const { fence } = node.last('job_assign');
  await host.kill();
  const again = await startHost(host);
  expect((await again.jobs.get(jobId))?.state).toBe('queued');
  await again.join('node-a', { ...machine('node-a'), running: [{ job_id: jobId, fence, acked_seq: -1 }] });
  expect(await again.jobs.get(jobId)).toMatchObject({ state: 'running', nodeId: 'node-a' });
  expect(again.roster.get('node-a')?.taken.gpus).toEqual([0, 12_000]);
});

test('N6: a node keeps only its own attempts: one of another node, or of a job that is over, is revoked', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { share_key: key(1) });
  const [running, over] = [await host.submit(), await host.submit()];
  const fences = new Map(node.all('job_assign').map(({ job_id, fence }) => [job_id, fence]));
  await host.jobs.cancel(over);
  const claims = [running, over].map((job_id) => ({ job_id, fence: fences.get(job_id) ?? '', acked_seq: -1 }));
  const thief = await host.join('node-b', { share_key: key(2), running: claims });
  expect(thief.last('registered').jobs?.map(({ verdict }) => verdict)).toEqual(['revoke', 'revoke']);
  const back = await host.join('node-a', { share_key: key(1), running: claims });
  expect(back.last('registered').jobs?.map(({ verdict }) => verdict)).toEqual(['keep', 'revoke']);
});

test('N10: when the lost node comes back with its result while another holds the job, only the holder is believed', async () => {
  const host = await startHost();
  const lost = await host.join('node-a', { share_key: key(1) });
  const jobId = await host.submit();
  const { fence } = lost.last('job_assign');
  await lost.say({ type: 'job_ack', job_id: jobId, fence });
  const spare = await host.join('node-b', { share_key: key(2) });
  for (let seconds = 0; seconds < 80; seconds += 10) {
    await host.pass(10_000);
    await spare.say({ type: 'heartbeat' });
  }
  const held = spare.last('job_assign');
  const back = await host.join('node-a', { share_key: key(1), running: [{ job_id: jobId, fence, acked_seq: -1 }] });
  expect(back.last('registered').jobs).toMatchObject([{ verdict: 'revoke' }]);
  await back.say({ type: 'job_done', job_id: jobId, fence, result: 'of the lost one' });
  expect(back.last('done_ack').status).toBe('stale');
  await spare.say({ type: 'job_done', job_id: jobId, fence: held.fence, result: 'of the holder' });
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'succeeded', result: 'of the holder' });
  expect((await host.jobs.history(jobId)).happenings.map(({ what }) => what)).toContain('stale');
});

test('N7: a node that is not there when the job is given loses nothing: it goes back in line at once', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_reject', job_id: jobId, fence, reason: 'no_room', message: 'Full' });
  await host.pass(1_000);
  expect(node.last('job_assign')).toMatchObject({ job_id: jobId, attempt: 1 });
  expect(node.last('job_assign').fence).not.toBe(fence);
  await node.say({ type: 'job_ack', job_id: jobId, fence });
  expect(node.last('job_cancel')).toMatchObject({ fence, reason: 'stale' });
});

test('N11: an answer that got lost is given again: the same result of the same attempt is accepted as often as it comes', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  await node.say({ type: 'job_done', job_id: jobId, fence, result: 'once' });
  await host.kill();
  const again = await startHost(host);
  const back = await again.join('node-a', { running: [{ job_id: jobId, fence, acked_seq: -1 }] });
  expect(back.last('registered').jobs).toMatchObject([{ verdict: 'revoke' }]);
  await back.say({ type: 'job_done', job_id: jobId, fence, result: 'twice' });
  expect(back.last('done_ack').status).toBe('accepted');
  expect((await again.jobs.get(jobId))?.result).toBe('once');
});
