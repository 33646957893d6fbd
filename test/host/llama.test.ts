/** Steps that ask a model, on llama.cpp itself: a real worker, the real engine, a model that is made on the spot. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import { runEnded, temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { littleAnswer } from '../llama/little-model.ts';
import { type LlamaProcess, startLlama } from '../llama/start.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { flowOf, type Wired } from './one-step-flow.ts';
import { startTestHost, type TestHost } from './support.ts';

const folder = temporaryFolder('llama');
const running: LlamaProcess[] = [];
let host: TestHost;
let worker: WorkerProcess;
let workspaceId: string;

beforeAll(async () => {
  // In turn: whoever is started when one fails is ended too.
  running.push(await startLlama(folder.path, { alias: 'little' }));
  running.push(await startLlama(folder.path, { alias: 'short', context: 64 }));
  running.push(await startLlama(folder.path, { alias: 'little-embed', embeddings: true }));
  running.push(await startLlama(folder.path, { alias: 'fleeting' }));
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  worker = await startWorker(folder.path, [{ url: host.url, introduce: host.workerToken }], {
    servers: running.map(({ url }) => url),
  });
  await waitFor('the models of the node', async () => (await models()).length === running.length);
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
  for (const llama of running) await llama.kill();
  host?.remove();
  folder.remove();
});

const models = async () => (await host.owner.call('listModels', { params: { id: workspaceId } })).items;
const start = async (file: FlowFile) =>
  (await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file } })).id;
const stepOf = (id: string) => host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} });
const outputOf = async (jobId: string) =>
  (await host.owner.call('getJobOutput', { params: { id: jobId } })).chunks.filter(({ stream }) => stream === 'token');
async function run(file: FlowFile) {
  const id = await start(file);
  const { state, error } = await runEnded({ client: host.owner }, id, 40_000);
  const step = await stepOf(id);
  return { state, error, step, outputs: step.outputs };
}
const chat = (prompt: string, more: Record<string, unknown> = {}) =>
  flowOf('chat', { model: 'node:little', prompt, inputs: [], temperature: 0, ...more });
const text = (value: string): Wired => ({ port: 'text', type: 'text', value });

test('the worker finds what llama.cpp serves, its size, and the context that it was started with', async () => {
  const { items } = await host.owner.call('listNodes', {});
  const found = items.find(({ id }) => id === worker.ready.nodeId)?.capabilities?.models ?? [];
  expect(found).toContainEqual({
    ...{ name: 'short', server: 'llama.cpp', loaded: true, context: 64 },
    size_mb: expect.any(Number),
  });
});

test('F9: chat streams token by token, with the figures of the engine', async () => {
  const { state, error, step, outputs } = await run(chat('honey bees', { system: 'oil engine' }));
  expect(state, JSON.stringify(error)).toBe('succeeded');
  // Four words and the space before the first make the prompt, each a token of the model.
  expect(outputs).toEqual({ text: littleAnswer, usage: { inputTokens: 4, outputTokens: 8 } });
  const chunks = await outputOf(step.instance.jobId ?? '');
  expect(chunks.map(({ text }) => text).join('')).toBe(littleAnswer);
});

test('a limit of tokens is kept by the engine', async () => {
  const { outputs } = await run(chat('count', { maxTokens: 5 }));
  expect(outputs).toMatchObject({ text: ' one two three one two', usage: { outputTokens: 5 } });
});

test('extract: the schema becomes a grammar that the model cannot leave', async () => {
  const schema = {
    type: 'object',
    properties: { mood: { enum: ['happy', 'sad'] }, words: { type: 'string' }, count: { type: 'integer' } },
    required: ['mood', 'words', 'count'],
    additionalProperties: false,
  };
  const config = { model: 'node:little', instructions: '', schema: JSON.stringify(schema), repair: false };
  const { state, error, outputs } = await run(flowOf('extract', config, text('honey')));
  expect(state, JSON.stringify(error)).toBe('succeeded');
  expect(outputs['json']).toEqual({
    mood: expect.stringMatching(/^(happy|sad)$/),
    words: littleAnswer,
    count: expect.any(Number),
  });
});

test('classify: the answer is one of the labels', async () => {
  const labels = [{ label: 'question' }, { label: 'complaint' }];
  const { state, error, outputs } = await run(
    flowOf('classify', { model: 'node:little', instructions: '', labels }, text('bees')),
  );
  expect(state, JSON.stringify(error)).toBe('succeeded');
  expect(['question', 'complaint']).toContain(outputs['label']);
});

test('embed: texts of the same words lie close, others do not', async () => {
  const texts = ['honey bees', 'bees honey', 'engine oil'];
  const { state, error, outputs } = await run(
    flowOf('embed', { model: 'node:little-embed' }, { port: 'texts', type: 'list<text>', value: texts }),
  );
  expect(state, JSON.stringify(error)).toBe('succeeded');
  const [one = [], same = [], other = []] = outputs['embeddings'] as number[][];
  const near = (left: number[], right: number[]) => left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
  expect(near(one, same)).toBeCloseTo(1, 4);
  expect(near(one, other)).toBeLessThan(0.6);
  expect(outputs['usage']).toMatchObject({ inputTokens: expect.any(Number), outputTokens: 0 });
});

test('J3: cancel ends the generation', async () => {
  const id = await start(chat('count'));
  const jobId = await waitFor('the job', async () => (await stepOf(id)).instance.jobId);
  await waitFor('some words', async () => (await outputOf(jobId)).length > 0);
  await host.owner.call('cancelRun', { params: { id } });
  // The engine has one slot, and would count for many seconds yet.
  const began = performance.now();
  const { state, error } = await run(chat('honey'));
  expect(state, JSON.stringify(error)).toBe('succeeded');
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('a text longer than the context is said in words, and not tried again', async () => {
  const { step } = await run(chat('honey '.repeat(80), { model: 'node:short' }));
  expect(step.instance.error).toMatchObject({
    code: 'context_too_long',
    message: expect.stringMatching(/exceeds the available context size \(64 tokens\).*larger context/),
  });
  expect(step.attempts).toHaveLength(1);
});

test('a model that only chats says so when it is asked for embeddings, and is not asked again', async () => {
  const { step } = await run(flowOf('embed', { model: 'node:little' }, { port: 'texts', type: 'text', value: 'bees' }));
  expect(step.instance.error).toMatchObject({
    code: 'provider_refused',
    message: expect.stringContaining('does not support embeddings'),
  });
  expect(step.attempts).toHaveLength(1);
});

test('a model that no node has is missed in words', async () => {
  const file = chat('honey', { model: 'node:absent' });
  const steps = file.steps.map((step) => ({ ...step, policy: { queueSeconds: 2 } }));
  const { step } = await run({ ...file, steps });
  expect(step.instance.error).toMatchObject({
    code: 'queue_timeout',
    message: 'It waited longer than 2 s for a node with the model "absent"',
  });
});

test('J4: a server that is killed in the middle of an answer is said in words, and other steps go on', async () => {
  const id = await start(chat('count', { model: 'node:fleeting' }));
  const jobId = await waitFor('the job', async () => (await stepOf(id)).instance.jobId);
  await waitFor('some words', async () => (await outputOf(jobId)).length > 0);
  await running.at(-1)?.kill();
  expect((await runEnded({ client: host.owner }, id, 40_000)).state).toBe('failed');
  const { attempts, instance } = await stepOf(id);
  expect(attempts[0]?.error).toMatchObject({ code: 'stream_broken' });
  expect(instance.error).toMatchObject({
    message: expect.stringContaining('llama.cpp on this machine does not answer'),
  });
  expect((await run(chat('honey'))).state).toBe('succeeded');
});
