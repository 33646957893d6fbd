import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { steps } from '../store/tables.ts';
import {
  code,
  createWorld,
  dyingStore,
  ended,
  failure,
  flow,
  inputOf,
  isEnded,
  mapped,
  serviceOn,
  shout,
  startIn,
  step,
  waitUntil,
  wire,
} from './runs.harness.ts';

test('F4: a Map runs its items, in order of the list, at most so many at once, and gives all results', async () => {
  let most = 0;
  const world = createWorld((job) => {
    most = Math.max(most, world.jobs.open().filter(({ origin }) => origin?.stepId === 'shout').length);
    return shout(job);
  });
  const service = serviceOn(world);
  const run = await startIn(world, service, mapped());
  const detail = await ended(service, run.id);
  expect(detail.run).toMatchObject({ state: 'succeeded', progress: { total: 8, done: 8, failed: 0 } });
  expect(detail.outputs).toEqual({ Result: ['0: A', '1: B', '2: C', '3: D', '4: E'] });
  expect(most).toBe(2);
  expect(detail.steps.find(({ stepId }) => stepId === 'each')?.items).toEqual({
    total: 5,
    done: 5,
    failed: 0,
    running: 0,
  });
  const inputs = await service.step(run.id, 'label', 'each[3]');
  expect([inputs.inputs, inputs.outputs]).toEqual([{ value: 'D' }, { text: '3: D' }]);
});

test.each([
  ['leave_out', ['0: A', '2: C', '3: D', '4: E']],
  ['null', ['0: A', null, '2: C', '3: D', '4: E']],
])('F4: an item that fails, with the policy %s', async (policy, results) => {
  const world = createWorld((job) => (inputOf(job) === 'b' ? failure('b is not liked') : shout(job)));
  const service = serviceOn(world);
  const detail = await ended(service, (await startIn(world, service, mapped(policy))).id);
  expect([detail.run.state, detail.outputs]).toEqual(['succeeded', { Result: results }]);
});

test('F4: Maps nest: each item of the outer one runs an inner one, and paths tell both', async () => {
  const lists = [['a', 'b'], [], ['c']];
  const file = flow(
    [
      step('lists', 'input', { name: 'Lists', type: 'json', value: lists }),
      step('outer', 'map', { concurrency: 2, onItemError: 'fail' }),
      step('inner', 'map', { concurrency: 2, onItemError: 'fail' }, 'outer'),
      code('shout', 'inner'),
      step('out', 'output', { name: 'Result', view: 'json' }),
    ],
    [
      wire('lists.value', 'outer.items'),
      wire('outer.item', 'inner.items'),
      wire('inner.item', 'shout.value'),
      wire('shout.result', 'inner.result'),
      wire('inner.results', 'outer.result'),
      wire('outer.results', 'out.value'),
    ],
  );
  const world = createWorld(shout);
  const service = serviceOn(world);
  const run = await startIn(world, service, file);
  const detail = await ended(service, run.id);
  expect([detail.run.error, detail.outputs]).toEqual([undefined, { Result: [['A', 'B'], [], ['C']] }]);
  expect(world.executed.toSorted()).toEqual([
    'shout@outer[0]/inner[0]',
    'shout@outer[0]/inner[1]',
    'shout@outer[2]/inner[0]',
  ]);
  const deep = await service.step(run.id, 'shout', 'outer[0]/inner[1]');
  expect([deep.inputs, deep.outputs]).toEqual([{ value: 'b' }, { result: 'B' }]);
});

test('a failed item with the policy fail fails the run in words, and ends the other jobs', async () => {
  const world = createWorld((job) =>
    inputOf(job) === 'b' ? failure('b is not liked') : inputOf(job) === 'a' ? null : shout(job),
  );
  const service = serviceOn(world);
  const detail = await ended(service, (await startIn(world, service, mapped())).id);
  expect(detail.run).toMatchObject({
    state: 'failed',
    error: { code: 'script_threw', message: 'each: Item 2: b is not liked' },
  });
  await expect.poll(() => world.jobs.open()).toEqual([]);
  const states = Object.fromEntries(detail.steps.map(({ stepId, state }) => [stepId, state]));
  expect(states).toEqual({ words: 'succeeded', each: 'failed', all: 'cancelled', out: 'cancelled' });
});

test('branches: the one not taken is skipped, and a Merge goes on with the other (F10)', async () => {
  const file = flow(
    [
      step('n', 'input', { name: 'N', type: 'number', value: 3 }),
      step('big', 'if', { field: '', is: 'more', value: '10' }),
      step('yes', 'template', { text: 'big {{ value }}', inputs: [{ name: 'value' }] }),
      step('no', 'template', { text: 'small {{ value }}', inputs: [{ name: 'value' }] }),
      step('both', 'merge', { mode: 'first' }),
      step('out', 'output', { name: 'Size', view: 'text' }),
    ],
    [
      wire('n.value', 'big.value'),
      wire('big.yes', 'yes.value'),
      wire('big.no', 'no.value'),
      wire('yes.text', 'both.values'),
      wire('no.text', 'both.values'),
      wire('both.value', 'out.value'),
    ],
  );
  const world = createWorld(shout);
  const service = serviceOn(world);
  const small = await ended(service, (await startIn(world, service, file)).id);
  expect([small.outputs, small.steps.find(({ stepId }) => stepId === 'yes')?.state]).toEqual([
    { Size: 'small 3' },
    'skipped',
  ]);
  const big = await ended(service, (await startIn(world, service, file, { N: '12' })).id);
  expect(big.outputs).toEqual({ Size: 'big 12' });
});

