/** Agents: a model with tools on a real host, against real servers of models, of the Model Context Protocol and of the web. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AgentCall } from '../../src/shared/model/agent.ts';
import { callsIn } from '../../src/shared/model/agent-calls.ts';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import type { RunSummary, StepDetail } from '../../src/shared/model/run.ts';
import { runEnded } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type McpServer, startMcpServer } from '../model-server/mcp-server.ts';
import { type ModelServer, startModelServer } from '../model-server/model-server.ts';
import { startTestHost, type TestHost } from './support.ts';

const canary = 'sk-canary-9Xr4AgentKeyT2vB8nK4pY6dH1';
const secret = 'agent-canary-secret-8841';

let host: TestHost;
let models: ModelServer;
let mcp: McpServer;
let web: Server;
let webUrl: string;
let webSeen: string[] = [];
/** Whether the address that never answers does so. */
let slow = true;
let workspaceId: string;
let openAiKey: string;
let anthropicKey: string;

beforeAll(async () => {
  models = await startModelServer();
  models.key = canary;
  mcp = await startMcpServer();
  web = createServer((request, response): void => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', (): void => {
      const path = request.url ?? '/';
      webSeen.push(`${request.method} ${path} ${Buffer.concat(parts).toString()}`);
      if (path.startsWith('/api/out')) return void response.writeHead(302, { location: '/private' }).end();
      if (path.startsWith('/api/slow') && slow) return;
      response.writeHead(path.startsWith('/api/none') ? 404 : 200, { 'content-type': 'text/plain' });
      response.end(`Sunny in Oslo, said to ${request.headers['x-token']}`);
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
  await allow('127.0.0.1');
});

afterAll(async () => {
  await host.stop();
  await models.stop();
  await mcp.stop();
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  host.remove();
});

beforeEach(() => {
  models.seen.length = 0;
  mcp.seen.length = 0;
  webSeen = [];
  Object.assign(mcp, { token: null, streams: false, nonsense: null });
});

async function allow(...hosts: string[]): Promise<void> {
  await host.owner.call('putHttpAccess', { params: { id: workspaceId }, body: { allow: hosts } });
}

const step = (id: string, type: string, config: Record<string, unknown>) => ({
  ...{ id, type, name: id, position: { x: 0, y: 0 }, config },
});
const flowOf = (...steps: FlowFile['steps']): FlowFile => ({
  ...{ schema: 'otherthing.flow/1', name: 'With an agent', steps, edges: [], groups: [], notes: [], settings: {} },
});
const agentFlow = (more: Record<string, unknown> = {}, keyId = openAiKey): FlowFile =>
  flowOf(step('it', 'agent', { model: `key:${keyId}:tiny`, task: 'What is it?', inputs: [], ...more }));
const http = (more: Record<string, unknown> = {}) => ({
  ...{ kind: 'http', name: 'weather', description: 'The weather', base: `${webUrl}/api`, methods: 'get' },
  ...more,
});
const server = (more: Record<string, unknown> = {}) => ({ kind: 'mcp', name: 'calc', url: mcp.url, ...more });

async function begin(file: FlowFile): Promise<string> {
  return (await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file } })).id;
}
async function run(file: FlowFile): Promise<{ run: RunSummary; step: StepDetail; calls: AgentCall[] }> {
  const id = await begin(file);
  const ended = await runEnded({ client: host.owner }, id, 20_000);
  const found = await host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} });
  return { run: ended, step: found, calls: await callsOf(found.instance.jobId ?? '') };
}
const callsOf = async (jobId: string) =>
  callsIn((await host.owner.call('getJobOutput', { params: { id: jobId } })).chunks);
const jobOf = async (id: string) =>
  waitFor(
    'the job',
    async () => (await host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} })).instance.jobId,
  );
const asked = () => models.seen.filter(({ method }) => method === 'POST');
const messagesOf = (at: number) => (asked()[at]?.body['messages'] ?? []) as Record<string, unknown>[];
const callsFor = (url: string) => [{ name: 'weather', arguments: JSON.stringify({ url }) }];

