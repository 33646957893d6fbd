/** What a step does when it fails, and what it takes over instead of working: F5, F6. */
import { expect, test } from 'vitest';
import { validateFlow } from '../../shared/flows/validate.ts';
import type { FlowStep, StepPolicy } from '../../shared/model/flow.ts';
import { steps } from '../store/tables.ts';
import { signatureOf } from './cache.ts';
import { type CompiledStep, compileFlow } from './compile.ts';
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

const withPolicy = (one: FlowStep, policy: StepPolicy): FlowStep => ({ ...one, policy });
const input = (value: unknown, type = 'any') => step('i', 'input', { name: 'x', type, value });
const out = (id = 'out', name = 'R') => step(id, 'output', { name, view: 'json' });
const noWait = { firstMs: 0, factor: 1, maxMs: 0 };

test("F5: a step's tries and times reach its job, own errors included, with the back-off that it asks for", async () => {
  const world = createWorld(shout);
  const service = serviceOn(world);
  const backoff = { firstMs: 2_000, factor: 3, maxMs: 9_000 };
  const policy = { attempts: 4, backoff, timeoutSeconds: 7, queueSeconds: 30 };
  const file = flow(
    [input('a'), withPolicy(code('c'), policy), out()],
    [wire('i.value', 'c.value'), wire('c.result', 'out.value')],
  );
  await ended(service, (await startIn(world, service, file)).id);
  expect(world.submitted[0]).toMatchObject({
    retry: { attempts: 4, backoff: { first: 2_000, factor: 3, max: 9_000, jitter: 0 }, retryOn: ['node', 'job'] },
    runSeconds: 7,
    queueSeconds: 30,
  });
});

test('F5: a step that fails gives its default, and says that it did and why', async () => {
  const world = createWorld(() => failure('no luck'));
  const service = serviceOn(world);
  const policy = { onError: 'default' as const, defaultOutputs: { result: 'fallback' } };
  const file = flow(
    [input('a'), withPolicy(code('c'), policy), out()],
    [wire('i.value', 'c.value'), wire('c.result', 'out.value')],
  );
  const detail = await ended(service, (await startIn(world, service, file)).id);
  expect([detail.run.state, detail.outputs]).toEqual(['succeeded', { R: 'fallback' }]);
  expect(detail.steps.find(({ stepId }) => stepId === 'c')).toMatchObject({
    state: 'succeeded',
    usedDefault: true,
    error: { code: 'script_threw', message: 'no luck' },
  });
});

/** Input → Code with an error port → Template over either way → Merge → Output. */
const forked = flow(
  [
    input('a'),
    withPolicy(code('c'), { onError: 'port' }),
    step('sorry', 'template', { text: 'sorry: {{ value.message }} ({{ value.code }})', inputs: [{ name: 'value' }] }),
    step('both', 'merge', { mode: 'first' }),
    out(),
  ],
  [
    wire('i.value', 'c.value'),
    wire('c.error', 'sorry.value'),
    wire('c.result', 'both.values'),
    wire('sorry.text', 'both.values'),
    wire('both.value', 'out.value'),
  ],
);

test.each([
  [false, 'A', { c: 'succeeded', sorry: 'skipped' }],
  [true, 'sorry: no luck (script_threw)', { c: 'failed', sorry: 'succeeded' }],
])('F5: the edge of an error port lives only when the step failed (%s)', async (fails, result, states) => {
  expect(validateFlow(forked)).toEqual([]);
  const world = createWorld((job) => (fails ? failure('no luck') : shout(job)));
  const service = serviceOn(world);
  const detail = await ended(service, (await startIn(world, service, forked)).id);
  expect([detail.run.state, detail.outputs]).toEqual(['succeeded', { R: result }]);
  expect(Object.fromEntries(detail.steps.map(({ stepId, state }) => [stepId, state]))).toMatchObject(states);
});

test('F5: without the policy there is no error port to lead an edge from', () => {
  const plain = { ...forked, steps: forked.steps.map(({ policy: _, ...one }) => one) };
  expect(validateFlow(plain).map(({ code: found }) => found)).toContain('edge_wrong');
});

test('F5: a default of the wrong type, or for no output, is a mistake of the flow; an unused error port is told', () => {
  const wrong = withPolicy(step('t', 'template', { text: 'x', inputs: [] }), {
    onError: 'default',
    defaultOutputs: { text: 5, other: 1 },
  });
  const found = validateFlow(
    flow([wrong, withPolicy(code('c'), { onError: 'port' }), input(1)], [wire('i.value', 'c.value')]),
  );
  expect(found.map(({ code: what, severity, field }) => [what, severity, field])).toEqual([
    ['error_unused', 'warning', undefined],
    ['policy_wrong', 'error', 'policy/defaultOutputs/text'],
    ['policy_wrong', 'error', 'policy/defaultOutputs/other'],
  ]);
});

