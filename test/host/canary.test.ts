/**
 * S5, the canary: a provider key and a secret with values that are easily told are put in and used in every way that goes
 * well or wrong; then they are searched in everything that leaves the host or stays on its disk, in every usual encoding.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RouteName, routes } from '../../src/shared/api/routes.ts';
import type { FlowFile, FlowStep } from '../../src/shared/model/flow.ts';
import type { HostMessage, NodeMessage } from '../../src/shared/protocol/node.ts';
import { runEnded, temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type McpServer, startMcpServer } from '../model-server/mcp-server.ts';
import { type ModelServer, startModelServer, type Turn } from '../model-server/model-server.ts';
import { type OrchestratorProcess, startProcess } from './process.ts';

/** With characters that JSON, URLs and HTML write otherwise; the last four are shown. */
const key = 'sk-canary-7Qm3"ZxW9/LrT2+vB8&nK4\\pY<6>dH1';
const secret = 'hunter2-canary "token"/5521+x&y';
const data = temporaryFolder('canary');
const tokens = {
  adminToken: randomBytes(32).toString('base64url'),
  workerToken: randomBytes(32).toString('base64url'),
};

let host: OrchestratorProcess;
let models: ModelServer;
let mcp: McpServer;
let web: Server;
let webUrl: string;
let workspaceId: string;
const keys = { openai: '', anthropic: '' };
const frames: { live: string[]; node: string[] } = { live: [], node: [] };
const sockets: WebSocket[] = [];
const runIds: string[] = [];
const answers: string[] = [];

beforeAll(async () => {
  models = await startModelServer();
  models.key = key;
  mcp = await startMcpServer();
  web = createServer((request, response) => void echo(request, response));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  host = await startProcess({ dataDir: data.path, port: 0, ...tokens }, { OTHERTHING_LOG: 'trace' });
  workspaceId = (await host.client.call('listWorkspaces', {})).items[0]?.id ?? '';
  await watch();
  await recordingNode();
  const params = { id: workspaceId };
  for (const [name, provider] of [
    ['openai', 'openai_compatible'],
    ['anthropic', 'anthropic'],
  ] as const) {
    const body = { name, provider, baseUrl: `${models.url}/v1`, secret: key };
    keys[name] = (await host.client.call('createApiKey', { params, body })).id;
  }
  await host.client.call('putSecret', { params: { ...params, name: 'TOKEN' }, body: { value: secret } });
  await host.client.call('putHttpAccess', { params, body: { allow: ['127.0.0.1'] } });
});

afterAll(async () => {
  for (const socket of sockets) socket.terminate();
  await host.stop().catch(() => undefined);
  await models.stop();
  await mcp.stop();
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  data.remove();
});

/** A server that says everything back that it was sent, in every encoding that it can think of. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const path = request.url ?? '/';
  const said = `${decodeURIComponent(path)} ${request.headers['x-token'] ?? ''} ${Buffer.concat(parts)}`;
  const bytes = Buffer.from(said);
  if (path.startsWith('/slow')) return;
  if (path.startsWith('/away'))
    return void response.writeHead(302, { location: `/?to=${encodeURIComponent(said)}` }).end();
  if (path.startsWith('/refused')) return void response.writeHead(403).end(`<p>Not with ${said}</p>`);
  const all = {
    said,
    escaped: JSON.stringify(said),
    base64: bytes.toString('base64'),
    hex: bytes.toString('hex'),
    path,
  };
  const name = encodeURIComponent(String(request.headers['x-token'] ?? 'none'));
  const isFile = path.startsWith('/file');
  response.writeHead(200, {
    'content-type': isFile ? 'application/octet-stream' : 'application/json',
    'content-disposition': `attachment; filename="${name}.bin"`,
    'x-said': encodeURIComponent(said),
  });
  response.end(JSON.stringify(all));
}

/** Hears everything of the workspace, its runs and their jobs. */
async function watch(): Promise<void> {
  const { ticket } = await host.client.call('createTicket', {});
  const live = new WebSocket(`${host.url.replace('http', 'ws')}/ws/live?ticket=${ticket}`);
  sockets.push(live);
  const topics = new Set<string>();
  const subscribe = (topic: string) => {
    if (!topics.has(topic)) live.send(JSON.stringify({ type: 'subscribe', topic }));
    topics.add(topic);
  };
  live.on('message', (raw) => {
    frames.live.push(String(raw));
    for (const [, id] of String(raw).matchAll(/"(?:id|runId)":"(run-[^"]+|run_[^"]+)"/g)) subscribe(`run:${id}`);
    for (const [, id] of String(raw).matchAll(/"jobId":"([^"]+)"/g)) subscribe(`job:${id}`);
  });
  await new Promise((resolve) => live.once('open', resolve));
  subscribe(`workspace:${workspaceId}`);
}

