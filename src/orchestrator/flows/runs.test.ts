import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIdSource } from '../../shared/ids.ts';
import {
  type FlowEdge,
  type FlowFile,
  type FlowStep,
  type FlowVersion,
  flowSchemaId,
} from '../../shared/model/flow.ts';
import { defaultRetry, finishedJobStates, type Job, type JobError } from '../../shared/model/job.ts';
import type { RunDetail } from '../../shared/model/run.ts';
import type { BlobStore, FinishedJob, JobService, LiveHub, NewJob, RunService } from '../services.ts';
import { createMemoryStore } from '../store/memory.ts';
import { type Change, put, type Store } from '../store/store.ts';
import { flowVersions, steps } from '../store/tables.ts';
import { systemTimers } from '../timers.ts';
import { createRunService } from './run-service.ts';

type Answer = { result: unknown } | { error: JobError };
const failure = (message: string): Answer => ({ error: { code: 'script_threw', message, fault: 'job' } });

/** The queue and its nodes: jobs live as long as the store; an answer comes a turn later, in any order. */
function createFakeJobs(answer: (job: Job) => Answer | null, executed: string[]) {
  const listeners = new Set<(finished: FinishedJob) => void>();
  const all = new Map<string, Job>();
  const ids = createIdSource({ now: () => Date.now() }, Math.random);
  const finish = (job: Job, state: Job['state'], rest: Partial<Job>) => {
    if (finishedJobStates.includes(job.state)) return;
    Object.assign(job, { state, nodeId: 'node-1', finishedAt: Date.now(), ...rest });
    for (const listener of listeners) listener({ job, nodeId: 'node-1' });
  };
  const execute = (job: Job) => {
    const given = answer(job);
    if (given === null || finishedJobStates.includes(job.state)) return;
    executed.push(`${job.origin?.stepId}@${job.origin?.path}`);
    if ('result' in given) finish(job, 'succeeded', { result: given.result });
    else finish(job, 'failed', { error: given.error });
  };
  const make = (workspaceId: string, job: NewJob): Job => ({
    id: ids.next('job'),
    workspaceId,
    kind: job.kind,
    label: job.label ?? '',
    state: 'queued',
    input: job.input,
    requires: { cores: 1, ramMb: 1 },
    priority: 0,
    retry: defaultRetry,
    runSeconds: 1,
    submittedBy: null,
    ...(job.origin === undefined ? {} : { origin: job.origin }),
    attempts: [],
    nodeId: null,
    createdAt: 0,
    startedAt: null,
    finishedAt: null,
  });
  /** The queue shares the fate of the store: what was not committed was never submitted. */
  const service = (store: Store): JobService => ({
    async submit(workspaceId, _by, jobs, alongside) {
      const made = jobs.map((job) => make(workspaceId, job));
      const killed = await store.commit(alongside?.(made.map(({ id }) => id)) ?? []).catch((error: Error) => error);
      for (const job of made) {
        if ((await store.count(steps, { jobId: job.id })) === 0) continue;
        all.set(job.id, job);
        setImmediate(() => execute(job));
      }
      if (killed instanceof Error) throw killed;
      return made.map(({ id }) => id);
    },
    get: async (id) => all.get(id) ?? null,
    cancelRun: async (runId) => {
      for (const job of all.values()) if (job.origin?.runId === runId) finish(job, 'cancelled', {});
    },
    cancel: async (id) => {
      const job = all.get(id);
      if (job === undefined) throw new Error('no such job');
      finish(job, 'cancelled', {});
      return job;
    },
    onFinished(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onStarted: () => () => {},
    cancelWorkspace: () => Promise.reject(new Error('not asked for here')),
    list: () => Promise.reject(new Error('not asked for here')),
    output: () => Promise.reject(new Error('not asked for here')),
    explain: () => Promise.reject(new Error('not asked for here')),
  });
  return {
    service,
    silence: () => listeners.clear(),
    open: () => [...all.values()].filter((job) => job.finishedAt === null),
  };
}

function createMemoryBlobs(): Pick<BlobStore, 'put' | 'open'> {
  const blobs = new Map<string, Buffer>();
  return {
    async put(content) {
      const parts: Uint8Array[] = [];
      for await (const part of content) parts.push(part);
      const whole = Buffer.concat(parts);
      const sha256 = String(blobs.size).padStart(64, '0');
      blobs.set(sha256, whole);
      return { sha256, size: whole.length };
    },
    async open(sha256) {
      const content = blobs.get(sha256);
      return content === undefined ? null : { size: content.length, stream: [content] as never };
    },
  };
}

const silent: LiveHub = { publish: () => {}, position: () => ({ epoch: 'e', seq: 0 }) };

interface World {
  readonly store: Store;
  readonly jobs: ReturnType<typeof createFakeJobs>;
  readonly blobs: ReturnType<typeof createMemoryBlobs>;
  readonly executed: string[];
}

function createWorld(answer: (job: Job) => Answer | null): World {
  const executed: string[] = [];
  return { store: createMemoryStore(), jobs: createFakeJobs(answer, executed), blobs: createMemoryBlobs(), executed };
}

function serviceOn(world: World, store: Store = world.store): RunService {
  return createRunService({
    store,
    jobs: world.jobs.service(store),
    blobs: world.blobs,
    live: silent,
    clock: { now: () => Date.now() },
    timers: systemTimers,
    ids: createIdSource({ now: () => Date.now() }, Math.random),
    unexpected: (error) => {
      if ((error as Error).message !== 'killed') throw error;
    },
  });
}

const versionIds = createIdSource({ now: () => Date.now() }, Math.random);

async function freeze(world: World, file: FlowFile): Promise<FlowVersion> {
  const version = {
    id: versionIds.next('version'),
    flowId: null,
    number: 1,
    name: null,
    hash: '0'.repeat(64),
    authorName: null,
    createdAt: 0,
  };
  await world.store.commit([put(flowVersions, { ...version, workspaceId: 'ws-1', file })]);
  return version;
}

async function startIn(world: World, service: RunService, file: FlowFile, inputs: Record<string, unknown> = {}) {
  const version = await freeze(world, file);
  return service.start({ workspaceId: 'ws-1', flowId: null, version, file, inputs, startedBy: 'Ana' });
}

async function ended(service: RunService, runId: string): Promise<RunDetail> {
  for (;;) {
    const detail = await service.detail(runId);
    if (detail.run.state !== 'running') return detail;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const step = (id: string, type: string, config: FlowStep['config'], parent?: string): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config,
  ...(parent === undefined ? {} : { parent }),
});
const wire = (from: string, to: string): FlowEdge => {
  const [fromStep = '', fromPort = ''] = from.split('.');
  const [toStep = '', toPort = ''] = to.split('.');
  return { id: `${from}-${to}`, from: { step: fromStep, port: fromPort }, to: { step: toStep, port: toPort } };
};
const flow = (list: FlowStep[], edges: FlowEdge[]): FlowFile => ({
  schema: flowSchemaId,
  name: 'Test',
  steps: list,
  edges,
  groups: [],
  notes: [],
  settings: {},
});
const code = (id: string, parent?: string) =>
  step(id, 'code', { source: 'export default 1', inputs: [{ name: 'value' }], ramMb: 128 }, parent);

/** Words → Map[Code → Template] → Code over all → Output. */
const mapped = (onItemError = 'fail') =>
  flow(
    [
      step('words', 'input', { name: 'Words', type: 'list<text>', value: ['a', 'b', 'c', 'd', 'e'] }),
      step('each', 'map', { concurrency: 2, onItemError }),
      code('shout', 'each'),
      step('label', 'template', { text: '{{ index }}: {{ value }}', inputs: [{ name: 'value' }] }, 'each'),
      code('all'),
      step('out', 'output', { name: 'Result', view: 'json' }),
    ],
    [
      wire('words.value', 'each.items'),
      wire('each.item', 'shout.value'),
      wire('shout.result', 'label.value'),
      wire('label.text', 'each.result'),
      wire('each.results', 'all.value'),
      wire('all.result', 'out.value'),
    ],
  );

const inputOf = (job: Job) => (job.input as { input: { value: unknown } }).input.value;
const shout = (job: Job): Answer => {
  const value = inputOf(job);
  return { result: typeof value === 'string' ? value.toUpperCase() : value };
};

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
  expect(detail.outputs['R']).toBe(`${'x'.repeat(100_000)}100001`);
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
function dyingStore(store: Store, dieAt: number, afterwards: boolean): { store: Store; dead: () => boolean } {
  let commits = 0;
  const commit = async (changes: readonly Change[]) => {
    commits += 1;
    if (commits > dieAt) throw new Error('killed');
    if (commits < dieAt || afterwards) await store.commit(changes);
    if (commits === dieAt) throw new Error('killed');
  };
  return { store: { ...store, commit }, dead: () => commits >= dieAt };
}

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

async function isEnded(world: World, runId: string): Promise<boolean> {
  return (await serviceOn(world).detail(runId)).run.state !== 'running';
}

async function waitUntil(probe: () => Promise<boolean>): Promise<void> {
  while (!(await probe())) await new Promise((resolve) => setImmediate(resolve));
}