/** Items → Map[Code (→ If it fails: error port → Template)] → Output. */
const each = (map: StepPolicy | undefined, inner: StepPolicy | undefined, onItemError = 'fail') =>
  flow(
    [
      input(['a', 'b', 'c'], 'list<text>'),
      { ...step('each', 'map', { concurrency: 2, onItemError }), ...(map === undefined ? {} : { policy: map }) },
      { ...code('c', 'each'), ...(inner === undefined ? {} : { policy: inner }) },
      out(),
    ],
    [
      wire('i.value', 'each.items'),
      wire('each.item', 'c.value'),
      wire('c.result', 'each.result'),
      wire('each.results', 'out.value'),
    ],
  );

test('F4, F5: an item is tried again from the step that failed, as often as its Map says', async () => {
  let failures = 2;
  const world = createWorld((job) => (inputOf(job) === 'b' && failures-- > 0 ? failure('not yet') : shout(job)));
  const service = serviceOn(world);
  const run = await startIn(world, service, each({ attempts: 3, backoff: noWait }, undefined));
  const detail = await ended(service, run.id);
  expect([detail.outputs, detail.run.progress]).toEqual([{ R: ['A', 'B', 'C'] }, { total: 5, done: 5, failed: 0 }]);
  expect(world.executed.filter((one) => one === 'c@each[1]')).toHaveLength(3);
});

test('F4, F5: when the tries of an item are spent, the policy of the Map decides', async () => {
  const world = createWorld((job) => (inputOf(job) === 'b' ? failure('never') : shout(job)));
  const service = serviceOn(world);
  const kept = await ended(
    service,
    (await startIn(world, service, each({ attempts: 2, backoff: noWait }, undefined, 'null'))).id,
  );
  expect(kept.outputs).toEqual({ R: ['A', null, 'C'] });
  const failed = await ended(
    service,
    (await startIn(world, service, each({ attempts: 2, backoff: noWait }, undefined))).id,
  );
  expect(failed.run).toMatchObject({ state: 'failed', error: { message: 'each: Item 2: never' } });
});

test('F5: a default inside a Map stands for one item; a Map that fails gives a default as a whole, and its jobs end', async () => {
  const answer = (job: Parameters<typeof shout>[0]) =>
    inputOf(job) === 'b' ? failure('b') : inputOf(job) === 'a' ? null : shout(job);
  const inner = createWorld((job) => (inputOf(job) === 'b' ? failure('b') : shout(job)));
  const one = serviceOn(inner);
  const policy = { onError: 'default' as const, defaultOutputs: { result: '-' } };
  expect((await ended(one, (await startIn(inner, one, each(undefined, policy))).id)).outputs).toEqual({
    R: ['A', '-', 'C'],
  });

  const world = createWorld(answer);
  const service = serviceOn(world);
  const whole = each({ onError: 'default', defaultOutputs: { results: ['none'] } }, undefined);
  const detail = await ended(service, (await startIn(world, service, whole)).id);
  expect([detail.run.state, detail.outputs]).toEqual(['succeeded', { R: ['none'] }]);
  await expect.poll(() => world.jobs.open()).toEqual([]);
});

test('F4, F5: a Map inside a Map that failed is tried again by the outer one, and only for what had failed', async () => {
  let failures = 1;
  const world = createWorld((job) => (inputOf(job) === 'd' && failures-- > 0 ? failure('once') : shout(job)));
  const service = serviceOn(world);
  const file = flow(
    [
      input(
        [
          ['a', 'b'],
          ['c', 'd', 'e'],
        ],
        'json',
      ),
      withPolicy(step('outer', 'map', { concurrency: 2, onItemError: 'fail' }), { attempts: 2, backoff: noWait }),
      step('inner', 'map', { concurrency: 1, onItemError: 'fail' }, 'outer'),
      code('c', 'inner'),
      out(),
    ],
    [
      wire('i.value', 'outer.items'),
      wire('outer.item', 'inner.items'),
      wire('inner.item', 'c.value'),
      wire('c.result', 'inner.result'),
      wire('inner.results', 'outer.result'),
      wire('outer.results', 'out.value'),
    ],
  );
  const detail = await ended(service, (await startIn(world, service, file)).id);
  expect([detail.run.error, detail.outputs]).toEqual([
    undefined,
    {
      R: [
        ['A', 'B'],
        ['C', 'D', 'E'],
      ],
    },
  ]);
  expect(world.executed.toSorted()).toEqual([
    'c@outer[0]/inner[0]',
    'c@outer[0]/inner[1]',
    'c@outer[1]/inner[0]',
    'c@outer[1]/inner[1]',
    'c@outer[1]/inner[1]',
    'c@outer[1]/inner[2]',
  ]);
});

