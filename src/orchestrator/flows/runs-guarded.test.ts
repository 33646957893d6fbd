/** What a run must not do, whatever a flow, a result or the store brings. */
import { expect, test } from 'vitest';
import { createIdSource } from '../../shared/ids.ts';
import { type FlowFile, type FlowStep, type FlowVersion, flowSchemaId } from '../../shared/model/flow.ts';
import { defaultRetry, type Job } from '../../shared/model/job.ts';
import type { FinishedJob, JobService, RunService } from '../services.ts';
import { createMemoryStore } from '../store/memory.ts';
import { put, type Store } from '../store/store.ts';
import { files, flowVersions, type RunRow, runs } from '../store/tables.ts';
import { systemTimers } from '../timers.ts';
import { createRunService } from './run-service.ts';

const ids = createIdSource({ now: () => Date.now() }, Math.random);
const workspaceId = 'ws-1';

/** A service on a memory store whose every job succeeds a turn later with what `answer` gives. */
function createWorld(answer: (job: Job) => unknown = () => null, store: Store = createMemoryStore()) {
  const listeners = new Set<(finished: FinishedJob) => void>();
  const submitted = new Map<string, Job>();
  const blobs = new Map<string, Buffer>();
  const told: string[] = [];
  const world = {
    store,
    submitted,
    told,
    finishes: true,
    get: async (id: string): Promise<Job | null> => submitted.get(id) ?? null,
  };
  const jobs: Partial<JobService> = {
    async submit(_workspace, _by, list, alongside) {
      const made = list.map(
        (job) => ({ ...job, id: ids.next('job'), retry: defaultRetry, attempts: [] }) as unknown as Job,
      );
      await store.commit(alongside?.(made.map(({ id }) => id)) ?? []);
      for (const job of made) {
        submitted.set(job.id, job);
        setImmediate(() => {
          if (!world.finishes) return;
          Object.assign(job, { state: 'succeeded', result: answer(job), startedAt: 1, finishedAt: 2 });
          for (const listener of listeners) listener({ job, nodeId: 'node-1' });
        });
      }
      return made.map(({ id }) => id);
    },
    get: (id) => world.get(id),
    cancelRun: async () => undefined,
    onFinished: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onStarted: () => () => undefined,
  };
  const service = createRunService({
    store,
    jobs: jobs as JobService,
    blobs: {
      async put(content) {
        const parts: Uint8Array[] = [];
        for await (const part of content) parts.push(part);
        const sha256 = String(blobs.size).padStart(64, '0');
        blobs.set(sha256, Buffer.concat(parts));
        return { sha256, size: blobs.get(sha256)?.length ?? 0 };
      },
      async open(sha256) {
        const content = blobs.get(sha256);
        return content === undefined ? null : { size: content.length, stream: [content] as never };
      },
    },
    live: { publish: () => undefined, position: () => ({ epoch: 'e', seq: 0 }) },
    clock: { now: () => Date.now() },
    timers: systemTimers,
    ids,
    unexpected: (error) => told.push(String(error)),
  });
  return Object.assign(world, { service });
}

const version: FlowVersion = {
  id: 'ver-1',
  flowId: null,
  number: 1,
  name: null,
  hash: '0'.repeat(64),
  authorName: null,
  createdAt: 0,
};

async function runOf({ store, service }: { store: Store; service: RunService }, file: FlowFile, inputs = {}) {
  const frozen = { ...version, id: ids.next('version') };
  await store.commit([put(flowVersions, { ...frozen, workspaceId, file })]);
  const { id } = await service.start({ workspaceId, flowId: null, version: frozen, file, inputs, startedBy: null });
  return expect
    .poll(async () => (await service.detail(id)).run.state, { timeout: 5_000 })
    .not.toBe('running')
    .then(() => service.detail(id));
}

const step = (id: string, type: string, config: FlowStep['config'] = {}, parent?: string): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config,
  ...(parent === undefined ? {} : { parent }),
});
const flow = (steps: FlowStep[], wires: string[]): FlowFile => ({
  schema: flowSchemaId,
  name: 'Test',
  steps,
  edges: wires.map((wire) => {
    const [from = '', to = ''] = wire.split(' > ');
    const [fromStep = '', fromPort = ''] = from.split('.');
    const [toStep = '', toPort = ''] = to.split('.');
    return {
      id: wire.replace(' > ', '-'),
      from: { step: fromStep, port: fromPort },
      to: { step: toStep, port: toPort },
    };
  }),
  groups: [],
  notes: [],
  settings: {},
});
const input = (type: string, value: unknown) => step('i', 'input', { name: 'x', type, value });
const out = step('out', 'output', { name: 'R', view: 'json' });

test('a template names an input by what was typed in, and by what the run was given', async () => {
  const file = flow(
    [input('text', 'bees'), step('t', 'template', { text: '{{ inputs.x }}', inputs: [] }), out],
    ['t.text > out.value'],
  );
  expect((await runOf(createWorld(), file)).outputs).toEqual({ R: 'bees' });
  expect((await runOf(createWorld(), file, { x: 'ants' })).outputs).toEqual({ R: 'ants' });
});

test('F4: a Map with nothing inside hands its items through, and one that nothing leads out of gives nothing', async () => {
  const steps = [input('list<text>', ['a', 'b']), step('m', 'map'), out];
  const wires = ['i.value > m.items', 'm.results > out.value'];
  expect((await runOf(createWorld(), flow(steps, [...wires, 'm.item > m.result']))).outputs).toEqual({ R: ['a', 'b'] });
  expect((await runOf(createWorld(), flow(steps, wires))).outputs).toEqual({ R: [] });
});

