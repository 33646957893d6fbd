/** Runs on a store in memory, with a queue whose jobs are answered by the test; for tests. */
import { createIdSource } from '../../shared/ids.ts';
import {
  type FlowEdge,
  type FlowFile,
  type FlowStep,
  type FlowVersion,
  flowSchemaId,
} from '../../shared/model/flow.ts';
import { defaultRetry, finishedJobStates, type Job, type JobError } from '../../shared/model/job.ts';
import type { RunDetail, RunOptions } from '../../shared/model/run.ts';
import type { BlobStore, FinishedJob, LiveHub, NewJob, RunService } from '../services.ts';
import { createMemoryStore } from '../store/memory.ts';
import { type Change, put, type Store } from '../store/store.ts';
import { flowVersions, steps } from '../store/tables.ts';
import { systemTimers } from '../timers.ts';
import { isFullDisk } from './full-disk.ts';
import { createRunService } from './run-service.ts';
import type { RunnerJobs } from './runner.ts';

export type Answer = { result: unknown } | { error: JobError };
export const failure = (message: string): Answer => ({ error: { code: 'script_threw', message, fault: 'job' } });

/** The queue and its nodes: jobs live as long as the store; an answer comes a turn later, in any order. */
export function createFakeJobs(answer: (job: Job) => Answer | null, executed: string[], submitted: NewJob[]) {
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
  const service = (store: Store): RunnerJobs => ({
    async submit(workspaceId, _by, jobs, alongside) {
      const made = jobs.map((job) => make(workspaceId, job));
      submitted.push(...jobs);
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
  });
  return {
    service,
    silence: () => listeners.clear(),
    answer: (job: Job, given: { result: unknown }) => finish(job, 'succeeded', given),
    open: () => [...all.values()].filter((job) => job.finishedAt === null),
  };
}

export function createMemoryBlobs(): Pick<BlobStore, 'put' | 'open'> {
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
    async open(sha256, range) {
      const content = blobs.get(sha256);
      const part = range === undefined ? content : content?.subarray(range.start, range.end + 1);
      return content === undefined ? null : { size: content.length, stream: [part] as never };
    },
  };
}

const silent: LiveHub = { publish: () => {}, position: () => ({ epoch: 'e', seq: 0 }) };

/** A store, a queue and blobs, which outlive the services on them. */
export interface World {
  readonly submitted: NewJob[];
  readonly store: Store;
  readonly jobs: ReturnType<typeof createFakeJobs>;
  readonly blobs: ReturnType<typeof createMemoryBlobs>;
  readonly executed: string[];
}

export function createWorld(answer: (job: Job) => Answer | null): World {
  const executed: string[] = [];
  const submitted: NewJob[] = [];
  const jobs = createFakeJobs(answer, executed, submitted);
  return { store: createMemoryStore(), jobs, blobs: createMemoryBlobs(), executed, submitted };
}

export function serviceOn(world: World, store: Store = world.store): RunService {
  return createRunService({
    store,
    jobs: world.jobs.service(store),
    blobs: world.blobs,
    live: silent,
    clock: { now: () => Date.now() },
    timers: systemTimers,
    ids: createIdSource({ now: () => Date.now() }, Math.random),
    unexpected: (error) => {
      if ((error as Error).message !== 'killed' && !isFullDisk(error)) throw error;
    },
  });
}

const versionIds = createIdSource({ now: () => Date.now() }, Math.random);

export async function freeze(world: World, file: FlowFile): Promise<FlowVersion> {
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

export async function startIn(
  world: World,
  service: RunService,
  file: FlowFile,
  inputs: Record<string, unknown> = {},
  options: RunOptions = {},
) {
  const version = await freeze(world, file);
  return service.start({ workspaceId: 'ws-1', flowId: null, version, file, inputs, startedBy: 'Ana', options });
}

export async function ended(service: RunService, runId: string): Promise<RunDetail> {
  for (;;) {
    const detail = await service.detail(runId);
    if (detail.run.state !== 'running') return detail;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const step = (id: string, type: string, config: FlowStep['config'], parent?: string): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config,
  ...(parent === undefined ? {} : { parent }),
});
export const wire = (from: string, to: string): FlowEdge => {
  const [fromStep = '', fromPort = ''] = from.split('.');
  const [toStep = '', toPort = ''] = to.split('.');
  return { id: `${from}-${to}`, from: { step: fromStep, port: fromPort }, to: { step: toStep, port: toPort } };
};
export const flow = (list: FlowStep[], edges: FlowEdge[]): FlowFile => ({
  schema: flowSchemaId,
  name: 'Test',
  steps: list,
  edges,
  groups: [],
  notes: [],
  settings: {},
});
export const code = (id: string, parent?: string) =>
  step(id, 'code', { source: 'export default 1', inputs: [{ name: 'value' }], ramMb: 128 }, parent);

/** Words → Map[Code → Template] → Code over all → Output. */
export const mapped = (onItemError = 'fail') =>
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

export const inputOf = (job: Job) => (job.input as { input: { value: unknown } }).input.value;
export const shout = (job: Job): Answer => {
  const value = inputOf(job);
  return { result: typeof value === 'string' ? value.toUpperCase() : value };
};

export function dyingStore(store: Store, dieAt: number, afterwards: boolean): { store: Store; dead: () => boolean } {
  let commits = 0;
  const commit = async (changes: readonly Change[]) => {
    commits += 1;
    if (commits > dieAt) throw new Error('killed');
    if (commits < dieAt || afterwards) await store.commit(changes);
    if (commits === dieAt) throw new Error('killed');
  };
  return { store: { ...store, commit }, dead: () => commits >= dieAt };
}

export async function isEnded(world: World, runId: string): Promise<boolean> {
  return (await serviceOn(world).detail(runId)).run.state !== 'running';
}

export async function waitUntil(probe: () => Promise<boolean>): Promise<void> {
  while (!(await probe())) await new Promise((resolve) => setImmediate(resolve));
}
