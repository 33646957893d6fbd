/**
 * The main job with real processes: a host, its worker, two more workers, 200 scanned receipts; and what kills do to it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FlowSummary, StepInstance } from '../src/shared/model/run.ts';
import type { FileValue } from '../src/shared/model/values.ts';
import { joinNode, type RunningHost, runEnded, startHost, temporaryFolder } from './harness/host.ts';
import { isAlive, type Started, waitFor } from './harness/processes.ts';

const receipts = join(import.meta.dirname, '../resources/samples/receipts');
const data = temporaryFolder('host');
const nodeFolders = [temporaryFolder('node-a'), temporaryFolder('node-b')];
let host: RunningHost;
let sample: FlowSummary;
const workers: Started[] = [];

/** 200 images take two idle cores a good minute; a busy machine several times that. */
vi.setConfig({ testTimeout: 600_000 });

beforeAll(async () => {
  host = await startHost(data.path);
  const { items } = await host.client.call('listFlows', { params: { id: host.workspaceId } });
  const found = items.find((flow) => flow.sample === 'receipts');
  if (found === undefined) throw new Error('The sample is not there at first start');
  sample = found;
  for (const folder of nodeFolders) workers.push((await joinNode(host, folder.path)).process);
});

afterAll(async () => {
  await Promise.all([host?.process.stop(), ...workers.map((worker) => worker.stop())]);
  for (const folder of [data, ...nodeFolders]) folder.remove();
});

test('sample (a) with 200 images spreads over three nodes; killing one with -9 loses and doubles nothing (J2, N8)', async () => {
  const images = await uploadImages(200);
  const run = await host.client.call('startRun', { params: { id: sample.id }, body: { inputs: { Receipts: images } } });
  const victim = workers[0];
  if (victim === undefined) throw new Error('No worker to kill');
  await waitFor('30 images to be read', async () => (await finishedReads(run.id)).length >= 30, 300_000);
  victim.child.kill('SIGKILL');
  await victim.ended;

  const ended = await runEnded(host, run.id, 540_000);
  expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
  const reads = await finishedReads(run.id);
  expect(reads.map((step) => step.path).sort()).toEqual(images.map((_, index) => pathOf(reads, index)).sort());
  expect(new Set(reads.map((step) => step.path)).size).toBe(200);
  expect(new Set(reads.map((step) => step.nodeId)).size).toBe(3);
  const { outputs } = await host.client.call('getRun', { params: { id: run.id } });
  expect(rowsOf(outputs)).toHaveLength(200);
});

test('killing the orchestrator with -9 in the middle of a run finishes it without repeating finished steps (F1, F2)', async () => {
  const images = await uploadImages(60);
  const run = await host.client.call('startRun', { params: { id: sample.id }, body: { inputs: { Receipts: images } } });
  await waitFor('10 images to be read', async () => (await finishedReads(run.id)).length >= 10, 120_000);
  const before = await finishedReads(run.id);
  const pid = host.orchestratorPid();
  process.kill(pid, 'SIGKILL');
  await waitFor('the killed orchestrator to be gone', () => !isAlive(pid));

  const ended = await runEnded(host, run.id, 540_000);
  expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
  const after = new Map((await finishedReads(run.id)).map((step) => [step.path, step]));
  expect(after.size).toBe(60);
  for (const step of before) expect(after.get(step.path)).toEqual(step);
});

test('a host killed whole with -9 starts again on its folder, and its children leave with it (F2)', async () => {
  const images = await uploadImages(20);
  const run = await host.client.call('startRun', { params: { id: sample.id }, body: { inputs: { Receipts: images } } });
  await waitFor('3 images to be read', async () => (await finishedReads(run.id)).length >= 3, 120_000);
  const orchestrator = host.orchestratorPid();
  host.process.child.kill('SIGKILL');
  await host.process.ended;
  await waitFor('its orchestrator to leave', () => !isAlive(orchestrator), 20_000);

  host = await startHost(data.path);
  const ended = await runEnded(host, run.id, 540_000);
  expect(ended.state, JSON.stringify(ended.error)).toBe('succeeded');
  expect(await finishedReads(run.id)).toHaveLength(20);
});

async function uploadImages(count: number): Promise<FileValue[]> {
  const names = readdirSync(receipts).filter((name) => /\.(jpe?g|png)$/.test(name));
  const images: FileValue[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = names[index % names.length] ?? '';
    const content = readFileSync(join(receipts, name));
    const mime = name.endsWith('png') ? 'image/png' : 'image/jpeg';
    const { fileId, size, sha256 } = await host.client.upload(host.workspaceId, `${index}-${name}`, content, mime);
    images.push({ fileId, name: `${index}-${name}`, mime, size, sha256 });
  }
  return images;
}

/** Every finished "Read text in image" of a run, page by page. */
async function finishedReads(runId: string): Promise<StepInstance[]> {
  const { file } = await host.client.call('getRun', { params: { id: runId } });
  const stepId = file.steps.find((step) => step.type === 'read_text')?.id ?? '';
  const found: StepInstance[] = [];
  let cursor: string | undefined;
  do {
    const query = { stepId, limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const page = await host.client.call('listRunSteps', { params: { id: runId }, query });
    found.push(...page.items.filter((step) => step.state === 'succeeded'));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}

function pathOf(steps: readonly StepInstance[], index: number): string | undefined {
  return steps.find((step) => step.path.endsWith(`[${index}]`))?.path;
}

function rowsOf(outputs: Record<string, unknown>): unknown {
  return Object.values(outputs)[0];
}
