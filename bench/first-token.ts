/**
 * From the word at a server of models → visible on the canvas of the builder in a real Chromium, by both ways: through a
 * real worker on a node, and through the host with a provider key. A word counts as visible when the page has changed.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Client, createClient } from '../src/shared/api/client.ts';
import { type FlowFile, flowSchemaId } from '../src/shared/model/flow.ts';
import type { OrchestratorReady, WorkerReady } from '../src/shared/services.ts';
import { openBrowser } from '../test/harness/browser.ts';
import { waitFor } from '../test/harness/processes.ts';
import { orchestratorProgram } from './host.ts';
import { percentile } from './job-relay.ts';
import { startProgram } from './processes.ts';
import { median, report } from './report.ts';
import { startTokenServer, type TokenServer, tokenModel } from './token-server.ts';

const tokens = 200;
const everyMs = 25;
const mostMs = 100;
const dist = join(import.meta.dirname, '../dist');

export async function benchFirstToken(times: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const server = await startTokenServer(tokens, everyMs);
    stops.push(server.stop);
    const { client, url, signInLink } = await startBoth(folder, server, stops);
    const id = (await client.call('listWorkspaces', {})).items[0]?.id ?? '';
    const refs = await modelsOf(client, id, server);
    const browser = await openBrowser();
    stops.push(() => browser.close());
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(signInLink);
    await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
    for (const [way, model] of Object.entries(refs)) {
      const flow = await client.call('createFlow', { params: { id }, body: { file: flowWith(model) } });
      await page.goto(`${url}/w/${id}/flows/${flow.id}`);
      await page.locator('article.flow-step').first().waitFor();
      await page.evaluate(observe);
      const rounds: number[][] = [];
      for (let round = 0; round <= times; round += 1) rounds.push(await agesOf(page, client, flow.id, server));
      // The first round warms the page and the processes up.
      const p95 = median(
        rounds.slice(1).map((ages) =>
          percentile(
            ages.toSorted((one, other) => one - other),
            0.95,
          ),
        ),
      );
      const first = median(rounds.slice(1).map((ages) => ages[0] ?? Number.NaN));
      const notes = `${tokens} tokens, one every ${everyMs} ms, written by the server of models → seen on the canvas, ${way === 'key' ? 'through the host with a provider key' : 'through a worker'}; median of ${times}; the first ${first.toFixed(0)} ms; limit: at most ${mostMs} ms`;
      report({ bench: `first-token.${way}`, value: p95, unit: 'ms', limit: mostMs, n: tokens, notes });
    }
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function startBoth(folder: string, server: TokenServer, stops: (() => Promise<unknown>)[]) {
  const secret = () => randomBytes(32).toString('base64url');
  const [adminToken, workerToken] = [secret(), secret()];
  const common = { type: 'start', version: '0.0.0-bench' };
  const host = await startProgram<OrchestratorReady>(orchestratorProgram, {
    ...{ ...common, dataDir: join(folder, 'host'), port: 0, staticDir: join(dist, 'renderer') },
    ...{ adminToken, workerToken },
  });
  stops.push(host.stop);
  const { url, signInLink } = host.ready;
  const worker = await startProgram<WorkerReady>(join(dist, 'worker/main.js'), {
    ...{ ...common, dataDir: join(folder, 'node'), hosts: [{ url, introduce: workerToken }] },
    models: { servers: [server.url] },
  });
  stops.push(worker.stop);
  return { client: createClient({ baseUrl: url, token: adminToken }), url, signInLink };
}

async function modelsOf(client: Client, id: string, server: TokenServer): Promise<{ node: string; key: string }> {
  const body = {
    name: 'Bench',
    provider: 'openai_compatible',
    baseUrl: `${server.url}/v1`,
    secret: 'sk-bench',
  } as const;
  const key = await client.call('createApiKey', { params: { id }, body });
  await waitFor('the model of the node', async () => {
    const { items } = await client.call('listModels', { params: { id } });
    return items.some(
      ({ ref, nodes }) => ref.at === 'node' && ref.model === tokenModel && nodes.some((one) => one.online),
    );
  });
  return { node: `node:${tokenModel}`, key: `key:${key.id}:${tokenModel}` };
}

const flowWith = (model: string): FlowFile => ({
  schema: flowSchemaId,
  name: `Words of ${model.split(':')[0]}`,
  steps: [
    {
      id: 'it',
      type: 'chat',
      name: 'It',
      position: { x: 120, y: 120 },
      config: { model, prompt: 'Count', inputs: [] },
    },
  ],
  edges: [],
  groups: [],
  notes: [],
  settings: {},
});

/** In the page: notes when each word first stands on the canvas, in milliseconds since the Unix epoch. */
function observe(): void {
  const seen: Record<string, number> = {};
  Object.assign(window, { seen });
  const look = () => {
    const now = Date.now();
    for (const step of document.querySelectorAll('article.flow-step'))
      for (const [word] of (step.textContent ?? '').matchAll(/a\d+w\d+\./g)) seen[word] ??= now;
  };
  new MutationObserver(look).observe(document.body, { childList: true, characterData: true, subtree: true });
}

/** Milliseconds from each word's writing to its sight, in the order of the words. */
async function agesOf(page: Page, client: Client, flowId: string, server: TokenServer): Promise<number[]> {
  const { id } = await client.call('startRun', { params: { id: flowId }, body: {} });
  await waitFor(
    'the run to end',
    async () => (await client.call('getRun', { params: { id } })).run.state === 'succeeded',
  );
  const words = Array.from({ length: tokens }, (_, index) => `a${server.answers}w${index}.`);
  const seen = await waitFor('every word to be seen', async () => {
    const all = await page.evaluate(() => (window as unknown as { seen: Record<string, number> }).seen);
    return words.every((word) => word in all) ? all : null;
  });
  return words.map((word, index) => (seen[word] ?? Number.NaN) - (server.written[index] ?? Number.NaN));
}
