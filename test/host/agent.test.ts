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
      if (path.startsWith('/api/slow')) return;
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
