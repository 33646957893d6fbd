/**
 * Bad input, all of it in one run: each branch fails with a code of its own and words that say what to do, and the branches
 * beside it end well. A real worker, real servers.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowFile, FlowStep } from '../../src/shared/model/flow.ts';
import type { RunSummary, StepDetail } from '../../src/shared/model/run.ts';
import type { FileValue } from '../../src/shared/model/values.ts';
import { makeDocx, makePdf } from '../../src/worker/document/documents.fixture.ts';
import { runEnded, temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type ModelServer, startModelServer } from '../model-server/model-server.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { startTestHost, type TestHost } from './support.ts';

const folder = temporaryFolder('bad-input');
let host: TestHost;
let worker: WorkerProcess;
let models: ModelServer;
let web: Server;
let webUrl: string;
let workspaceId: string;
let keyId: string;

beforeAll(async () => {
  models = await startModelServer();
  models.models.push('fleeting');
  // What the model says to anything never has the name that is asked for.
  models.reply = () => ({ pieces: ['{"other":1}'] });
  web = createServer((_, response) => void response.writeHead(302, { location: '/round' }).end());
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  const params = { id: workspaceId };
  await host.owner.call('putHttpAccess', { params, body: { allow: [new URL(webUrl).host] } });
  const body = {
    name: 'Key',
    provider: 'openai_compatible',
    baseUrl: `${models.url}/v1`,
    secret: 'sk-sample',
  } as const;
  keyId = (await host.owner.call('createApiKey', { params, body })).id;
  worker = await startWorker(folder.path, [{ url: host.url, introduce: host.workerToken }], { servers: [models.url] });
  await waitFor('the models of the node', async () =>
    (await host.owner.call('listModels', { params })).items.some(({ name, nodes }) => name === 'fleeting' && nodes[0]),
  );
  // From here on the node believes that it has a model, which is gone when it is asked.
  models.models.splice(models.models.indexOf('fleeting'), 1);
});
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
  await models?.stop();
  web?.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  host?.remove();
  folder.remove();
});

const megabyte = 1024 * 1024;
/** A PDF of a page and so many bytes that are not shown. */
const largePdf = (bytes: number) =>
  makePdf(['A page among much else'], '', [`<< /Length ${bytes} >>\nstream\n${'x'.repeat(bytes)}\nendstream`]);

const at = { x: 0, y: 0 };
/** What fails gives its error at a port of its own (F5), so that the run goes on. */
const step = (
  id: string,
  type: string,
  config: Record<string, unknown>,
  policy: FlowStep['policy'] = {},
): FlowStep => ({
  ...{ id, type, name: id, position: at, config: config as FlowStep['config'] },
  ...(type === 'input' ? {} : { policy: { onError: 'port', ...policy } }),
});
type Edge = [from: string, port: string, to: string, into: string];
const flowOf = (steps: FlowStep[], edges: Edge[]): FlowFile => ({
  ...{ schema: 'otherthing.flow/1', name: 'Bad input', steps, groups: [], notes: [], settings: {} },
  edges: edges.map(([from, port, to, into], index) => ({
    ...{ id: `e${index}`, from: { step: from, port }, to: { step: to, port: into } },
  })),
});

async function run(file: FlowFile): Promise<{ run: RunSummary; stepOf: (id: string) => Promise<StepDetail> }> {
  const { id } = await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file } });
  const ended = await runEnded({ client: host.owner }, id, 90_000);
  return {
    run: ended,
    stepOf: (stepId) => host.owner.call('getRunStep', { params: { id, stepId }, query: {} }),
  };
}

async function upload(name: string, content: Buffer): Promise<FileValue> {
  const stored = await host.owner.upload(
    workspaceId,
    name,
    new Blob([content as BlobPart]),
    'application/octet-stream',
  );
  const { fileId, mime, size, sha256 } = stored;
  return { fileId, name, mime, size, sha256 };
}
const file = (id: string, value: FileValue): [FlowStep, FlowStep, Edge] => [
  step(`${id}_file`, 'input', { name: `${id}File`, type: 'file', value }),
  step(id, 'document_text', { ramMb: 1024 }),
  [`${id}_file`, 'value', id, 'file'],
];