test('cancel is durable when it is answered, and no job is left', async () => {
  const world = createWorld(() => null);
  const service = serviceOn(world);
  const run = await startIn(world, service, mapped());
  await expect.poll(() => world.jobs.open().length).toBe(2);
  expect((await service.cancel(run.id)).state).toBe('cancelled');
  await expect.poll(() => world.jobs.open()).toEqual([]);
  await expect(service.cancel(run.id)).rejects.toMatchObject({ code: 'run_finished' });
});

test('large values go through blobs and come back whole', async () => {
  const world = createWorld((job) => ({ result: `${'x'.repeat(100_000)}${String(inputOf(job)).length}` }));
  const service = serviceOn(world);
  const file = flow(
    [
      step('w', 'input', { name: 'W', type: 'text', value: 'hello' }),
      code('one'),
      code('two'),
      step('out', 'output', { name: 'R', view: 'text' }),
    ],
    [wire('w.value', 'one.value'), wire('one.result', 'two.value'), wire('two.result', 'out.value')],
  );
  const run = await startIn(world, service, file);
  const detail = await ended(service, run.id);
  const whole = await Array.fromAsync(await service.value(run.id, { port: 'R' }));
  expect([detail.cut, JSON.parse(Buffer.concat(whole).toString())]).toEqual([['R'], `${'x'.repeat(100_000)}100001`]);
  const row = await world.store.get(steps, { runId: run.id, stepId: 'one', path: '' });
  expect(row?.outputs).toMatchObject({ result: { size: 100_003 } });
});

test.each([
  [{}, 'run_input_missing'],
  [{ Topic: 5 }, 'bad_request'],
  [{ Topic: 'x', Other: 1 }, 'bad_request'],
])('inputs %j are refused with %s', async (inputs, codeOfError) => {
  const world = createWorld(shout);
  const file = flow(
    [step('t', 'input', { name: 'Topic', type: 'text' }), step('out', 'output', { name: 'R', view: 'text' })],
    [wire('t.value', 'out.value')],
  );
  await expect(startIn(world, serviceOn(world), file, inputs)).rejects.toMatchObject({ code: codeOfError });
});

/** A store that dies at the n-th commit: before it, or after it but before anybody is told. */
test('F1, F2: killed at any commit, a run ends as without a kill, and no finished step runs again', async () => {
  const kills = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.boolean()), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(kills, fc.constantFrom('fail', 'leave_out', 'null'), async (deaths, policy) => {
      const world = createWorld((job) => (policy !== 'fail' && inputOf(job) === 'c' ? failure('no c') : shout(job)));
      const expected = createWorld((job) => (policy !== 'fail' && inputOf(job) === 'c' ? failure('no c') : shout(job)));
      const undisturbed = serviceOn(expected);
      const wanted = await ended(undisturbed, (await startIn(expected, undisturbed, mapped(policy))).id);

      const file = mapped(policy);
      const born = serviceOn(world, dyingStore(world.store, 2, false).store);
      const run = await startIn(world, born, file);
      await born.stop();
      for (const [dieAt, afterwards] of deaths) {
        world.jobs.silence();
        const dying = dyingStore(world.store, dieAt, afterwards);
        const service = serviceOn(world, dying.store);
        await service.resumeAll();
        await waitUntil(async () => dying.dead() || (await isEnded(world, run.id)));
        await service.stop();
      }
      world.jobs.silence();
      const service = serviceOn(world);
      await service.resumeAll();
      const detail = await ended(service, run.id);
      await service.stop();

      expect([detail.run.state, detail.outputs, detail.run.progress]).toEqual([
        wanted.run.state,
        wanted.outputs,
        wanted.run.progress,
      ]);
      expect(world.executed.toSorted()).toEqual([...new Set(world.executed)].toSorted());
    }),
    { numRuns: 60 },
  );
});

test('S10: a large output is cut in the answer about its run, and is to be had whole by itself', async () => {
  const long = 'x'.repeat(200_000);
  const file = flow(
    [
      step('text', 'input', { name: 'Text', type: 'text', value: long }),
      step('out', 'output', { name: 'Result', view: 'text' }),
    ],
    [wire('text.value', 'out.value')],
  );
  const world = createWorld(shout);
  const service = serviceOn(world);
  const run = await startIn(world, service, file);
  const detail = await ended(service, run.id);
  expect(detail.cut).toEqual(['Result']);
  expect(String(detail.outputs['Result']).length).toBe(64 * 1024);
  const whole = async (which: { port: string; stepId?: string }) => {
    const parts = await Array.fromAsync(await service.value(run.id, which));
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as string;
  };
  expect(await whole({ port: 'Result' })).toBe(long);
  expect(await whole({ port: 'value', stepId: 'out' })).toBe(long);
  await expect(service.value(run.id, { port: 'nothing' })).rejects.toMatchObject({ code: 'not_found' });
});

test('F2: a result that finds no room on the disk is kept when there is some; nothing runs again', async () => {
  const world = createWorld(() => ({ result: 'x'.repeat(200_000) }));
  let refused = 0;
  const blobs: typeof world.blobs = {
    ...world.blobs,
    async put(content, options) {
      refused += 1;
      if (refused < 3) throw new AppError('disk_full');
      return world.blobs.put(content, options);
    },
  };
  const service = serviceOn({ ...world, blobs });
  const file = flow(
    [step('i', 'input', { name: 'x', type: 'text', value: 'a' }), code('c')],
    [wire('i.value', 'c.value')],
  );
  const { run } = await ended(service, (await startIn(world, service, file)).id);
  expect([run.state, world.executed]).toEqual(['succeeded', ['c@']]);
  await service.stop();
});