/** A node that keeps every frame, and answers what it is asked. */
async function recordingNode(): Promise<void> {
  const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/node`);
  sockets.push(socket);
  const send = (message: NodeMessage) => socket.send(JSON.stringify(message));
  const take = (message: HostMessage) => {
    if (message.type !== 'job_assign') return;
    const { job_id, fence } = message;
    send({ type: 'job_ack', job_id, fence });
    const usage = { inputTokens: 1, outputTokens: 1 };
    const result = { text: 'Noted', usage, finishReason: 'stop', model: 'local', ms: 1 };
    send({ type: 'job_done', job_id, fence, result, run_ms: 1 });
  };
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (raw) => {
      frames.node.push(String(raw));
      const messages = [JSON.parse(String(raw))].flat() as HostMessage[];
      for (const message of messages) {
        if (message.type === 'registered') resolve();
        take(message);
      }
    });
    socket.on('open', () =>
      send({
        type: 'register',
        share_key: 'CANARY00',
        capabilities: {
          node_id: 'node-canary',
          cpu: { cores: 8 },
          memory: { total_mb: 8_192 },
          models: [{ name: 'local' }],
        },
        executors: ['inference'],
        join_key: tokens.workerToken,
      }),
    );
  });
}

const at = { x: 0, y: 0 };
const stepOf = (type: string, config: Record<string, unknown>, policy?: FlowStep['policy']): FlowStep => ({
  id: 'it',
  type,
  name: 'It',
  position: at,
  config: config as FlowStep['config'],
  ...(policy === undefined ? {} : { policy }),
});
/** What a step gives goes on to a model on the node. */
const flowOf = (step: FlowStep, port: string): FlowFile => ({
  schema: 'otherthing.flow/1',
  name: `Canary ${step.type}`,
  steps: [
    step,
    {
      ...stepOf('chat', { model: 'node:local', prompt: 'About {{ input | json }}', inputs: [{ name: 'input' }] }),
      id: 'then',
    },
  ],
  edges: [{ id: 'e', from: { step: 'it', port }, to: { step: 'then', port: 'input' } }],
  groups: [],
  notes: [],
  settings: {},
});

async function run(file: FlowFile): Promise<string> {
  const { id } = await host.client.call('startRunOfFile', { params: { id: workspaceId }, body: { file } });
  runIds.push(id);
  const { state, error } = await runEnded(host, id, 30_000);
  return error?.code ?? state;
}
const once = { attempts: 1 };
const chat = (turn: Turn, provider: keyof typeof keys = 'openai', policy: FlowStep['policy'] = once) => {
  models.script(turn);
  return run(flowOf(stepOf('chat', { model: `key:${keys[provider]}:tiny`, prompt: 'Hi', inputs: [] }, policy), 'text'));
};
const http = (path: string, more: Record<string, unknown> = {}, policy: FlowStep['policy'] = once) => {
  const headers = [{ name: 'x-token', value: '{{ secrets.TOKEN }}' }];
  return run(flowOf(stepOf('http_request', { url: `${webUrl}${path}`, headers, ...more }, policy), 'body'));
};
/** Sends what is refused, and keeps what is said of it. */
async function refused(name: RouteName, path: string, body: unknown): Promise<number> {
  const response = await ask(name, path, body);
  answers.push(await response.text());
  return response.status;
}
const ask = (name: RouteName, path: string, body?: unknown) =>
  fetch(`${host.url}/api/v1${path}`, {
    method: routes[name].method,
    headers: {
      authorization: `Bearer ${tokens.adminToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('S5: a key is used well and badly, and each attempt ends as it should', async () => {
  const repeated = { error: { message: `Bad key ${key} ${Buffer.from(key).toString('base64')}`, code: key } };
  // In pieces that cut the key, as a stream does.
  const pieces = ['You said ', key.slice(0, 9), key.slice(9), ' and ', Buffer.from(key).toString('hex')];
  expect(await chat({ pieces })).toBe('succeeded');
  expect(await chat({ pieces }, 'anthropic')).toBe('succeeded');
  expect(await chat({ status: 401, body: repeated })).toBe('provider_refused_key');
  expect(await chat({ status: 401, body: `<b>${key}</b>` })).toBe('provider_refused_key');
  // These are tried again, and what went wrong at first stays in the attempts.
  expect(await chat({ status: 429, headers: { 'retry-after': '0' }, body: repeated })).toBe('succeeded');
  expect(await chat({ status: 500, body: repeated }, 'anthropic')).toBe('succeeded');
  expect(await chat({ pieces, breakAfter: 2 })).toBe('succeeded');
  expect(await chat({ pieces, garbleAfter: 1 })).toBe('answer_unreadable');
  expect(await chat({ status: 307, headers: { location: `${webUrl}/?${key}` }, body: repeated })).toBe(
    'provider_refused',
  );
  expect(await chat({ waitMs: 60_000 }, 'openai', { attempts: 1, timeoutSeconds: 1 })).toMatch(/timeout/);
});

test('S5: a secret goes where it is sent, and what comes back goes on without it', async () => {
  expect(await http('/all')).toBe('succeeded');
  expect(await http('/file', { takes: 'file' })).toBe('succeeded');
  expect(await http('/text', { takes: 'text', method: 'POST', sends: 'text', body: 'It is {{ secrets.TOKEN }}' })).toBe(
    'succeeded',
  );
  const form = [{ name: 'token', value: '{{ secrets.TOKEN }}' }];
  expect(await http('/form', { method: 'POST', sends: 'form', form, query: form })).toBe('succeeded');
  const body = '{ "is": "{{ secrets.TOKEN }}" }';
  expect(await http('/json', { method: 'POST', sends: 'json', body })).toBe('http_body_wrong');
  expect(await http('/file/{{ secrets.TOKEN }}', { takes: 'file' })).toBe('succeeded');
  expect(await http('/away')).toBe('succeeded');
  expect(await http('/refused')).toMatch(/^http_/);
  expect(await http('/slow', {}, { attempts: 1, timeoutSeconds: 1 })).toMatch(/timeout/);
  expect(await http('/?', { url: '{{ secrets.TOKEN }}' })).toBe('http_url_wrong');
  // The node was asked about what came back.
  expect(frames.node.join('')).toContain('[hidden]');
});

test('S5: an agent sends a secret to its tools, and goes on without what they say of it', async () => {
  const headers = [{ name: 'x-token', value: '{{ secrets.TOKEN }}' }];
  const tools = [
    { kind: 'http', name: 'web', description: 'A page', base: webUrl, methods: 'get', headers },
    { kind: 'mcp', name: 'calc', url: mcp.url, headers },
  ];
  const call = (name: string, given: object) => ({ calls: [{ name, arguments: JSON.stringify(given) }] });
  models.script(
    call('web', { url: `${webUrl}/all` }),
    call('web', { url: `${webUrl}/refused` }),
    call('calc_echo_headers', {}),
    call('calc_fail', {}),
    { pieces: ['You said ', key.slice(0, 9), key.slice(9)] },
  );
  const agent = { model: `key:${keys.openai}:tiny`, task: 'Go', inputs: [], tools };
  expect(await run(flowOf(stepOf('agent', agent, once), 'calls'))).toBe('succeeded');
  expect(mcp.seen.some((seen) => seen.headers['x-token'] === secret)).toBe(true);
});

test('S5: what a collection keeps of an answer does not hold it', async () => {
  const headers = [{ name: 'x-token', value: '{{ secrets.TOKEN }}' }];
  const edge = (id: string, from: string, port: string, step: string, into: string) => ({
    ...{ id, from: { step: from, port }, to: { step, port: into } },
  });
  const code = await run({
    ...{ schema: 'otherthing.flow/1', name: 'Canary collection', groups: [], notes: [], settings: {} },
    steps: [
      stepOf('http_request', { url: `${webUrl}/all`, headers, takes: 'text' }),
      { ...stepOf('embed', { model: `key:${keys.openai}:tiny-embed` }), id: 'embed' },
      { ...stepOf('vector_upsert', { collection: 'canary', source: '' }), id: 'keep' },
    ],
    edges: [
      edge('a', 'it', 'body', 'embed', 'texts'),
      edge('b', 'it', 'body', 'keep', 'texts'),
      edge('c', 'embed', 'embeddings', 'keep', 'embeddings'),
    ],
  });
  expect(code).toBe('succeeded');
});

test('S5: what is refused says nothing of it', async () => {
  const at = `/workspaces/${workspaceId}`;
  const good = { name: 'Mine', provider: 'openai_compatible', baseUrl: `${models.url}/v1` };
  models.key = 'another';
  expect(await refused('createApiKey', `${at}/api-keys`, { ...good, secret: key })).toBe(422);
  expect(await refused('testApiKey', `${at}/api-keys/test`, { ...good, name: undefined, secret: key })).toBe(200);
  expect(await refused('refreshApiKey', `/api-keys/${keys.openai}/models`, undefined)).toBe(200);
  models.key = key;
  expect(await refused('createApiKey', `${at}/api-keys`, { ...good, provider: key, secret: key })).toBe(400);
  expect(await refused('createApiKey', `${at}/api-keys`, { ...good, secret: `${key} x` })).toBe(400);
  expect(await refused('createApiKey', `${at}/api-keys`, { ...good, secret: [key] })).toBe(400);
  expect(await refused('updateApiKey', `/api-keys/${keys.openai}`, { secret: { is: key } })).toBe(400);
  expect(await refused('putSecret', `${at}/secrets/OTHER`, { value: [secret] })).toBe(400);
  expect(await refused('putSecret', `${at}/secrets/OTHER`, { value: `${secret}${'x'.repeat(20_000)}` })).toBe(400);
});

/** What the walk cannot have here, or what is not a person's to ask. */
const notWalked = new Set<string>(['getHook', 'getBlob', 'getApproval']);

test('S5: no answer of any GET route holds a key or a secret', async () => {
  const jobs = await host.client.call('listJobs', { params: { id: workspaceId }, query: { limit: 100 } });
  const files = await host.client.call('listFiles', { params: { id: workspaceId }, query: {} });
  const [flow] = (await host.client.call('listFlows', { params: { id: workspaceId }, query: {} })).items;
  const version = await host.client.call('createVersion', { params: { id: flow?.id ?? '' }, body: { name: 'Kept' } });
  expect(files.items.length).toBeGreaterThan(1);
  const ids: Record<string, readonly string[]> = {
    workspaces: [workspaceId],
    flows: [flow?.id ?? ''],
    runs: runIds,
    jobs: jobs.items.map(({ id }) => id),
    files: files.items.map(({ fileId }) => fileId),
    nodes: ['node-canary'],
  };
  const queries: Record<string, string> = { getRunValue: '?stepId=it&port=body', exportUsage: '?format=jsonl' };
  const failed: string[] = [];
  let asked = 0;
  for (const [name, { method, path }] of Object.entries(routes)) {
    if (method !== 'GET' || notWalked.has(name)) continue;
    const statuses: number[] = [];
    for (const id of path.includes('/:id') ? (ids[path.split('/')[1] ?? ''] ?? ['none']) : ['']) {
      const place = path.replace(':id', id).replace(':stepId', 'it').replace(':versionId', version.id);
      const response = await ask(name as RouteName, `${place}${queries[name] ?? ''}`);
      statuses.push(response.status);
      answers.push([...response.headers].join('\n'), await response.text());
      asked += 1;
    }
    if (!statuses.includes(200)) failed.push(`${name}: ${statuses.join(' ')}`);
  }
  expect(failed).toEqual([]);
  expect(asked).toBeGreaterThan(200);
  for (const path of [
    `/workspaces/${workspaceId}/audit/export?format=csv`,
    `/workspaces/${workspaceId}/usage/export?format=csv`,
  ])
    answers.push(await (await ask('exportAudit', path)).text());
  expect(traces(answers)).toEqual([]);
});

test('S5: nor does any live frame, frame to a node, line of the log, argument or environment of the process', async () => {
  await waitFor('the output of a job to be heard', () => frames.live.some((frame) => frame.includes('job.output')));
  expect(frames.live.some((frame) => frame.includes('steps.changed'))).toBe(true);
  expect(traces(frames.live)).toEqual([]);
  expect(frames.node.filter((frame) => frame.includes('job_assign')).length).toBeGreaterThan(4);
  expect(traces(frames.node)).toEqual([]);
  expect(host.log().length).toBeGreaterThan(100);
  expect(traces([host.log()])).toEqual([]);
  const { pid } = host.child;
  expect(traces(['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'latin1')))).toEqual([]);
});

test('S5: nor does a backup, nor the data folder, before and after a kill -9', async () => {
  const backup = await host.client.call('createBackup', {});
  expect(contentsOf(backup.path).length).toBeGreaterThan(1);
  expect(backup.manifest.vectors).toHaveLength(1);
  expect(traces(contentsOf(backup.path))).toEqual([]);
  const names = filesOf(data.path).join('\n');
  expect(names).toContain('-wal');
  expect(traces([names, ...contentsOf(data.path)])).toEqual([]);
  await host.kill();
  expect(traces(contentsOf(data.path))).toEqual([]);
  // The search would find it: the server of models was given the key as it is.
  expect(traces(models.seen.map(({ headers }) => String(headers.authorization)))).not.toEqual([]);
});

/** Where a value is found, and in which form. */
function traces(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) =>
    forms.flatMap(([name, form]) => {
      const found = text.indexOf(form);
      return found === -1 ? [] : [`${name} in ${index}: …${text.slice(Math.max(0, found - 120), found + 20)}`];
    }),
  );
}

/** The middle of a value is enough: a beginning or an end may be cut. */
const forms = Object.entries({ key, secret }).flatMap(([name, value]) => {
  const middle = value.slice(6, -6);
  const bytes = Buffer.from(middle);
  const shifted = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = text.slice(before === 0 ? 0 : before + 1, -2);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [
    ['raw', middle],
    ['in JSON', JSON.stringify(middle).slice(1, -1)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(middle)).slice(3, -3)],
    ['in a URL', encodeURIComponent(middle)],
    ['in a form', new URLSearchParams({ q: middle }).toString().slice(2)],
    ['in hex', bytes.toString('hex')],
    ['in UTF-16', bytes.toString('latin1').split('').join('\0')],
    ...shifted.map((text) => ['in base64', text]),
  ].map(([how, form]) => [`${name} ${how}`, form ?? ''] as const);
});

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
const contentsOf = (folder: string) => filesOf(folder).map((path) => readFileSync(path, 'latin1'));
