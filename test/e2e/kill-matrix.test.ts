/** kill -9 of each process of the app, and of all at once, while it works: the next start is clean, and no run is lost (issue 6). */
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type DesktopApp, startDesktopApp } from '../harness/desktop-app.ts';
import { temporaryFolder } from '../harness/host.ts';
import { childrenOf, waitFor } from '../harness/processes.ts';
import { beginSlowRun, clientOf, itemCount, ownProcesses, untilGone, untilOver } from '../harness/working-app.ts';

const data = temporaryFolder('kill-matrix');
const limits = { cpuCores: 1, ramPercent: 40 };
let app: DesktopApp | null = null;

afterAll(async () => {
  await app?.end();
  data.remove();
});

const running = async () => {
  app ??= await startDesktopApp(data.path);
  return app;
};

const pidOf = (of: DesktopApp) => of.process.pid ?? 0;

function serviceOf(of: DesktopApp, name: 'orchestrator' | 'worker'): number {
  const found = childrenOf(pidOf(of)).find(({ command }) => command.includes(`${name}/main.js`));
  if (found === undefined) throw new Error(`The app has no ${name}`);
  return found.pid;
}

/** The node is there with the limits that were set, and the run gave every result exactly once. */
async function expectWhole(runId: string): Promise<void> {
  const run = await untilOver(data.path, runId);
  expect(run.state).toBe('succeeded');
  const { outputs } = await clientOf(data.path).call('getRun', { params: { id: runId } });
  expect(outputs['out']).toEqual(Array.from({ length: itemCount }, (_, index) => index * 2));
  const { resourceLimits } = JSON.parse(readFileSync(join(data.path, 'node-config.json'), 'utf8'));
  expect(resourceLimits).toMatchObject(limits);
}

test('before: the limits of this computer are set', async () => {
  const of = await running();
  const path = join(data.path, 'node-config.json');
  await waitFor('the node to have its file', () => existsSync(path), 60_000);
  expect(await of.quit()).toBe(0);
  app = null;
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), resourceLimits: limits }));
});

for (const name of ['worker', 'orchestrator'] as const) {
  test(`kill -9 of the ${name}: it comes back by itself, and the run goes on`, async () => {
    const of = await running();
    const runId = await beginSlowRun(data.path);
    const killed = serviceOf(of, name);
    process.kill(killed, 'SIGKILL');
    await waitFor(`another ${name}`, () => {
      const pids = childrenOf(pidOf(of)).filter(({ command }) => command.includes(`${name}/main.js`));
      return pids.some(({ pid }) => pid !== killed);
    });
    await expectWhole(runId);
  });
}

test('kill -9 of main: what it had started ends by itself; the next start is clean and the run goes on', async () => {
  const of = await running();
  const runId = await beginSlowRun(data.path);
  const left = ownProcesses(pidOf(of));
  expect(left.length).toBeGreaterThanOrEqual(2);
  await killAll([pidOf(of)], of);
  await untilGone(left, 12_000);
  await running();
  await expectWhole(runId);
});

test('kill -9 of everything at once: the next start is clean and the run goes on', async () => {
  const of = await running();
  const runId = await beginSlowRun(data.path);
  const all = [pidOf(of), ...ownProcesses(pidOf(of))];
  await killAll(all, of);
  await untilGone(all, 5_000);
  await running();
  await expectWhole(runId);
});

test('after all of it the app quits within ten seconds and leaves no process', async () => {
  const of = await running();
  const left = ownProcesses(pidOf(of));
  const since = Date.now();
  expect(await of.quit()).toBe(0);
  expect(Date.now() - since).toBeLessThan(10_000);
  await untilGone(left, 2_000);
  app = null;
});

async function killAll(pids: number[], of: DesktopApp): Promise<void> {
  const gone = once(of.process, 'exit');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await gone;
  await of.end();
  app = null;
}
