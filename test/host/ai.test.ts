/** Steps that ask models behind keys, and those that call web addresses: a real host against a real server of models. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import type { RunSummary, StepDetail } from '../../src/shared/model/run.ts';
import { runEnded } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type ModelServer, startModelServer } from '../model-server/model-server.ts';
import { startTestHost, type TestHost } from './support.ts';

const canary = 'sk-canary-7Qm3ZxW9LrT2vB8nK4pY6dH1';
const secret = 'hunter2-canary-token-5521';

let host: TestHost;
let models: ModelServer;
let web: Server;
let webUrl: string;
let workspaceId: string;
let openAiKey: string;
let anthropicKey: string;

beforeAll(async () => {
  models = await startModelServer();
  models.key = canary;
  web = createServer((request, response): void => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', (): void => {
      const path = request.url ?? '/';
      if (path.startsWith('/round')) return void response.writeHead(302, { location: '/round' }).end();
      if (path.startsWith('/inside')) return void response.writeHead(302, { location: 'http://127.0.0.2:9/' }).end();
      if (path.startsWith('/busy')) return void response.writeHead(404).end(`no such ${request.headers['x-token']}`);
      response.writeHead(200, { 'content-type': 'application/json' });
      const { headers, method } = request;
      response.end(JSON.stringify({ method, path, token: headers['x-token'], body: Buffer.concat(parts).toString() }));
    });
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  const add = async (provider: 'openai_compatible' | 'anthropic') =>
    host.owner.call('createApiKey', {
      params: { id: workspaceId },
      body: { name: provider, provider, baseUrl: `${models.url}/v1`, secret: canary },
    });
  openAiKey = (await add('openai_compatible')).id;
  anthropicKey = (await add('anthropic')).id;
  await host.owner.call('putSecret', { params: { id: workspaceId, name: 'TOKEN' }, body: { value: secret } });
});

afterAll(async () => {
  await host.stop();
  await models.stop();
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  host.remove();
});

beforeEach(() => {
  models.seen.length = 0;
});

const flowOf = (type: string, config: Record<string, unknown>, input?: string): FlowFile => ({
  schema: 'otherthing.flow/1',
  name: `With ${type}`,
  steps: [
    ...(input === undefined
      ? []
      : [
          {
            id: 'in',
            type: 'input',
            name: 'In',
            position: { x: 0, y: 0 },
            config: { name: 'in', type: 'text', value: input },
          },
        ]),
    { id: 'it', type, name: 'It', position: { x: 300, y: 0 }, config },
  ],
  edges: [],
  groups: [],
  notes: [],
  settings: {},
});
const chatFlow = (more: Record<string, unknown> = {}, keyId = openAiKey): FlowFile =>
  flowOf('chat', { model: `key:${keyId}:tiny`, prompt: 'Say hello', inputs: [], ...more });

async function run(file: FlowFile): Promise<{ run: RunSummary; step: StepDetail }> {
  const { id } = await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file } });
  const ended = await runEnded({ client: host.owner }, id, 20_000);
  return { run: ended, step: await host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} }) };
}
const usage = async (by: 'model' | 'member' | 'node') =>
  host.owner.call('getUsage', { params: { id: workspaceId }, query: { by } });
const asked = () => models.seen.filter(({ method }) => method === 'POST');

describe('chat behind a key', () => {
  test.each([
    ['OpenAI', () => openAiKey],
    ['Anthropic', () => anthropicKey],
  ] as const)('F10: %s answers, with its own figures of tokens', async (_name, key) => {
    models.script({ pieces: ['Good ', 'day'], usage: { input: 7, output: 2 } });
    const { run: ended, step } = await run(chatFlow({ system: 'Be brief' }, key()));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(step.outputs).toEqual({ text: 'Good day', usage: { inputTokens: 7, outputTokens: 2 } });
    expect(step.attempts.map(({ nodeId, outcome }) => [nodeId, outcome])).toEqual([['host', 'succeeded']]);
  });

  test('F9: tokens are seen while the model still speaks, and cancel ends its work', async () => {
    models.script({ pieces: Array.from({ length: 400 }, (_, index) => ` word${index}`), pieceMs: 25 });
    const file = chatFlow();
    const { id } = await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file } });
    const jobId = await waitFor(
      'the job',
      async () => (await host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} })).instance.jobId,
    );
    await waitFor('some words', async () => {
      const { chunks } = await host.owner.call('getJobOutput', { params: { id: jobId } });
      return chunks.some(({ stream, text }) => stream === 'token' && text.includes('word3'));
    });
    await host.owner.call('cancelRun', { params: { id } });
    await waitFor('the request to be aborted', () => asked()[0]?.aborted === true);
  });

  test('J4: busy, broken and failing providers are asked again, and a finished answer never', async () => {
    models.script(
      { status: 429, headers: { 'retry-after': '0' }, body: { error: { message: 'Slow down', type: 'rate_limit' } } },
      { pieces: ['Half', ' an'], breakAfter: 1 },
      { pieces: ['Whole'] },
    );
    const { run: ended, step } = await run(chatFlow());
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(step.outputs['text']).toBe('Whole');
    expect(step.attempts.map(({ error }) => error?.code ?? 'fine')).toEqual([
      'provider_rate_limited',
      'stream_broken',
      'fine',
    ]);
    expect(asked()).toHaveLength(3);
  });

  test.each([
    ['model_missing', { model: () => `key:${openAiKey}:gone` }, {}],
    ['context_too_long', {}, { status: 400, body: { error: { message: 'x', code: 'context_length_exceeded' } } }],
    ['answer_unreadable', {}, { garbleAfter: 1 }],
    ['provider_quota_spent', {}, { status: 429, body: { error: { message: 'x', code: 'insufficient_quota' } } }],
    ['output_not_json', { schema: (): string => '{"type":"object"}' }, { pieces: ['no json here'] }],
    ['schema_not_satisfied', { schema: (): string => '{"type":"object","required":["a"]}' }, { pieces: ['{"b":1}'] }],
  ] as const)('F10: %s is said in words with a next step, and is not paid for twice', async (code, config, turn) => {
    models.script(turn);
    const settings = Object.fromEntries(Object.entries(config).map(([name, value]) => [name, value()]));
    const { run: ended } = await run(chatFlow(settings));
    expect(ended.state).toBe('failed');
    expect(ended.error?.code).toBe(code);
    expect(ended.error?.message).toMatch(/\. [A-Z][^.]+/);
    expect(asked()).toHaveLength(1);
  });

  test('F10: an extract that does not fit is asked for once more, with what was wrong', async () => {
    models.script({ pieces: ['{"name": 3}'] }, { pieces: ['```json\n{"name": ', '"Ada"}\n```'] });
    const schema = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}';
    const file = flowOf('extract', { model: `key:${openAiKey}:tiny`, schema }, 'Ada wrote it');
    file.edges.push({ id: 'e', from: { step: 'in', port: 'value' }, to: { step: 'it', port: 'text' } });
    const { step } = await run(file);
    expect(step.outputs['json']).toEqual({ name: 'Ada' });
    expect(JSON.stringify(asked()[1]?.body)).toContain('That is not as asked');
  });

  test('F10: classify answers one label, and embeddings keep the order of their texts', async () => {
    models.script({ pieces: ['{"label":"bill"}'] });
    const file = flowOf(
      'classify',
      { model: `key:${anthropicKey}:tiny`, labels: [{ label: 'letter' }, { label: 'bill' }] },
      'x',
    );
    file.edges.push({ id: 'e', from: { step: 'in', port: 'value' }, to: { step: 'it', port: 'text' } });
    const { step } = await run(file);
    expect(step.outputs).toMatchObject({ label: 'bill', label_2: 'bill' });
    const embedding = flowOf('embed', { model: `key:${openAiKey}:tiny-embed` }, 'x');
    embedding.edges.push({ id: 'e', from: { step: 'in', port: 'value' }, to: { step: 'it', port: 'texts' } });
    const embedded = await run(embedding);
    expect(embedded.run.state, JSON.stringify(embedded.run.error)).toBe('succeeded');
    expect(embedded.step.outputs['embedding']).toHaveLength(8);
  });

  test('usage is counted once per answer, by model, member and node, with the price of that moment', async () => {
    const before = (await usage('model')).total;
    const prices = [{ model: 'ti*', input: 2, output: 10 }];
    await host.owner.call('putPrices', { params: { id: workspaceId }, body: { currency: 'EUR', prices } });
    models.script({ pieces: ['a'], usage: { input: 1_000, output: 100 } });
    await run(chatFlow());
    models.script({ pieces: ['abcd'], withoutUsage: true });
    await run(chatFlow());
    const { total, currency } = await usage('model');
    expect(currency).toBe('EUR');
    expect(total.requests - before.requests).toBe(2);
    expect(total.estimated - before.estimated).toBe(1);
    expect(total.cost).toBeGreaterThanOrEqual(0.003);
    expect((await usage('member')).lines.map(({ label }) => label)).toEqual(['ana']);
    expect((await usage('node')).lines.map(({ label }) => label)).toEqual(['Host']);
    const exported = await fetch(`${host.url}/api/v1/workspaces/${workspaceId}/usage/export`, {
      headers: { authorization: `Bearer ${host.adminToken}` },
    });
    expect(await exported.text()).toMatch(/^time,member,flowId/);
  });

  test('J2: jobs of the host cannot be submitted from outside, nor by claiming to be a step', async () => {
    const job = { kind: 'provider', input: {}, origin: { runId: 'run-1', stepId: 'a', path: '' } };
    const answer = host.owner.call('submitJobs', { params: { id: workspaceId }, body: { jobs: [job] } });
    await expect(answer).rejects.toMatchObject({ code: 'job_kind_unknown' });
  });
});

describe('HTTP request', () => {
  const http = (config: Record<string, unknown>) => flowOf('http_request', { url: webUrl, ...config });
  const allow = (...entries: string[]) =>
    host.owner.call('putHttpAccess', { params: { id: workspaceId }, body: { allow: entries } });

  test.each(['http://127.0.0.1:1/', 'http://localhost:1/', 'http://[::ffff:127.0.0.1]:1/', 'http://169.254.169.254/'])(
    'S9: %s is refused',
    async (url) => {
      await allow();
      expect((await run(http({ url }))).run.error?.code).toBe('http_address_refused');
    },
  );

  test('S9: what the workspace allows is reached, and a redirect to what it does not is refused', async () => {
    await allow(new URL(webUrl).host);
    expect((await run(http({}))).step.outputs['status']).toBe(200);
    expect((await run(http({ url: `${webUrl}/inside` }))).run.error?.code).toBe('http_address_refused');
    expect((await run(http({ url: `${webUrl}/round` }))).run.error?.code).toBe('http_redirects');
  });

  test('S5: a secret is sent, and hidden in whatever comes back', async () => {
    await allow('127.0.0.1');
    const headers = [{ name: 'x-token', value: '{{ secrets.TOKEN }}' }];
    const { step, run: ended } = await run(http({ headers }));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(step.outputs['body']).toMatchObject({ token: '[hidden]' });
    const failed = await run(http({ headers, url: `${webUrl}/busy` }));
    expect(failed.run.error?.message).toContain('no such [hidden]');
  });

  test('S5: a text that only looks like a template brings in no secret', async () => {
    await allow('127.0.0.1');
    const body = { sends: 'text', method: 'POST', body: '{{ inputs.in }}' };
    const file = flowOf('http_request', { url: webUrl, ...body }, '{{ "{{ secrets.TOKEN }}" }}');
    file.steps[0] = { ...file.steps[0], config: { name: 'in', type: 'text', value: '' } } as FlowFile['steps'][number];
    const inputs = { in: '{{ secrets.TOKEN }}' };
    const { id } = await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file, inputs } });
    await runEnded({ client: host.owner }, id, 20_000);
    const step = await host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} });
    expect(step.outputs['body']).toMatchObject({ body: '{{ secrets.TOKEN }}' });
  });
});

describe('S5: the canary', () => {
  test('S5: a key and a secret appear in no answer, no live event, no log and no file of the data folder', async () => {
    const { ticket } = await host.owner.call('createTicket', {});
    const live = new WebSocket(`${host.url.replace('http', 'ws')}/ws/live?ticket=${ticket}`);
    const frames: string[] = [];
    live.on('message', (data) => frames.push(String(data)));
    await new Promise((resolve) => live.once('open', resolve));
    live.send(JSON.stringify({ type: 'subscribe', topic: `workspace:${workspaceId}` }));
    // A provider that repeats the whole key in its refusal.
    models.script({ status: 401, body: { error: { message: `Incorrect API key: ${canary}` } } });
    const failed = await run(chatFlow());
    expect(failed.run.error?.code).toBe('provider_refused_key');
    await run(chatFlow());
    const list = await host.owner.call('listApiKeys', { params: { id: workspaceId } });
    expect(list.items[0]).toMatchObject({ last4: canary.slice(-4), lastUsedBy: 'ana' });
    const answers = [
      list,
      await host.owner.call('listSecrets', { params: { id: workspaceId } }),
      await host.owner.call('listJobs', { params: { id: workspaceId }, query: {} }),
      await host.owner.call('listRuns', { params: { id: workspaceId }, query: {} }),
      await host.owner.call('listModels', { params: { id: workspaceId } }),
    ];
    live.close();
    const kept = filesOf(host.dataDir).map((path) => readFileSync(path, 'latin1'));
    expect(kept.length).toBeGreaterThan(1);
    for (const text of [...answers.map((answer) => JSON.stringify(answer)), ...frames, ...kept]) {
      for (const hidden of [canary, secret]) {
        expect(text.includes(hidden)).toBe(false);
        expect(text.includes(Buffer.from(hidden).toString('base64').slice(0, 20))).toBe(false);
      }
    }
    expect(asked().at(-1)?.headers.authorization).toBe(`Bearer ${canary}`);
  });

  test('S5: the master key is a file of its owner alone, and a disabled key is not used', async () => {
    expect(statSync(join(host.dataDir, 'master.key')).mode & 0o777).toBe(0o600);
    await host.owner.call('updateApiKey', { params: { id: openAiKey }, body: { enabled: false } });
    expect((await run(chatFlow())).run.error?.code).toBe('key_disabled');
    const elsewhere = host.owner.call('updateApiKey', { params: { id: openAiKey }, body: { baseUrl: webUrl } });
    await expect(elsewhere).rejects.toMatchObject({ code: 'key_needs_secret' });
    await host.owner.call('updateApiKey', { params: { id: openAiKey }, body: { enabled: true } });
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}