describe('an agent behind a key', () => {
  test.each([
    ['OpenAI', () => openAiKey],
    ['Anthropic', () => anthropicKey],
  ] as const)('F10: with %s it calls a tool, is told what it says, and answers', async (_name, key) => {
    models.script(
      { pieces: ['Let me', ' look.'], calls: callsFor(`${webUrl}/api/oslo`), usage: { input: 10, output: 4 } },
      { pieces: ['It is', ' sunny.'], usage: { input: 20, output: 3 } },
    );
    const {
      run: ended,
      step: found,
      calls,
    } = await run(agentFlow({ instructions: 'Be brief', tools: [http()] }, key()));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(found.outputs).toMatchObject({ text: 'It is sunny.', usage: { inputTokens: 30, outputTokens: 7 } });
    expect(webSeen).toEqual(['GET /api/oslo ']);
    expect(calls.map(({ what, name, state, turn }) => [what, name, state, turn])).toEqual([
      ['model', 'tiny', 'succeeded', 1],
      ['tool', 'weather', 'succeeded', 1],
      ['model', 'tiny', 'succeeded', 2],
    ]);
    expect(calls[1]).toMatchObject({ result: expect.stringContaining('Sunny in Oslo'), jobId: expect.any(String) });
    expect(JSON.stringify(messagesOf(1))).toContain('Sunny in Oslo');
    const { items } = await host.owner.call('listJobs', { params: { id: workspaceId }, query: { runId: ended.id } });
    expect(items.map(({ kind }) => kind).sort()).toEqual(['agent', 'http', 'provider', 'provider']);
  });

  test('F9: its words are seen as they come, and each turn is counted once in the usage', async () => {
    models.script(
      { pieces: ['First', ' words'], calls: callsFor(`${webUrl}/api/a`), usage: { input: 1_000, output: 100 } },
      { pieces: ['Last', ' words'], usage: { input: 2_000, output: 200 } },
    );
    const { run: ended, step: found } = await run(agentFlow({ tools: [http()] }));
    const { chunks } = await host.owner.call('getJobOutput', { params: { id: found.instance.jobId ?? '' } });
    const tokens = chunks.filter(({ stream }) => stream === 'token').map(({ text }) => text);
    expect(tokens.join('')).toBe('First wordsLast words');
    const query = { by: 'step', runId: ended.id } as never;
    const report = await host.owner.call('getUsage', { params: { id: workspaceId }, query });
    expect(JSON.stringify(report)).toMatch(/"inputTokens":3000,"outputTokens":300/);
  });
});