const schema = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}';
const asksFor = (id: string, model: string): [FlowStep, Edge] => [
  step(id, 'extract', { model, instructions: '', schema, repair: true }, { attempts: 2, queueSeconds: 3 }),
  ['text', 'value', id, 'text'],
];

test('S10: everything bad at once: each a clear error with its code, and the rest of the run goes on', async () => {
  const [pdfFile, pdf, pdfEdge] = file('large', await upload('large.pdf', largePdf(50 * megabyte)));
  const [hugeFile, huge, hugeEdge] = file('huge', await upload('huge.pdf', largePdf(65 * megabyte)));
  const cut = makeDocx(['Hello']).subarray(0, 300);
  const [docxFile, docx, docxEdge] = file('docx', await upload('broken.docx', cut));
  const [onNode, onNodeEdge] = asksFor('on_node', 'node:tiny');
  const [byKey, byKeyEdge] = asksFor('by_key', `key:${keyId}:tiny`);
  const [gone, goneEdge] = asksFor('gone', 'node:fleeting');
  const http = (id: string, url: string) => step(id, 'http_request', { url }, { attempts: 1 });
  const names = step('names', 'template', { text: 'About {{ data.title }}', inputs: [{ name: 'data' }] });
  const fine = step('fine', 'template', { text: 'Still {{ word }}', inputs: [{ name: 'word' }] });
  const { run: ended, stepOf } = await run(
    flowOf(
      [
        ...[pdfFile, pdf, hugeFile, huge, docxFile, docx, onNode, byKey, gone, names, fine],
        ...[
          http('round', `${webUrl}/round`),
          http('private', 'http://192.168.0.1/'),
          http('inside', 'http://[::1]:9/'),
        ],
        step('text', 'input', { name: 'text', type: 'text', value: 'here' }),
        step('json', 'input', { name: 'json', type: 'json', value: { name: 'Ada' } }),
      ],
      [
        ...[pdfEdge, hugeEdge, docxEdge, onNodeEdge, byKeyEdge, goneEdge],
        ['json', 'value', 'names', 'data'],
        ['text', 'value', 'fine', 'word'],
      ],
    ),
  );
  expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
  const errorOf = async (id: string) => (await stepOf(id)).instance.error;

  // A PDF of 50 MB is no error: it is read.
  expect((await stepOf('large')).outputs['text']).toContain('A page among much else');
  expect((await stepOf('fine')).outputs['text']).toBe('Still here');

  const expected: [id: string, code: string, words: RegExp][] = [
    ['huge', 'document_too_large', /more than 64 MB/],
    ['docx', 'document_broken', /"broken.docx"/],
    ['names', 'template_value', /data\.title/],
    ['round', 'http_redirects', /redirect/i],
    ['private', 'http_address_refused', /192\.168\.0\.1/],
    ['inside', 'http_address_refused', /::1/],
    ['on_node', 'schema_not_satisfied', /name/],
    ['by_key', 'schema_not_satisfied', /name/],
    ['gone', 'queue_timeout', /"fleeting"/],
  ];
  for (const [id, code, words] of expected)
    expect.soft(await errorOf(id), id).toMatchObject({ code, message: expect.stringMatching(words) });
  // The model that vanished was missed by the node first, with what to do.
  expect((await stepOf('gone')).attempts[0]?.error).toMatchObject({
    code: 'model_missing',
    message: expect.stringContaining('Choose another model'),
  });
});

test('F3: a prompt with an unknown name is said with the place it stands in, before the run begins', async () => {
  const bad = step('it', 'chat', { model: `key:${keyId}:tiny`, prompt: 'About {{ nobody }}', inputs: [] });
  const start = host.owner.call('startRunOfFile', {
    params: { id: workspaceId },
    body: { file: flowOf([bad], []) },
  });
  await expect(start).rejects.toMatchObject({ code: 'flow_invalid', message: expect.stringContaining('nobody') });
});
