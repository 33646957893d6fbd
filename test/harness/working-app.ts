/** A desktop app of the stand-in that works: a flow whose jobs take a while, and all processes that belong to the app. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '../../src/shared/api/client.ts';
import type { FlowFile } from '../../src/shared/model/flow.ts';
import type { RunSummary } from '../../src/shared/model/run.ts';
import { edgeOf, fileOf, stepAt } from './flow-page.ts';
import type { HostFile } from './host.ts';
import { descendantsOf, isAlive, waitFor } from './processes.ts';

/** So many items does the flow take, one job each. */
export const itemCount = 12;

const source = `export default async ({ value }: { value: number }) => {
  await new Promise((done) => setTimeout(done, 700));
  return value * 2;
};`;
const code = { source, inputs: [{ name: 'value' }], ramMb: 128 };

/** A list, one script for each item, and what came of them. */
export const slowFlow = (): FlowFile =>
  fileOf(
    'Slow',
    [
      stepAt('list', 'input', 0, 0, {
        config: { name: 'list', type: 'list<number>', value: Array.from({ length: itemCount }, (_, index) => index) },
      }),
      stepAt('each', 'map', 300, 0, {
        config: { concurrency: 2, onItemError: 'fail' },
        size: { width: 400, height: 300 },
      }),
      stepAt('double', 'code', 20, 60, { config: code, parent: 'each' }),
      stepAt('out', 'output', 800, 0, { config: { name: 'out', view: 'json' } }),
    ],
    {
      edges: [
        edgeOf('list.value', 'each.items'),
        edgeOf('each.item', 'double.value'),
        edgeOf('double.result', 'each.result'),
        edgeOf('each.results', 'out.value'),
      ],
    },
  );

export const readHost = (dataDir: string): HostFile =>
  JSON.parse(readFileSync(join(dataDir, 'host.json'), 'utf8')) as HostFile;

/** A client of the host that runs in the app on this folder now. */
export function clientOf(dataDir: string): Client {
  const { url, bearer } = readHost(dataDir);
  return createClient({ baseUrl: url, token: bearer });
}

/** Starts the slow flow and waits until the first of its jobs is done, and others are not. */
export async function beginSlowRun(dataDir: string): Promise<string> {
  const client = clientOf(dataDir);
  const { items } = await client.call('listWorkspaces', {});
  const params = { id: items[0]?.id ?? '' };
  const flow = await client.call('createFlow', { params, body: { file: slowFlow() } });
  const { id } = await client.call('startRun', { params: { id: flow.id }, body: {} });
  const done = async () => {
    const found = await client.call('listRunSteps', { params: { id }, query: { state: 'succeeded', limit: 200 } });
    return found.items.some((step) => step.stepId === 'double');
  };
  await waitFor('the first job to be done', done, 60_000);
  return id;
}

/** Waits until a run has ended; the host may be away meanwhile. */
export function untilOver(dataDir: string, runId: string): Promise<RunSummary> {
  return waitFor(
    'the run to end',
    async () => {
      const look = async () => (await clientOf(dataDir).call('getRun', { params: { id: runId } })).run;
      const run = await look().catch(() => null);
      return run !== null && run.finishedAt !== null ? run : null;
    },
    90_000,
  );
}

/** All processes of an app but its browser, which is the stand-in's own: services, their sandboxes, their helpers. */
export function ownProcesses(pid: number): number[] {
  return descendantsOf(pid).filter((one) => !isBrowser(one));
}

function isBrowser(pid: number): boolean {
  try {
    return /chrom/i.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '');
  } catch {
    return false;
  }
}

export const untilGone = (pids: readonly number[], withinMs: number): Promise<boolean> =>
  waitFor(`processes ${pids.join(', ')} to be gone`, () => !pids.some(isAlive), withinMs);
