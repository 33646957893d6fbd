/** F7: a run goes on from where it stopped, starts from another, from pinned data, from one step. */
import { expect, test } from 'vitest';
import type { RunDetail } from '../../shared/model/run.ts';
import {
  code,
  createWorld,
  ended,
  failure,
  flow,
  inputOf,
  mapped,
  serviceOn,
  shout,
  startIn,
  step,
  wire,
} from './runs.harness.ts';

const out = step('out', 'output', { name: 'R', view: 'json' });

/** Input → a → b → c → Output, all Code that shouts. */
const line = flow(
  [step('i', 'input', { name: 'x', type: 'text', value: 'hi' }), code('a'), code('b'), code('c'), out],
  [wire('i.value', 'a.value'), wire('a.result', 'b.value'), wire('b.result', 'c.value'), wire('c.result', 'out.value')],
);
const marks = (answer: { suffix: string; fails?: string }) => (job: Parameters<typeof shout>[0]) =>
  job.origin?.stepId === answer.fails ? failure('not today') : { result: `${String(inputOf(job))}${answer.suffix}` };
const stateOf = (detail: RunDetail, id: string) => detail.steps.find(({ stepId }) => stepId === id);

test('F7: a failed run goes on as the same run; what had finished is neither executed nor paid again', async () => {
  const answer = { suffix: '!', fails: 'b' };
  const world = createWorld(marks(answer));
  const service = serviceOn(world);
  const run = await startIn(world, service, line);
  expect((await ended(service, run.id)).run).toMatchObject({ state: 'failed', error: { message: 'b: not today' } });
  delete (answer as { fails?: string }).fails;
  const again = await service.resume(run.id);
  expect(again).toMatchObject({ id: run.id, number: run.number, state: 'running', resumedAt: expect.any(Number) });
  const detail = await ended(service, run.id);
  expect([detail.run.state, detail.run.error, detail.outputs]).toEqual(['succeeded', undefined, { R: 'hi!!!' }]);
  expect(detail.run.progress).toEqual({ total: 5, done: 5, failed: 0 });
  expect(world.executed).toEqual(['a@', 'b@', 'b@', 'c@']);
  await expect(service.resume(run.id)).rejects.toMatchObject({ code: 'run_succeeded' });
});

test('F7: of a Map only the items that failed, were stopped or had not begun are done', async () => {
  let likesB = false;
  const world = createWorld((job) => (inputOf(job) === 'b' && !likesB ? failure('b is not liked') : shout(job)));
  const service = serviceOn(world);
  const run = await startIn(world, service, mapped());
  expect((await ended(service, run.id)).run.state).toBe('failed');
  likesB = true;
  await service.resume(run.id);
  const detail = await ended(service, run.id);
  expect(detail.outputs).toEqual({ Result: ['0: A', '1: B', '2: C', '3: D', '4: E'] });
  expect(detail.run.progress).toEqual({ total: 8, done: 8, failed: 0 });
  expect(world.executed.filter((one) => one === 'shout@each[0]')).toHaveLength(1);
  expect(world.executed.filter((one) => one === 'shout@each[1]')).toHaveLength(2);
});