test('F4: a step inside two Maps makes the outer one wait for what its template names', async () => {
  const file = flow(
    [
      input('list<text>', ['a', 'b']),
      step('c', 'code'),
      step('m1', 'map'),
      step('m2', 'map', { items: '{{ inputs.x }}' }, 'm1'),
      step('t', 'template', { text: '{{ steps.c.result }}{{ item }}', inputs: [] }, 'm2'),
      out,
    ],
    [
      'i.value > c.value',
      'i.value > m1.items',
      't.text > m2.result',
      'm2.results > m1.result',
      'm1.results > out.value',
    ],
  );
  const row = ['late a', 'late b'].map((text) => text.replace(' ', ''));
  expect(
    (
      await runOf(
        createWorld(() => 'late'),
        file,
      )
    ).outputs,
  ).toEqual({ R: [row, row] });
});

test('nothing crosses workspaces: a value that looks like a reference to a blob is only a value', async () => {
  const secret = createWorld(() => 'secret '.repeat(20_000));
  await runOf(secret, flow([step('c', 'code', { inputs: [] }), out], ['c.result > out.value']));
  const guess = { $blob: '0'.repeat(64), size: 1 };
  const detail = await runOf(secret, flow([input('json', guess), out], ['i.value > out.value']));
  expect([detail.run.state, detail.outputs]).toEqual(['succeeded', { R: guess }]);
});

test('nothing crosses workspaces: a file of another one is refused, and no job is made', async () => {
  const file = { fileId: 'file-1', name: 'a.png', mime: 'image/png', size: 3, sha256: 'b'.repeat(64) };
  const read = flow([input('image', file), step('o', 'read_text'), out], ['i.value > o.image', 'o.text > out.value']);
  const row = { id: file.fileId, name: file.name, mime: file.mime, size: 3, sha256: file.sha256, createdAt: 0 };
  const other = createWorld();
  await other.store.commit([put(files, { ...row, workspaceId: 'ws-2' })]);
  expect((await runOf(other, read)).run).toMatchObject({ state: 'failed', error: { code: 'file_unknown' } });
  expect(other.submitted.size).toBe(0);

  const own = createWorld(() => ({ text: 'Hi', lines: [] }));
  await own.store.commit([put(files, { ...row, workspaceId })]);
  expect((await runOf(own, read)).outputs).toEqual({ R: 'Hi' });
});

test('S10: results of a Map beyond what may be held at once fail it in words', async () => {
  const file = flow(
    [
      input(
        'list<number>',
        Array.from({ length: 1_200 }, (_, index) => index),
      ),
      step('m', 'map'),
      step('t', 'template', { text: 'x'.repeat(60_000), inputs: [] }, 'm'),
      out,
    ],
    ['i.value > m.items', 't.text > m.result', 'm.results > out.value'],
  );
  expect((await runOf(createWorld(), file)).run.error).toMatchObject({ code: 'results_too_large' });
});

test('F2: a run that cannot go on fails in words, and holds up no other', async () => {
  const { store, service } = createWorld();
  const lost: RunRow = {
    id: 'run-1',
    workspaceId,
    flowId: null,
    flowName: 'Lost',
    versionId: 'ver-gone',
    number: 1,
    state: 'running',
    startedBy: null,
    inputs: {},
    outputs: null,
    error: null,
    progress: { total: 0, done: 0, failed: 0 },
    workers: {},
    trigger: null,
    parent: null,
    weave: [],
    createdAt: 0,
    finishedAt: null,
  };
  const file = flow([input('text', 'a'), out], ['i.value > out.value']);
  await store.commit([
    put(runs, lost),
    put(runs, { ...lost, id: 'run-2', versionId: version.id }),
    put(flowVersions, { ...version, workspaceId, file }),
  ]);
  await service.resumeAll();
  await expect.poll(async () => (await store.get(runs, { id: 'run-2' }))?.state).toBe('succeeded');
  expect(await store.get(runs, { id: 'run-1' })).toMatchObject({ state: 'failed', error: { code: 'not_found' } });
});

test('F2: an error that nobody expected while a run goes on takes it up again from what is durable', async () => {
  const file = flow([step('c', 'code', { inputs: [] }), out], ['c.result > out.value']);
  const before = createWorld(() => 'never seen');
  before.finishes = false;
  await before.store.commit([put(flowVersions, { ...version, workspaceId, file })]);
  const { id } = await before.service.start({ workspaceId, flowId: null, version, file, inputs: {}, startedBy: null });
  await expect.poll(() => before.submitted.size).toBe(1);
  await before.service.stop();

  const after = createWorld(() => null, before.store);
  let failures = 2;
  after.get = async (jobId) => {
    failures -= 1;
    if (failures >= 0) throw new Error('the disk hiccups');
    const job = before.submitted.get(jobId);
    return job === undefined ? null : { ...job, state: 'succeeded', result: 'Hi', startedAt: 1, finishedAt: 2 };
  };
  await after.service.resumeAll();
  await expect.poll(async () => (await after.service.detail(id)).outputs, { timeout: 5_000 }).toEqual({ R: 'Hi' });
  expect(after.told).toHaveLength(2);
  expect(after.submitted.size).toBe(0);
});
