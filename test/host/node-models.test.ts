/** Models on nodes: a real worker asks servers that speak Ollama's and OpenAI's APIs, and every way they misbehave. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import type { RunSummary, StepDetail } from '../../src/shared/model/run.ts';
import { runEnded, temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { vectorOf } from '../model-server/exchange.ts';
import { type ModelServer, startModelServer } from '../model-server/model-server.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { flowOf, type Wired } from './one-step-flow.ts';
import { samplesFolder, startTestHost, type TestHost } from './support.ts';

const folder = temporaryFolder('node-models');
let host: TestHost;
let ollama: ModelServer;
let openAi: ModelServer;
let worker: WorkerProcess;
let workspaceId: string;

beforeAll(async () => {
  ollama = await startModelServer();
  openAi = await startModelServer();
  openAi.ollama = false;
  openAi.models.splice(0, 9, 'wide', 'wide-embed');
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  const models = { servers: [ollama.url, openAi.url], allowChanges: true };
  worker = await startWorker(folder.path, [{ url: host.url, introduce: host.workerToken }], models);
  await waitFor('the models of the node', async () => (await modelNames()).includes('wide'));
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
  await ollama?.stop();
  await openAi?.stop();
  host?.remove();
  folder.remove();
});
afterEach(() => {
  for (const server of [ollama, openAi]) server.seen.length = 0;
});

const modelNames = async () =>
  (await host.owner.call('listModels', { params: { id: workspaceId } })).items.map(({ name }) => name);

const chat = (model: string, more: Record<string, unknown> = {}, wired?: Wired) =>
  flowOf('chat', { model: `node:${model}`, prompt: 'Say hello', inputs: [], ...more }, wired);

const stepOf = (id: string) => host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} });
const start = async (file: FlowFile) =>
  (await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file } })).id;
async function run(file: FlowFile): Promise<{ run: RunSummary; step: StepDetail }> {
  const id = await start(file);
  const ended = await runEnded({ client: host.owner }, id, 40_000);
  return { run: ended, step: await stepOf(id) };
}
const asked = (server: ModelServer) =>
  server.seen.filter(({ method, path }) => method === 'POST' && /\/(chat|completions|embed|embeddings)$/.test(path));

describe.each([
  ['Ollama', () => ollama, 'tiny'],
  ['an OpenAI-compatible server', () => openAi, 'wide'],
] as const)('%s on a node', (_what, server, model) => {
  test('F9: the answer comes with its own figures, and its tokens while it comes', async () => {
    server().script({ pieces: ['Good ', 'day'], usage: { input: 7, output: 2 } });
    const { run: ended, step } = await run(chat(model, { system: 'Be brief' }));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(step.outputs).toEqual({ text: 'Good day', usage: { inputTokens: 7, outputTokens: 2 } });
    expect(step.attempts[0]?.nodeId).toBe(worker.ready.nodeId);
    const { chunks } = await host.owner.call('getJobOutput', { params: { id: step.instance.jobId ?? '' } });
    expect(
      chunks
        .filter(({ stream }) => stream === 'token')
        .map(({ text }) => text)
        .join(''),
    ).toBe('Good day');
  });

  test('an agent calls a flow as a tool, and asks the node again with what it says', async () => {
    const file = flowOf('output', { name: 'said', view: 'text' }, { port: 'value', type: 'text', value: 'Sunny' });
    const flow = await host.owner.call('createFlow', { params: { id: workspaceId }, body: { file } });
    server().script(
      { pieces: ['I look. '], calls: [{ name: 'look', arguments: '{"in":"Windy"}' }], usage: { input: 7, output: 2 } },
      { pieces: ['Windy it is'], usage: { input: 9, output: 3 } },
    );
    const tools = [{ kind: 'flow', name: 'look', flowId: flow.id }];
    const { run: ended, step } = await run(flowOf('agent', { model: `node:${model}`, task: 'Go', inputs: [], tools }));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(step.outputs).toMatchObject({ text: 'Windy it is', usage: { inputTokens: 16, outputTokens: 5 } });
    const messages = asked(server())[1]?.body['messages'] as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
    expect(messages[2]?.content).toContain('Windy');
  });

  test('embeddings come in the order of their texts', async () => {
    const wired = { port: 'texts', type: 'list<text>', value: ['bees', 'wasps'] };
    const { run: ended, step } = await run(flowOf('embed', { model: `node:${model}-embed` }, wired));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(step.outputs['embeddings']).toEqual(['bees', 'wasps'].map((text) => vectorOf(text)));
    expect(step.outputs['usage']).toMatchObject({ inputTokens: 6 });
  });

  test('J3: cancel ends the generation', async () => {
    server().script({ pieces: Array.from({ length: 800 }, (_, index) => ` word${index}`), pieceMs: 20 });
    const id = await start(chat(model));
    const jobId = await waitFor('the job', async () => (await stepOf(id)).instance.jobId);
    await waitFor('some words', async () =>
      (await host.owner.call('getJobOutput', { params: { id: jobId } })).chunks.some(({ text }) =>
        text.includes('word3'),
      ),
    );
    await host.owner.call('cancelRun', { params: { id } });
    await waitFor('the request to be aborted', () => asked(server())[0]?.aborted === true, 5_000);
  });

  test('J4: a stream that breaks off is asked for again; a finished answer never is', async () => {
    server().script({ pieces: ['Half', ' an'], breakAfter: 1 }, { pieces: ['Whole'] });
    const { run: ended, step } = await run(chat(model));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(step.outputs['text']).toBe('Whole');
    expect(step.attempts.map(({ error }) => error?.code ?? 'fine')).toEqual(['stream_broken', 'fine']);
    expect(asked(server())).toHaveLength(2);
  });

  test('J4: one that is busy is asked again no sooner than it said; one that fails is asked again', async () => {
    const since = Date.now();
    server().script(
      { status: 429, headers: { 'retry-after': '2' } },
      { status: 500 },
      { pieces: ['Hello'], usage: { input: 3, output: 1 } },
    );
    const { run: ended, step } = await run(chat(model));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(Date.now() - since).toBeGreaterThanOrEqual(2_000);
    expect(step.outputs).toEqual({ text: 'Hello', usage: { inputTokens: 3, outputTokens: 1 } });
    expect(asked(server())).toHaveLength(3);
    const codes = step.attempts.map(({ error }) => error?.code ?? 'fine');
    expect(codes).toEqual(['provider_rate_limited', 'provider_failed', 'fine']);
  });

  test('an answer that is no JSON is said in words', async () => {
    server().reply = () => ({ status: 200, body: '{"choices": [{"mess' });
    const { run: ended } = await run(chat(model)).finally(() => {
      server().reply = null;
    });
    expect(ended.state).toBe('failed');
    // A stream that says nothing of the API is no different from one that was cut.
    expect(ended.error?.code).toBe(model === 'tiny' ? 'answer_unreadable' : 'stream_broken');
    expect(ended.error?.message).toMatch(/^It: .{20,}/);
  });

  test('a text that is too long is said in words, and not tried again', async () => {
    server().context = 10;
    const { run: ended, step } = await run(chat(model)).finally(() => {
      server().context = 100_000;
    });
    expect(ended.state).toBe('failed');
    expect(step.instance.error).toMatchObject({
      code: 'context_too_long',
      message: expect.stringContaining('larger context'),
    });
    expect(asked(server())).toHaveLength(1);
  });

  test('images reach the model', async () => {
    const bytes = readFileSync(join(samplesFolder, 'receipts/receipt-001.jpg'));
    const uploaded = await host.owner.upload(workspaceId, 'receipt.jpg', new Blob([bytes]), 'image/jpeg');
    const { fileId, name, mime, size, sha256 } = uploaded;
    const value = [{ fileId, name, mime, size, sha256 }];
    const { run: ended } = await run(chat(model, {}, { port: 'images', type: 'list<image>', value }));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(JSON.stringify(asked(server())[0]?.body)).toContain(bytes.toString('base64').slice(0, 4_000));
  });
});

const change = (action: 'pull' | 'remove', model: string) =>
  host.owner.call('changeNodeModels', { params: { id: worker.ready.nodeId }, body: { action, model } });

test('models are fetched and removed on a node whose owner allows it', async () => {
  await change('pull', 'fresh');
  await waitFor('the model to be there', async () => (await modelNames()).includes('fresh'));
  expect((await run(chat('fresh'))).run.state).toBe('succeeded');
  await change('remove', 'fresh');
  await waitFor('the model to be gone', async () => !(await modelNames()).includes('fresh'));
});

test('a model that vanishes while a run goes on is missed in words, and other steps go on', async () => {
  await change('pull', 'fleeting');
  await waitFor('the model to be known', async () => (await modelNames()).includes('fleeting'));
  ollama.models.splice(ollama.models.indexOf('fleeting'), 1);
  const file = chat('fleeting');
  const steps = file.steps.map((step) => ({ ...step, policy: { attempts: 2, queueSeconds: 5 } }));
  const { run: ended, step } = await run({ ...file, steps });
  expect(ended.state).toBe('failed');
  expect(step.attempts[0]?.error?.code).toBe('model_missing');
  expect(step.instance.error?.message).toContain('waited longer than 5 s for a node');
  expect((await run(chat('tiny'))).run.state).toBe('succeeded');
});