test('F7: a cancelled run goes on; a run that goes on is not taken up twice', async () => {
  let answers = false;
  const world = createWorld((job) => (answers || job.origin?.stepId === 'a' ? shout(job) : null));
  const service = serviceOn(world);
  const run = await startIn(world, service, line);
  await expect.poll(() => world.submitted.length).toBe(2);
  await expect(service.resume(run.id)).rejects.toMatchObject({ code: 'run_going_on' });
  await service.cancel(run.id);
  answers = true;
  const both = await Promise.allSettled([service.resume(run.id), service.resume(run.id)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect((await ended(service, run.id)).outputs).toEqual({ R: 'HI' });
  expect(world.submitted.map(({ origin }) => origin?.stepId)).toEqual(['a', 'b', 'b', 'c']);
});

test('F7: the failed items of a Map are done again where its run succeeded without them, and what comes after it', async () => {
  let likesB = false;
  const world = createWorld((job) => (inputOf(job) === 'b' && !likesB ? failure('b is not liked') : shout(job)));
  const service = serviceOn(world);
  const run = await startIn(world, service, mapped('leave_out'));
  expect((await ended(service, run.id)).outputs).toEqual({ Result: ['0: A', '2: C', '3: D', '4: E'] });
  likesB = true;
  await service.resume(run.id, { failedItemsOf: 'each' });
  const detail = await ended(service, run.id);
  expect(detail.outputs).toEqual({ Result: ['0: A', '1: B', '2: C', '3: D', '4: E'] });
  expect(world.executed.filter((one) => one.startsWith('shout@'))).toHaveLength(6);
  await expect(service.resume(run.id, { failedItemsOf: 'each' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(service.resume(run.id, { failedItemsOf: 'all' })).rejects.toMatchObject({ code: 'bad_request' });
});

test('F7: run from a step: what is not downstream of it is taken over from the earlier run', async () => {
  const answer = { suffix: '!' };
  const world = createWorld(marks(answer));
  const service = serviceOn(world);
  const first = await ended(service, (await startIn(world, service, line)).id);
  answer.suffix = '?';
  const run = await startIn(world, service, line, {}, { from: { runId: first.run.id, step: 'b' } });
  const detail = await ended(service, run.id);
  expect(detail.outputs).toEqual({ R: 'hi!??' });
  expect(stateOf(detail, 'a')).toMatchObject({ state: 'succeeded', takenFrom: { runId: first.run.id } });
  expect(detail.run.from).toEqual({ runId: first.run.id, step: 'b' });
  expect(world.executed).toEqual(['a@', 'b@', 'c@', 'b@', 'c@']);
});

test('F7: pinned outputs stand instead of executing the step, whatever leads to it, inside Maps too', async () => {
  const world = createWorld(marks({ suffix: '!', fails: 'a' }));
  const service = serviceOn(world);
  const pinned = await startIn(world, service, line, {}, { pinned: { a: { result: 'mine' } } });
  const detail = await ended(service, pinned.id);
  expect([detail.outputs, stateOf(detail, 'a')?.pinned]).toEqual([{ R: 'mine!!' }, true]);
  expect(detail.run.pinned).toEqual(['a']);

  const other = createWorld(shout);
  const one = serviceOn(other);
  const inside = await startIn(other, one, mapped(), {}, { pinned: { shout: { result: 'X' } } });
  const items = await ended(one, inside.id);
  expect(items.outputs).toEqual({ Result: ['0: X', '1: X', '2: X', '3: X', '4: X'] });
  expect(other.executed).toEqual(['all@']);

  const whole = await startIn(other, one, mapped(), {}, { pinned: { each: { results: [1] } } });
  const map = await ended(one, whole.id);
  expect([map.outputs, map.run.progress]).toEqual([{ Result: [1] }, { total: 4, done: 4, failed: 0 }]);
});

test('F7: edited data of an earlier run: some steps are pinned, the others taken over', async () => {
  const world = createWorld(marks({ suffix: '!' }));
  const service = serviceOn(world);
  const first = await ended(service, (await startIn(world, service, line)).id);
  const options = { from: { runId: first.run.id, step: 'c' }, pinned: { b: { result: 'edited' } } };
  const detail = await ended(service, (await startIn(world, service, line, {}, options)).id);
  expect(detail.outputs).toEqual({ R: 'edited!' });
  expect(world.executed.slice(3)).toEqual(['c@']);
});

test('F7: one step alone, with the inputs that it had, or with pinned ones; nothing else runs', async () => {
  const world = createWorld(marks({ suffix: '!' }));
  const service = serviceOn(world);
  const first = await ended(service, (await startIn(world, service, line)).id);
  const alone = await ended(
    service,
    (await startIn(world, service, line, {}, { only: ['b'], from: { runId: first.run.id } })).id,
  );
  expect((await service.step(alone.run.id, 'b', '')).outputs).toEqual({ result: 'hi!!' });
  expect(world.executed.slice(3)).toEqual(['b@']);
  expect(alone.steps.map(({ stepId, state }) => [stepId, state])).toEqual([
    ['i', 'skipped'],
    ['a', 'succeeded'],
    ['b', 'succeeded'],
    ['c', 'skipped'],
    ['out', 'skipped'],
  ]);
  const pinned = await startIn(world, service, line, {}, { only: ['c'], pinned: { b: { result: 'P' } } });
  await ended(service, pinned.id);
  expect((await service.step(pinned.id, 'c', '')).outputs).toEqual({ result: 'P!' });
  await expect(startIn(world, service, line, {}, { only: ['c'] })).rejects.toMatchObject({ code: 'run_data_missing' });
});

test.each([
  [{ from: { runId: 'run-none', step: 'a' } }, 'not_found'],
  [{ pinned: { z: {} } }, 'bad_request'],
  [{ only: ['z'] }, 'bad_request'],
])('F7: %j is refused with %s', async (options, codeOfError) => {
  const world = createWorld(shout);
  await expect(startIn(world, serviceOn(world), line, {}, options)).rejects.toMatchObject({ code: codeOfError });
});

test('F7: nothing crosses workspaces: an earlier run of another one is not there', async () => {
  const world = createWorld(shout);
  const service = serviceOn(world);
  const first = await ended(service, (await startIn(world, service, line)).id);
  const version = { id: 'ver-9', flowId: null, number: 1, name: null, hash: '', authorName: null, createdAt: 0 };
  const options = { from: { runId: first.run.id } };
  const elsewhere = { workspaceId: 'ws-2', flowId: null, version, file: line, inputs: {}, startedBy: null, options };
  await expect(service.start(elsewhere)).rejects.toMatchObject({ code: 'not_found' });
});

test('F7, F2: a run from a step and with pins goes on after a restart as it was started', async () => {
  let answers = true;
  const world = createWorld((job) => (answers ? marks({ suffix: '!' })(job) : null));
  const born = serviceOn(world);
  const first = await ended(born, (await startIn(world, born, line)).id);
  answers = false;
  const options = { from: { runId: first.run.id, step: 'b' }, pinned: { b: { result: 'mine' } } };
  const run = await startIn(world, born, line, {}, options);
  await expect.poll(() => world.jobs.open().length).toBe(1);
  await born.stop();
  world.jobs.silence();
  const service = serviceOn(world);
  await service.resumeAll();
  for (const job of world.jobs.open()) world.jobs.answer(job, { result: 'late' });
  expect((await ended(service, run.id)).outputs).toEqual({ R: 'late' });
});
