/** Maps that are long, or whose items are large: nothing of them is held as a whole, and everything is there in the end. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { steps } from '../store/tables.ts';
import { itemList } from './item-list.ts';
import {
  code,
  createWorld,
  ended,
  failure,
  flow,
  inputOf,
  serviceOn,
  shout,
  startIn,
  step,
  wire,
} from './runs.harness.ts';
import { createRunValues } from './values.ts';

const edges = [
  wire('i.value', 'each.items'),
  wire('each.item', 'c.value'),
  wire('c.result', 'each.result'),
  wire('each.results', 'out.value'),
];
const long = (items: readonly unknown[], onItemError: string, concurrency = 50) =>
  flow(
    [
      step('i', 'input', { name: 'x', type: 'json', value: items }),
      step('each', 'map', { concurrency, onItemError }),
      code('c', 'each'),
      step('out', 'output', { name: 'R', view: 'json' }),
    ],
    edges,
  );
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

test('F4: results of a long Map come back in the order of its items, without those that failed, from the store', async () => {
  const world = createWorld((job) => (String(inputOf(job)).endsWith('7') ? failure('seven') : shout(job)));
  const service = serviceOn(world);
  const run = await startIn(world, service, long(numbers(1_300), 'leave_out'));
  const detail = await ended(service, run.id);
  expect(detail.outputs['R']).toEqual(
    numbers(1_300)
      .filter((name) => !name.endsWith('7'))
      .map((name) => name.toUpperCase()),
  );
  expect(detail.steps.find(({ stepId }) => stepId === 'each')).toMatchObject({
    items: { total: 1_300, done: 1_170, failed: 130, running: 0 },
    summary: '1170 results',
  });
});

test('F4: large results of few items are put together from blobs, nulls in their places', async () => {
  const world = createWorld((job) =>
    inputOf(job) === 'n1' ? failure('no') : { result: `${String(inputOf(job))} ${'ä'.repeat(50_000)}` },
  );
  const service = serviceOn(world);
  const run = await startIn(world, service, long(numbers(4), 'null', 2));
  await ended(service, run.id);
  const parts = await Array.fromAsync(await service.value(run.id, { port: 'R' }));
  const outputs = JSON.parse(Buffer.concat(parts).toString()) as (string | null)[];
  expect(outputs.map((value) => value?.slice(0, 3) ?? null)).toEqual(['n0 ', null, 'n2 ', 'n3 ']);
  const row = await world.store.get(steps, { runId: run.id, stepId: 'each', path: '' });
  expect(row?.outputs).toMatchObject({ results: { $blob: expect.any(String) } });
  expect(row?.marks).toBeNull();
});

test('F2, F4: a long Map goes on after a restart from the items that had finished', async () => {
  let answered = 0;
  const world = createWorld((job) => (answered++ < 700 ? shout(job) : null));
  const born = serviceOn(world);
  const run = await startIn(world, born, long(numbers(1_300), 'fail'));
  await expect.poll(() => answered, { timeout: 5_000 }).toBeGreaterThan(720);
  await born.stop();
  world.jobs.silence();
  answered = Number.NEGATIVE_INFINITY;
  const service = serviceOn(world);
  await service.resumeAll();
  for (const job of world.jobs.open()) world.jobs.answer(job, shout(job) as { result: unknown });
  const detail = await ended(service, run.id);
  expect(detail.outputs['R']).toEqual(numbers(1_300).map((name) => name.toUpperCase()));
  expect(world.executed.length).toBe(new Set(world.executed).size);
});

test('a value that looks like a reference to a blob passes through a Map as what it is', async () => {
  const guess = { $blob: '0'.repeat(64), size: 1 };
  const through = flow(
    [
      step('i', 'input', { name: 'x', type: 'json', value: [guess, 'b'] }),
      step('each', 'map', { concurrency: 1, onItemError: 'fail' }),
      step('out', 'output', { name: 'R', view: 'json' }),
    ],
    [wire('i.value', 'each.items'), wire('each.item', 'each.result'), wire('each.results', 'out.value')],
  );
  const world = createWorld(shout);
  const service = serviceOn(world);
  expect((await ended(service, (await startIn(world, service, through)).id)).outputs).toEqual({ R: [guess, 'b'] });
});

test('a window of the items of a Map is one small answer; failed ones can be asked for', async () => {
  const world = createWorld((job) => (inputOf(job) === 'n301' ? failure('no') : shout(job)));
  const service = serviceOn(world);
  const { id } = await startIn(world, service, long(numbers(400), 'null'));
  await ended(service, id);
  const window = await service.steps(id, { under: 'each', firstItem: 300, items: 3 });
  expect(window.items.map(({ path, state }) => [path, state])).toEqual([
    ['each[300]', 'succeeded'],
    ['each[301]', 'failed'],
    ['each[302]', 'succeeded'],
  ]);
  const failed = await service.steps(id, { under: 'each', state: 'failed' });
  expect(failed.items.map(({ path }) => path)).toEqual(['each[301]']);
});

test('a list is the same read in windows, whatever stands in it', async () => {
  const contents = new Map<string, Buffer>();
  const values = createRunValues({
    async put(content) {
      const parts: Uint8Array[] = [];
      for await (const part of content) parts.push(part);
      const sha256 = String(contents.size).padStart(64, '0');
      contents.set(sha256, Buffer.concat(parts));
      return { sha256, size: contents.get(sha256)?.length ?? 0 };
    },
    async open(sha256, range) {
      const content = contents.get(sha256);
      if (content === undefined || range === undefined) return null;
      return { size: content.length, stream: [content.subarray(range.start, range.end + 1)] as never };
    },
  });
  const large = fc
    .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 2_000, max: 9_000 }))
    .map(([text, times]) => text.repeat(times));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.jsonValue(), large), { maxLength: 20 }), fc.boolean(), async (some, many) => {
      const items = JSON.parse(JSON.stringify(many ? [...some, ...numbers(12_000)] : some)) as unknown[];
      const list = await itemList(values, items);
      const read: unknown[] = [];
      while (read.length < list.length) read.push(...(await list.window(read.length)));
      expect(JSON.stringify(read) === JSON.stringify(items)).toBe(true);
      expect(await list.window(list.length)).toEqual([]);
    }),
    { numRuns: 15 },
  );
});
