/** F5 through the real job engine: a step's job is tried again on its own error, with the back-off of its policy. */
import { expect, test } from 'vitest';
import { createIdSource } from '../../shared/ids.ts';
import { settle, startHost } from '../core.harness.ts';
import { createRunService } from './run-service.ts';
import { code, createWorld, flow, serviceOn, shout, startIn, step, wire } from './runs.harness.ts';

const out = step('out', 'output', { name: 'R', view: 'json' });
const version = { id: 'ver-1', flowId: null, number: 1, name: null, hash: '', authorName: null, createdAt: 0 };

async function startStep(attempts: number) {
  const host = await startHost();
  const node = await host.join('node-1');
  const runs = createRunService({
    ...{
      store: host.store,
      blobs: host.blobs,
      live: host.hub,
      clock: host.timers,
      timers: host.timers,
      jobs: host.jobs,
    },
    ids: createIdSource(host.timers, Math.random),
    unexpected: (error) => expect.unreachable(String(error)),
  });
  const policy = { attempts, backoff: { firstMs: 4_000, factor: 3, maxMs: 60_000 } };
  const file = flow(
    [step('i', 'input', { name: 'x', type: 'text', value: 'a' }), { ...code('c'), policy }, out],
    [wire('i.value', 'c.value'), wire('c.result', 'out.value')],
  );
  await runs.start({ workspaceId: 'ws-1', flowId: null, version, file, inputs: {}, startedBy: null }).then(settle);
  const fail = () => {
    const { job_id, fence } = node.last('job_assign');
    return node.say({
      type: 'job_failed',
      job_id,
      fence,
      error: { code: 'script_threw', message: 'no', fault: 'job' },
    });
  };
  const succeed = () => {
    const { job_id, fence } = node.last('job_assign');
    return node.say({ type: 'job_done', job_id, fence, result: 'done' });
  };
  const run = async () => (await runs.list('ws-1', {})).items[0];
  return { host, node, runs, run, fail, succeed, tries: () => node.all('job_assign').length };
}

test('F5: a job that fails by its own error is tried again after 4 s, then after 12 s, and its run succeeds', async () => {
  const { host, runs, run, fail, succeed, tries } = await startStep(3);
  expect(tries()).toBe(1);
  await fail();
  await host.pass(3_000);
  expect(tries()).toBe(1);
  await host.pass(1_500);
  expect(tries()).toBe(2);
  await fail();
  await host.pass(11_000);
  expect(tries()).toBe(2);
  await host.pass(1_500);
  expect(tries()).toBe(3);
  await succeed();
  await settle();
  expect(await run()).toMatchObject({ state: 'succeeded' });
  await runs.stop();
  await host.stop();
});

test('F5: when its tries are spent, the step fails and says how often it was tried', async () => {
  const { host, runs, run, fail } = await startStep(2);
  await fail();
  await host.pass(5_000);
  await fail();
  await settle();
  expect(await run()).toMatchObject({ state: 'failed', error: { message: 'c: no (tried 2 times)' } });
  await runs.stop();
  await host.stop();
});

test('F5: a step that waits has its time and its tries too, and may give a default', async () => {
  const world = createWorld(shout);
  const service = serviceOn(world);
  const policy = {
    timeoutSeconds: 1,
    attempts: 2,
    backoff: { firstMs: 0, factor: 1, maxMs: 0 },
    onError: 'default' as const,
    defaultOutputs: { value: 'too late' },
  };
  const wait = { ...step('w', 'wait', { mode: 'for', amount: 10, unit: 'minutes', until: '' }), policy };
  const file = flow([wait, out], [wire('w.value', 'out.value')]);
  const { id } = await startIn(world, service, file);
  await expect.poll(async () => (await service.detail(id)).run.state, { timeout: 8_000 }).toBe('succeeded');
  const detail = await service.detail(id);
  expect(detail.outputs).toEqual({ R: 'too late' });
  const [waited] = detail.steps;
  expect(waited).toMatchObject({ usedDefault: true, error: { code: 'step_timeout' } });
  expect((waited?.finishedAt ?? 0) - detail.run.createdAt).toBeGreaterThanOrEqual(1_900);
  await service.stop();
});