describe('tools', () => {
  test('S9: a tool gets nowhere else: neither by its arguments, nor by a redirect, nor to private addresses', async () => {
    models.script(
      {
        calls: [
          { name: 'weather', arguments: JSON.stringify({ url: `${webUrl}/private` }) },
          { name: 'weather', arguments: JSON.stringify({ url: `${webUrl}/api/../private` }) },
          { name: 'weather', arguments: JSON.stringify({ url: `${webUrl}/api/out` }) },
          { name: 'weather', arguments: JSON.stringify({ url: `${webUrl}/api/a`, method: 'POST' }) },
          { name: 'anywhere', arguments: JSON.stringify({ url: 'http://127.0.0.2:9/' }) },
        ],
      },
      { pieces: ['Nothing'] },
    );
    const tools = [http(), http({ name: 'anywhere', base: '' })];
    const { run: ended, calls } = await run(agentFlow({ tools }));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(calls.filter(({ what }) => what === 'tool').map(({ error }) => error?.code)).toEqual([
      'http_url_refused',
      'http_url_refused',
      'http_url_refused',
      'tool_arguments_wrong',
      'http_address_refused',
    ]);
    expect(webSeen).toEqual(['GET /api/out ']);
  });

  test.each([false, true])(
    'MCP: its tools are offered and called, and their failures told (streams: %s)',
    async (streams) => {
      Object.assign(mcp, { streams, token: secret });
      models.script(
        {
          calls: [
            { name: 'calc_add', arguments: '{"a": 2, "b": 40}' },
            { name: 'calc_fail', arguments: '' },
            { name: 'calc_add', arguments: '{"a": "two"}' },
            { name: 'calc_echo_headers', arguments: '{}' },
          ],
        },
        { pieces: ['42'] },
      );
      const headers = [{ name: 'Authorization', value: 'Bearer {{ secrets.TOKEN }}' }];
      const { run: ended, calls } = await run(agentFlow({ tools: [server({ headers })] }));
      expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
      expect(calls.filter(({ what }) => what === 'tool').map(({ result, error }) => error?.code ?? result)).toEqual([
        '42',
        'tool_failed',
        'tool_arguments_wrong',
        expect.stringContaining('[hidden]'),
      ]);
      expect(JSON.stringify(messagesOf(1))).toContain('The disk is on fire');
      expect(JSON.stringify(asked()[0]?.body['tools'])).toContain('calc_wait');
      await waitFor('the sessions to be ended', () => mcp.sessions.size === 0);
    },
  );

  test('MCP: only the tools that are allowed are offered; what is not there, or refuses, is said in words', async () => {
    models.script({ pieces: ['Done'] });
    await run(agentFlow({ tools: [server({ allowed: 'add' })] }));
    expect(JSON.stringify(asked()[0]?.body['tools'])).not.toContain('calc_fail');
    const missing = await run(agentFlow({ tools: [server({ allowed: 'add, subtract' })] }));
    expect(missing.run.error?.message).toMatch(/no tool subtract/);
    mcp.token = 'another';
    const refused = await run(agentFlow({ tools: [server()] }));
    expect([refused.step.instance.error?.code, refused.run.error?.message]).toEqual([
      'mcp_refused',
      expect.stringContaining('header'),
    ]);
    Object.assign(mcp, { token: null, nonsense: '<html>' });
    const nonsense = await run(agentFlow({ tools: [server()] }));
    expect(nonsense.step.instance.error?.code).toBe('mcp_answer_wrong');
    const away = await run(agentFlow({ tools: [server({ url: 'http://127.0.0.2:9/mcp' })] }));
    expect(away.step.instance.error?.code).toBe('http_address_refused');
    expect(asked()).toHaveLength(1);
  });

  test('a flow as a tool: its Inputs are the arguments, its Outputs the answer, and its run is linked', async () => {
    const called: FlowFile = {
      ...flowOf(
        step('a', 'input', { name: 'city', type: 'text', value: '' }),
        step('b', 'output', { name: 'said', view: 'text' }),
      ),
      edges: [{ id: 'e', from: { step: 'a', port: 'value' }, to: { step: 'b', port: 'value' } }],
    };
    const flow = await host.owner.call('createFlow', { params: { id: workspaceId }, body: { file: called } });
    models.script({ calls: [{ name: 'ask', arguments: '{"city":"Oslo"}' }] }, { pieces: ['Yes'] });
    const { run: ended, calls } = await run(agentFlow({ tools: [{ kind: 'flow', name: 'ask', flowId: flow.id }] }));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(calls[1]).toMatchObject({ name: 'ask', result: '{"said":"Oslo"}', runId: expect.any(String) });
    const { run: below } = await host.owner.call('getRun', { params: { id: calls[1]?.runId ?? '' } });
    expect([below.state, below.parent]).toEqual([
      'succeeded',
      expect.objectContaining({ runId: ended.id, stepId: 'it' }),
    ]);
    expect(JSON.stringify(asked()[0]?.body['tools'])).toContain('"required":["city"]');
  });

  test('unknown tools and arguments that are no JSON are told to the model, which goes on', async () => {
    models.script(
      {
        calls: [
          { name: 'nothing', arguments: '{}' },
          { name: 'weather', arguments: '{"url":' },
        ],
      },
      { pieces: ['Well'] },
    );
    const { run: ended, calls } = await run(agentFlow({ tools: [http()] }));
    expect(ended.state).toBe('succeeded');
    expect(calls.map(({ error }) => error?.code)).toEqual([
      undefined,
      'tool_unknown',
      'tool_arguments_wrong',
      undefined,
    ]);
    expect(JSON.stringify(messagesOf(1))).toContain('Those there are: weather');
  });

  test('the answer has the form that is asked for, or is asked for again, or the step fails', async () => {
    const schema = '{"type":"object","properties":{"n":{"type":"number"}},"required":["n"]}';
    models.script({ pieces: ['twelve'] }, { pieces: ['{"n": 12}'] });
    const good = await run(agentFlow({ schema }));
    expect(good.step.outputs).toMatchObject({ json: { n: 12 } });
    models.script({ pieces: ['one'] }, { pieces: ['two'] }, { pieces: ['three'] });
    const bad = await run(agentFlow({ schema }));
    expect(bad.step.instance.error?.code).toBe('schema_not_satisfied');
  });
});