test('F5: a Map that takes longer than its time fails with it, and its jobs end', async () => {
  const world = createWorld(() => null);
  const service = serviceOn(world);
  const detail = await ended(service, (await startIn(world, service, each({ timeoutSeconds: 1 }, undefined))).id);
  expect(detail.run.error).toMatchObject({ code: 'step_timeout', message: 'each: It took longer than 1 second.' });
  await expect.poll(() => world.jobs.open()).toEqual([]);
});

// ---- F6 ----

const cachedFlow = (source = 'export default 1', cache = true) =>
  flow(
    [
      input('a'),
      { ...code('c'), policy: { cache }, config: { source, inputs: [{ name: 'value' }], ramMb: 128 } },
      out(),
    ],
    [wire('i.value', 'c.value'), wire('c.result', 'out.value')],
  );

test('F6: the same step with the same settings and inputs takes the finished result of another run', async () => {
  const world = createWorld(shout);
  const service = serviceOn(world);
  const first = await ended(service, (await startIn(world, service, cachedFlow())).id);
  const second = await ended(service, (await startIn(world, service, cachedFlow())).id);
  expect([first.outputs, second.outputs]).toEqual([{ R: 'A' }, { R: 'A' }]);
  expect(world.executed).toEqual(['c@']);
  expect(second.steps.find(({ stepId }) => stepId === 'c')).toMatchObject({
    state: 'succeeded',
    cachedFrom: { runId: first.run.id },
  });
});

test.each([
  ['other settings', 'export default 2', 'a', true],
  ['other inputs', 'export default 1', 'b', true],
  ['no cache asked for', 'export default 1', 'a', false],
])('F6: %s, and the step is executed', async (_name, source, value, cache) => {
  const world = createWorld(shout);
  const service = serviceOn(world);
  await ended(service, (await startIn(world, service, cachedFlow())).id);
  await ended(service, (await startIn(world, service, cachedFlow(source, cache), { x: value })).id);
  expect(world.executed).toEqual(['c@', 'c@']);
});

test('F6: nothing is taken from another workspace, nor from a default', async () => {
  let fails = true;
  const world = createWorld((job) => (fails ? failure('no') : shout(job)));
  const service = serviceOn(world);
  const file = cachedFlow();
  const lenient = {
    ...file,
    steps: file.steps.map((one) =>
      one.id === 'c' ? withPolicy(one, { cache: true, onError: 'default', defaultOutputs: { result: '-' } }) : one,
    ),
  };
  expect((await ended(service, (await startIn(world, service, lenient)).id)).outputs).toEqual({ R: '-' });
  fails = false;
  expect((await ended(service, (await startIn(world, service, lenient)).id)).outputs).toEqual({ R: 'A' });
  const rows = await world.store.list(steps, { where: { stepId: 'c', state: 'succeeded' } });
  const row = rows.find(({ marks }) => marks?.usedDefault === true);
  expect(row).toBeDefined();
  expect(row?.cacheKey).toBeNull();
  const version = { id: 'ver-2', flowId: null, number: 1, name: null, hash: '', authorName: null, createdAt: 0 };
  const other = await service.start({
    workspaceId: 'ws-2',
    flowId: null,
    version,
    file: lenient,
    inputs: {},
    startedBy: null,
  });
  await expect.poll(() => world.executed.length).toBe(3);
  expect(other.workspaceId).toBe('ws-2');
});

test('F6: files count by what they hold, not by the id of their upload', () => {
  const one = compileFlow(cachedFlow()).steps.get('c') as CompiledStep;
  const signature = (fileId: string, sha256: string) => {
    const file = { fileId, name: 'a.png', mime: 'image/png', size: 1, sha256: sha256.repeat(64) };
    return signatureOf('ws-1', one, {}, { kind: 'ocr', input: { image: file } });
  };
  expect(signature('file-1', 'a')).toBe(signature('file-2', 'a'));
  expect(signature('file-1', 'a')).not.toBe(signature('file-1', 'b'));
});

test('F6: a Map is not cached as a whole, which is told', () => {
  const map = withPolicy(step('m', 'map', { concurrency: 1, onItemError: 'fail' }), { cache: true });
  const found = validateFlow(flow([input(['a'], 'list<text>'), map], [wire('i.value', 'm.items')]));
  expect(found.map(({ code: what }) => what)).toContain('cache_unused');
});
