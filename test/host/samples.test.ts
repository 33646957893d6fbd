/**
 * The samples, each from a fresh start: a real host, a real worker, and a server of models that is Ollama on the node or a
 * provider behind a key.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { validateFlow } from '../../src/shared/flows/validate.ts';
import type { RunDetail } from '../../src/shared/model/run.ts';
import { runEnded, temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type ModelServer, type SeenRequest, startModelServer, type Turn } from '../model-server/model-server.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { startTestHost, type TestHost } from './support.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** A model that sorts messages by a word of theirs, and else says that it answered. */
const reply = ({ body }: SeenRequest): Turn => {
  const asked = JSON.stringify(body);
  if (!asked.includes('exactly one of these labels'))
    return { pieces: ['An answer', ' [ferry-timetable.html, page 1]'] };
  const message = JSON.stringify((body['messages'] as { content: unknown }[]).at(-1));
  const label = message.includes('broken lamp') ? 'complaint' : message.includes('deliver') ? 'question' : 'other';
  return { pieces: [JSON.stringify({ label })] };
};

describe.each(['on a node', 'behind a key'] as const)('samples with models %s', (where) => {
  const folder = temporaryFolder('samples-node');
  let host: TestHost;
  let models: ModelServer;
  let worker: WorkerProcess;
  let workspaceId: string;

  beforeAll(async () => {
    models = await startModelServer();
    models.reply = reply;
    host = await startTestHost();
    workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
    const servers = where === 'on a node' ? { servers: [models.url] } : undefined;
    worker = await startWorker(folder.path, [{ url: host.url, introduce: host.workerToken }], servers);
    await waitFor('the node', async () => {
      const { items } = await host.owner.call('listWorkspaceNodes', { params: { id: workspaceId } });
      return items.some(({ status }) => status === 'online');
    });
    if (where === 'behind a key') {
      models.key = 'sk-sample-0123456789';
      const body = {
        name: 'Tiny',
        provider: 'openai_compatible' as const,
        baseUrl: `${models.url}/v1`,
        secret: models.key,
      };
      await host.owner.call('createApiKey', { params: { id: workspaceId }, body });
    }
  });
  afterAll(async () => {
    await worker.stop();
    await host.stop();
    await models.stop();
    host.remove();
    folder.remove();
  });

  async function start(sample: string): Promise<string> {
    const flow = await host.owner.call('createFlow', { params: { id: workspaceId }, body: { sample } });
    const { file } = await host.owner.call('getFlow', { params: { id: flow.id } });
    expect(validateFlow(file)).toEqual([]);
    const { id } = await host.owner.call('startRun', { params: { id: flow.id }, body: {} });
    return id;
  }
  async function outcome(runId: string): Promise<RunDetail['outputs']> {
    const ended = await runEnded({ client: host.owner }, runId, 90_000);
    expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
    return (await host.owner.call('getRun', { params: { id: runId } })).outputs;
  }

  test('every sample says what it needs', async () => {
    const { items } = await host.owner.call('listSamples', {});
    expect(items.map(({ id, needs }) => [id, needs.map(({ kind }) => kind)])).toEqual([
      ['receipts', []],
      ['words', []],
      ['summary', ['chat']],
      ['ask', ['chat', 'embeddings']],
      ['messages', ['chat']],
    ]);
  });

  test('(b) word statistics: each text is counted on a node, and the counts are added up', async () => {
    const { words, texts } = (await outcome(await start('words'))) as Record<
      'words' | 'texts',
      Record<string, unknown>[]
    >;
    expect(words).toHaveLength(25);
    expect(words?.[0]).toMatchObject({ word: expect.any(String), count: expect.any(Number) });
    expect(texts?.map(({ text }) => text)).toEqual(
      ['bees', 'bread', 'clocks', 'maps', 'rivers', 'trains'].map((name) => `${name}.txt`),
    );
  });

  test('(c) a document is read, shortened and summarised', async () => {
    const asked = models.seen.length;
    expect(await outcome(await start('summary'))).toEqual({ summary: 'An answer [ferry-timetable.html, page 1]' });
    expect(JSON.stringify(models.seen.slice(asked).map(({ body }) => body))).toContain('Grey Heron field station');
  });

  test('(d) documents are kept, searched and cited; asking again doubles nothing', async () => {
    const first = await outcome(await start('ask'));
    expect(first['answer'], JSON.stringify(first)).toBe('An answer [ferry-timetable.html, page 1]');
    const sources = first['sources'] as { source: string; metadata: object }[];
    expect(sources).toHaveLength(5);
    expect(sources[0]).toMatchObject({ source: expect.stringMatching(/\.(md|html)$/), metadata: { page: 1 } });
    const collections = async () => host.owner.call('listCollections', { params: { id: workspaceId } });
    const before = await collections();
    expect(before.items[0]).toMatchObject({ name: 'sample documents', dimensions: 8 });
    await outcome(await start('ask'));
    expect(await collections()).toEqual(before);
  });

  test('(e) messages are sorted; an answer to a complaint waits for people (F8)', async () => {
    const runId = await start('messages');
    const approval = await waitFor('the approval', async () => {
      const { items } = await host.owner.call('listApprovals', { params: { id: workspaceId }, query: {} });
      return items.find((one) => one.runId === runId && one.state === 'pending');
    });
    await host.owner.call('decideApproval', { params: { id: approval.id }, body: { decision: 'approve' } });
    const { sorted } = await outcome(runId);
    const answer = 'An answer [ferry-timetable.html, page 1]';
    expect(sorted).toEqual([
      { message: expect.stringContaining('broken lamp'), label: 'complaint', answer },
      { message: expect.stringContaining('deliver'), label: 'question', reply: answer },
      { message: expect.stringContaining('thank you'), label: 'other' },
      { message: expect.stringContaining('invoice'), label: 'other' },
    ]);
  });
});

test('without any model a sample is made all the same, and its findings say what to add', async () => {
  const host = await startTestHost();
  try {
    const workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
    const flow = await host.owner.call('createFlow', { params: { id: workspaceId }, body: { sample: 'ask' } });
    const { file } = await host.owner.call('getFlow', { params: { id: flow.id } });
    const findings = validateFlow(file);
    expect(findings.map(({ field }) => field)).toEqual(['model', 'model', 'model']);
    expect(findings[0]?.message).toContain('page Keys');
  } finally {
    await host.stop();
    host.remove();
  }
});