describe('bounds', () => {
  const loop = { calls: [{ name: 'nothing', arguments: '{}' }], usage: { input: 500, output: 5 } };

  test.each([
    ['turns', { maxTurns: 3 }, 'agent_too_many_turns', 3],
    ['calls of tools', { maxCalls: 2 }, 'agent_too_many_calls', 3],
    ['tokens', { maxTokens: 800 }, 'agent_too_many_tokens', 2],
  ] as const)('F10: an agent that never ends is ended at its %s', async (_name, limits, code, turns) => {
    models.reply = () => loop;
    const { run: ended, step: found } = await run(agentFlow({ tools: [http()], ...limits }));
    models.reply = null;
    expect([ended.state, found.instance.error?.code]).toEqual(['failed', code]);
    expect(asked()).toHaveLength(turns);
  });

  test('J5: at its deadline what is under way is ended', async () => {
    models.script({ calls: callsFor(`${webUrl}/api/slow`) });
    const { run: ended, step: found } = await run(agentFlow({ tools: [http()], seconds: 5 }));
    expect([ended.state, found.instance.error?.code]).toEqual(['failed', 'run_timeout']);
    const { items } = await host.owner.call('listJobs', { params: { id: workspaceId }, query: { runId: ended.id } });
    await waitFor(
      'the request to be cancelled',
      () => items.find(({ kind }) => kind === 'http')?.state === 'cancelled',
    );
  });

  test('J3: cancelling the run ends the model that still speaks, and the tool that still works', async () => {
    models.script({ calls: [{ name: 'calc_wait', arguments: '{}' }] });
    const id = await begin(agentFlow({ tools: [server()] }));
    await waitFor('the tool', () => mcp.seen.some(({ method }) => method === 'tools/call'));
    await host.owner.call('cancelRun', { params: { id } });
    await waitFor(
      'the call to be aborted',
      () => mcp.seen.find(({ method }) => method === 'tools/call')?.aborted === true,
    );
    models.script({ pieces: Array.from({ length: 400 }, () => ' word'), pieceMs: 25 });
    const other = await begin(agentFlow());
    const jobId = await jobOf(other);
    await waitFor('words', async () => {
      const { chunks } = await host.owner.call('getJobOutput', { params: { id: jobId } });
      return chunks.some(({ stream }) => stream === 'token');
    });
    await host.owner.call('cancelRun', { params: { id: other } });
    await waitFor('the request to be aborted', () => asked().at(-1)?.aborted === true);
  });

  test('J4: a provider that is busy is asked again; one that refuses ends the agent with its own words', async () => {
    models.script(
      { status: 429, headers: { 'retry-after': '0' }, body: { error: { message: 'Slow down' } } },
      { pieces: ['Here'] },
    );
    expect((await run(agentFlow())).step.outputs['text']).toBe('Here');
    models.script({ status: 400, body: { error: { message: 'tiny does not support tools' } } });
    const refused = await run(agentFlow({ tools: [http()] }));
    expect(refused.step.instance.error?.code).toBe('tools_not_taken');
  });
});

describe('what is kept', () => {
  test('S5: neither key nor secret is in any answer of the host, though server and tool repeat them', async () => {
    mcp.token = secret;
    models.script(
      { pieces: [`My key is ${canary}`], calls: [{ name: 'calc_echo_headers', arguments: `{"key":"${canary}"}` }] },
      { pieces: ['Done'] },
    );
    const headers = [{ name: 'Authorization', value: 'Bearer {{ secrets.TOKEN }}' }];
    const { run: ended, step: found, calls } = await run(agentFlow({ tools: [server({ headers })] }));
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    const { items } = await host.owner.call('listJobs', { params: { id: workspaceId }, query: { runId: ended.id } });
    const written = await Promise.all(
      items.map(({ id }) => host.owner.call('getJobOutput', { params: { id } }).catch(() => null)),
    );
    const jobs = await Promise.all(items.map(({ id }) => host.owner.call('getJob', { params: { id } })));
    const everything = JSON.stringify([found, calls, written, jobs]);
    expect(everything).toContain('[hidden]');
    expect(everything).not.toContain(canary);
    expect(everything).not.toContain(secret);
    expect(JSON.stringify(models.seen.map(({ body }) => body))).not.toContain(secret);
  });

  test('J2: a host that ends in the middle goes on with what it has: no answer is paid for twice', async () => {
    models.script({ pieces: ['I look'], calls: callsFor(`${webUrl}/api/slow`), usage: { input: 9, output: 2 } });
    const id = await begin(agentFlow({ tools: [http()] }));
    await waitFor('the tool', () => webSeen.length > 0);
    await host.stop();
    web.closeAllConnections();
    models.script({ pieces: ['Sunny'], usage: { input: 20, output: 1 } });
    models.reply = null;
    slow = false;
    host = await host.again();
    const ended = await runEnded({ client: host.owner }, id, 20_000);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    expect(asked()).toHaveLength(2);
    const { outputs, instance } = await host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} });
    expect(outputs).toMatchObject({ text: 'Sunny', usage: { inputTokens: 29, outputTokens: 3 } });
    const calls = await callsOf(instance.jobId ?? '');
    // The tool is asked again by itself; whether it has answered before the agent asks for it is all one.
    expect(calls).toHaveLength(3);
    expect([calls[0]?.earlier ?? false, calls[2]?.earlier ?? false]).toEqual([true, false]);
  });
});
