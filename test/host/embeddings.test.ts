/** Meaning, not letters: Embed, Vector upsert and Vector search on a real embedding model that a node serves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWordVectors } from '../embeddings/word-vectors.ts';
import { runEnded, temporaryFolder } from '../harness/host.ts';
import { waitFor } from '../harness/processes.ts';
import { type ModelServer, startModelServer } from '../model-server/model-server.ts';
import { startWorker, type WorkerProcess } from '../worker/worker-process.ts';
import { flowOf } from './one-step-flow.ts';
import { startTestHost, type TestHost } from './support.ts';

const folder = temporaryFolder('embeddings');
let host: TestHost;
let models: ModelServer;
let worker: WorkerProcess;
let workspaceId: string;

// The model is 120 MB to fetch, the first time.
beforeAll(async () => {
  const { embed } = openWordVectors();
  models = await startModelServer();
  models.vectorOf = embed;
  host = await startTestHost();
  workspaceId = (await host.owner.call('listWorkspaces', {})).items[0]?.id ?? '';
  worker = await startWorker(folder.path, [{ url: host.url, introduce: host.workerToken }], { servers: [models.url] });
  await waitFor('the models of the node', async () => {
    const { items } = await host.owner.call('listModels', { params: { id: workspaceId } });
    return items.length === models.models.length;
  });
}, 300_000);
afterAll(async () => {
  await worker?.stop();
  await host?.stop();
  await models?.stop();
  host?.remove();
  folder.remove();
});

const cosine = (one: number[], other: number[]) => one.reduce((sum, figure, at) => sum + figure * (other[at] ?? 0), 0);

test('Embed: words of one meaning lie nearer to each other than words of another', async () => {
  const texts = ['the doctor was late', 'a physician came', 'ships in the harbour', 'boats at the pier'];
  const file = flowOf('embed', { model: 'node:tiny-embed' }, { port: 'texts', type: 'list<text>', value: texts });
  const { id } = await host.owner.call('startRunOfFile', { params: { id: workspaceId }, body: { file } });
  const { state, error } = await runEnded({ client: host.owner }, id, 60_000);
  expect(state, JSON.stringify(error)).toBe('succeeded');
  const { outputs } = await host.owner.call('getRunStep', { params: { id, stepId: 'it' }, query: {} });
  const [doctor, physician, ships, boats] = outputs['embeddings'] as [number[], number[], number[], number[]];
  expect(doctor).toHaveLength(100);
  expect(Math.min(cosine(doctor, physician), cosine(ships, boats))).toBeGreaterThan(
    Math.max(cosine(doctor, ships), cosine(doctor, boats), cosine(physician, ships), cosine(physician, boats)),
  );
});

test('(d) Ask your documents: a question finds the passage that means the same, in other words', async () => {
  const flow = await host.owner.call('createFlow', { params: { id: workspaceId }, body: { sample: 'ask' } });
  models.reply = () => ({ pieces: ['Read the sources.'] });
  for (const [question, passage] of [
    ['What is the fare for a journey on the ship?', 'Leaves'],
    ['Who is phoned for an injured animal?', 'veterinary'],
    ['How is electricity saved during dull weather?', 'kilowatt-hours'],
  ] as const) {
    const { id } = await host.owner.call('startRun', {
      params: { id: flow.id },
      body: { inputs: { Question: question } },
    });
    const { state, error } = await runEnded({ client: host.owner }, id, 60_000);
    expect(state, JSON.stringify(error)).toBe('succeeded');
    const { outputs } = await host.owner.call('getRun', { params: { id } });
    const [nearest] = outputs['sources'] as { text: string }[];
    expect(nearest?.text, question).toContain(passage);
  }
});
