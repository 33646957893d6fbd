/** What goes wrong around models and web addresses: a host killed with -9, slow and failing providers, odd answers. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FlowFile, FlowStep } from '../../src/shared/model/flow.ts';
import type { RunSummary, StepDetail } from '../../src/shared/model/run.ts';
import type { FileValue } from '../../src/shared/model/values.ts';
import { runEnded, temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type ModelServer, startModelServer, type Turn } from '../model-server/model-server.ts';
import { type OrchestratorProcess, startProcess } from './process.ts';

const data = temporaryFolder('ai-faults');
const tokens = {
  adminToken: randomBytes(32).toString('base64url'),
  workerToken: randomBytes(32).toString('base64url'),
};
let host: OrchestratorProcess;
let models: ModelServer;
let web: Server;
let webUrl: string;
let workspaceId: string;
let image: FileValue;
const keys = { openai_compatible: '', anthropic: '' };
const start = () => startProcess({ dataDir: data.path, port: 0, ...tokens });

beforeAll(async () => {
  models = await startModelServer();
  web = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  host = await start();
  workspaceId = (await host.client.call('listWorkspaces', {})).items[0]?.id ?? '';
  const params = { id: workspaceId };
  for (const provider of ['openai_compatible', 'anthropic'] as const) {
    const body = { name: provider, provider, baseUrl: `${models.url}/v1`, secret: 'sk-sample-0123456789abcdef' };
    keys[provider] = (await host.client.call('createApiKey', { params, body })).id;
  }
  await host.client.call('putHttpAccess', { params, body: { allow: [new URL(webUrl).host] } });
  image = await host.client.upload(workspaceId, 'dot.png', Buffer.from('not really a picture'), 'image/png');
});

afterAll(async () => {
  await host.stop().catch(() => undefined);
  await models.stop();
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  data.remove();
});

afterEach(() => {
  models.seen.length = 0;
});

const text = 'a long answer '.repeat(40);
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const type = { 'content-type': 'text/plain' };
  switch (request.url) {
    case '/gzip':
      return void response.writeHead(200, { ...type, 'content-encoding': 'gzip' }).end(gzipSync(text));
    case '/br':
      return void response.writeHead(200, { ...type, 'content-encoding': 'br' }).end(brotliCompressSync(text));
    case '/deflate':
      return void response.writeHead(200, { ...type, 'content-encoding': 'deflate' }).end(deflateSync(text));
    case '/bomb':
      return void response
        .writeHead(200, { ...type, 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(8 * 1024 * 1024)));
    case '/torn':
      return void response.writeHead(200, { ...type, 'content-encoding': 'gzip' }).end(gzipSync(text).subarray(0, 30));
    case '/picture':
      return void response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.concat(parts));
    case '/json':
      return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"not": json');
    default:
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: request.headers['content-type'], body: Buffer.concat(parts).toString() }));
  }
}

const at = { x: 0, y: 0 };
const stepOf = (id: string, type: string, config: Record<string, unknown>, policy?: FlowStep['policy']): FlowStep => ({
  ...{ id, type, name: id, position: at, config: config as FlowStep['config'] },
  ...(policy === undefined ? {} : { policy }),
});
const input = (value: unknown, type = 'text') => stepOf('in', 'input', { name: 'in', type, value });
const flowOf = (steps: FlowStep[], ...edges: [from: string, port: string, to: string, port: string][]): FlowFile => ({
  ...{ schema: 'otherthing.flow/1', name: 'Faults', steps, groups: [], notes: [], settings: {} },
  edges: edges.map(([step, port, to, into], index) => ({
    ...{ id: `e${index}`, from: { step, port }, to: { step: to, port: into } },
  })),
});
const chatStep = (
  more: Record<string, unknown> = {},
  policy?: FlowStep['policy'],
  provider: keyof typeof keys = 'openai_compatible',
) => stepOf('it', 'chat', { model: `key:${keys[provider]}:tiny`, prompt: 'Hello', inputs: [], ...more }, policy);

const begin = async (file: FlowFile) =>
  (await host.client.call('startRunOfFile', { params: { id: workspaceId }, body: { file } })).id;
const stepAt = (id: string, stepId = 'it') => host.client.call('getRunStep', { params: { id, stepId }, query: {} });
async function run(file: FlowFile): Promise<{ run: RunSummary; step: StepDetail }> {
  const id = await begin(file);
  return { run: await runEnded(host, id, 30_000), step: await stepAt(id) };
}
const asked = () => models.seen.filter(({ method }) => method === 'POST');
const usage = async () => (await host.client.call('getUsage', { params: { id: workspaceId }, query: {} })).total;
const many = (pieceMs: number): Turn => ({ pieces: Array.from({ length: 400 }, (_, word) => ` w${word}`), pieceMs });

describe('kill -9 of the host', () => {
  test('J2: a step that is finished and committed is never paid for again', async () => {
    const second = { ...chatStep(), id: 'then' };
    const file = flowOf([chatStep(), second], ['it', 'text', 'then', 'input']);
    second.config = { ...second.config, prompt: 'About {{ input }}', inputs: [{ name: 'input' }] };
    models.script({ pieces: ['one'] }, many(25));
    const id = await begin(file);
    await waitFor('the second to be asked', () => asked().length === 2);
    await host.kill();
    models.script({ pieces: ['two'] });
    host = await start();
    expect((await runEnded(host, id, 60_000)).state).toBe('succeeded');
    expect((await stepAt(id)).outputs['text']).toBe('one');
    expect((await stepAt(id, 'then')).outputs['text']).toBe('two');
    // The finished one once; the one that broke off in the middle of its stream a second time.
    const prompts = asked().map(({ body }) => JSON.stringify(body['messages']));
    expect(prompts.map((prompt) => (prompt.includes('About one') ? 'then' : 'it'))).toEqual(['it', 'then', 'then']);
    expect(asked()[1]?.aborted).toBe(true);
  });

  test('J2: killed at any moment around an answer, the run ends once, and is asked for at most once for each life', async () => {
    for (const delay of [0, 2, 5, 10, 20, 40]) {
      models.seen.length = 0;
      const before = (await usage()).requests;
      const id = await begin(flowOf([chatStep()]));
      await waitFor('it to be asked', () => asked().length === 1);
      await new Promise((resolve) => setTimeout(resolve, delay));
      const finished = (await host.client.call('getRun', { params: { id } })).run.state === 'succeeded';
      await host.kill();
      host = await start();
      expect((await runEnded(host, id, 60_000)).state).toBe('succeeded');
      expect(asked().length).toBeLessThanOrEqual(finished ? 1 : 2);
      expect((await usage()).requests - before).toBe(1);
    }
  });
});

describe('providers', () => {
  test('J3: a slow provider that is cancelled sees the end of the connection, and what it had used counts', async () => {
    const before = await usage();
    models.script({ ...many(25), usage: { input: 77, output: 5 } });
    const id = await begin(flowOf([chatStep({}, undefined, 'anthropic')]));
    await waitFor('it to be asked', () => asked().length === 1);
    const jobId = await waitFor('the job', async () => (await stepAt(id)).instance.jobId);
    await waitFor(
      'words',
      async () => (await host.client.call('getJobOutput', { params: { id: jobId } })).chunks.length > 1,
    );
    await host.client.call('cancelRun', { params: { id } });
    await waitFor('the connection to end', () => asked()[0]?.aborted === true);
    // Anthropic tells the tokens of the prompt at the beginning.
    await waitFor('its tokens', async () => (await usage()).inputTokens - before.inputTokens === 77);
    expect((await usage()).requests - before.requests).toBe(1);
  });

  test('J5: one that is too slow is given up at its time, and sees the end of the connection', async () => {
    models.script({ waitMs: 60_000 });
    const { run: ended } = await run(flowOf([chatStep({}, { timeoutSeconds: 1 })]));
    expect(ended.error?.code).toMatch(/timeout/);
    await waitFor('the connection to end', () => asked()[0]?.aborted === true);
  });

  test.each([500, 529])('J4: %i is asked again, and at last said in words', async (status) => {
    const turn = {
      status,
      headers: { 'retry-after': '0' },
      body: { error: { message: 'Overloaded', type: 'overloaded_error' } },
    };
    models.script(turn, { pieces: ['fine'] });
    expect((await run(flowOf([chatStep({}, undefined, 'anthropic')]))).step.outputs['text']).toBe('fine');
    expect(asked()).toHaveLength(2);
    models.script(...Array<Turn>(20).fill(turn));
    const { run: ended, step } = await run(flowOf([chatStep({}, undefined, 'anthropic')]));
    expect(ended.error).toMatchObject({ code: 'provider_failed', message: expect.stringContaining('Overloaded') });
    expect(ended.error?.message).toContain('Try again later');
    expect(step.attempts.length).toBeGreaterThan(1);
    expect(asked()).toHaveLength(2 + step.attempts.length);
    await drained();
  });

  test.each(['openai_compatible', 'anthropic'] as const)(
    'F10: %s is given an image as its API wants it',
    async (provider) => {
      const file = flowOf([input(image, 'file'), chatStep({}, undefined, provider)], ['in', 'value', 'it', 'images']);
      const { run: ended } = await run(file);
      expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
      const content = Buffer.from('not really a picture').toString('base64');
      const part =
        provider === 'anthropic'
          ? { type: 'image', source: { type: 'base64', media_type: 'image/png', data: content } }
          : { type: 'image_url', image_url: { url: `data:image/png;base64,${content}` } };
      const messages = asked()[0]?.body['messages'] as { content: unknown[] }[];
      expect(messages.at(-1)?.content).toContainEqual(part);
    },
  );

  test('F10: a model that vanishes while a run goes on fails its own step alone', async () => {
    const other = stepOf('other', 'template', { text: 'still {{ value }}', inputs: [{ name: 'value' }] });
    models.script({
      status: 404,
      body: { error: { message: 'The model `tiny` does not exist', code: 'model_not_found' } },
    });
    const id = await begin(flowOf([input('here'), chatStep(), other], ['in', 'value', 'other', 'value']));
    const ended = await runEnded(host, id, 30_000);
    expect(ended.error).toMatchObject({
      code: 'model_missing',
      message: expect.stringContaining('Choose another model'),
    });
    expect((await stepAt(id, 'other')).outputs['text']).toBe('still here');
    expect(asked()).toHaveLength(1);
  });

  test('F10: a schema that is never satisfied ends in words, and every answer counts', async () => {
    const before = await usage();
    models.script({ pieces: ['{"name":1}'] }, { pieces: ['{"name":2}'] }, { pieces: ['{"name":3}'] });
    const schema = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}';
    const extract = stepOf('it', 'extract', { model: `key:${keys.openai_compatible}:tiny`, schema });
    const { run: ended } = await run(flowOf([input('Ada'), extract], ['in', 'value', 'it', 'text']));
    expect(ended.error).toMatchObject({ code: 'schema_not_satisfied', message: expect.stringContaining('/name') });
    expect(asked().length).toBeGreaterThan(1);
    expect((await usage()).inputTokens - before.inputTokens).toBe(12 * asked().length);
    await drained();
  });

  test('F3: a prompt with an unknown name is found before the run, and nobody is asked', async () => {
    const answer = begin(flowOf([chatStep({ prompt: 'About {{ nobody }}' })]));
    await expect(answer).rejects.toMatchObject({ code: 'flow_invalid' });
    expect(asked()).toHaveLength(0);
  });
});

describe('HTTP request', () => {
  const http = (path: string, more: Record<string, unknown> = {}) =>
    stepOf('it', 'http_request', { url: `${webUrl}${path}`, ...more });

  test('F10: a file is sent as it is, and comes back as a file', async () => {
    const step = http('/picture', { method: 'PUT', sends: 'file' });
    const { step: done, run: ended } = await run(flowOf([input(image, 'file'), step], ['in', 'value', 'it', 'file']));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(done.outputs['body']).toMatchObject({ sha256: image.sha256, mime: 'image/png' });
  });

  test.each(['/gzip', '/br', '/deflate'])('F10: %s is read as it was before', async (path) => {
    expect((await run(flowOf([http(path)]))).step.outputs['body']).toBe(text);
  });

  test.each([
    ['/bomb', 'http_too_large', { maxMb: 1 }],
    ['/torn', 'http_response_wrong', {}],
    ['/json', 'http_response_wrong', { takes: 'json' }],
  ])('S10: %s is refused as %s', async (path, code, more) => {
    const { run: ended } = await run(flowOf([http(path, more)]));
    expect(ended.error?.code).toBe(code);
    expect(ended.error?.message).toMatch(/\. [A-Z]/);
  });

  test('F10: what says that it is JSON and is not is a text where either will do', async () => {
    expect((await run(flowOf([http('/json')]))).step.outputs['body']).toBe('{"not": json');
  });
});

/** Turns that nobody took must not answer the next test. */
async function drained(): Promise<void> {
  for (;;) {
    const response = await fetch(`${models.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'tiny', stream: false }),
    });
    const body = await response.text();
    if (response.ok && body.includes('Hello from the model')) return;
  }
}
