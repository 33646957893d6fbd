/** What the owner of a machine shares is measured on the processes that a real worker starts (S8). */
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshConfig } from '../../src/platform/node-config.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createIdSource } from '../../src/shared/ids.ts';
import type { ResourceLimits } from '../../src/shared/model/node.ts';
import { parseCpuList } from '../../src/worker/limits.ts';
import { type StandInGpus, standInGpus } from '../harness/gpus.ts';
import { descendantsOf, waitFor } from '../harness/processes.ts';
import { scriptJob } from './script-job.ts';
import { type ScriptedHost, startScriptedHost } from './scripted-host.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

let folder: string;
let host: ScriptedHost;
let worker: WorkerProcess;
let gpus: StandInGpus;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-limits-'));
  host = await startScriptedHost();
  gpus = standInGpus(join(folder, 'bin'));
});
afterEach(async () => {
  await worker?.kill();
  await host.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A worker whose owner shares so much, at the host. */
async function shares(resourceLimits: ResourceLimits) {
  const data = join(folder, 'node');
  await mkdir(data);
  const config = freshConfig(createIdSource(systemClock, Math.random));
  await writeFile(join(data, 'node-config.json'), JSON.stringify({ ...config, resourceLimits }));
  worker = await startWorker(data, [{ url: host.url }], undefined, { PATH: gpus.path });
  return host.admitted();
}

const waits =
  'export default async () => { console.log("started"); for (;;) await new Promise((r) => setTimeout(r, 50)); }';
const busy = 'export default () => { console.log("started"); for (;;); }';

/** What /proc says of a process; null once it has ended. */
function proc(pid: number, file: 'status' | 'stat'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

/** Deno's processes below the worker: those that hold what somebody wrote. */
const sandboxes = () =>
  descendantsOf(worker.child.pid ?? 0).filter((pid) => /^Name:\s*deno/m.test(proc(pid, 'status') ?? ''));

const residentMb = (pid: number) => Number(/^VmRSS:\s*(\d+) kB/m.exec(proc(pid, 'status') ?? '')?.[1] ?? 0) / 1024;

describe.runIf(process.platform === 'linux')('processes of jobs', () => {
  it.runIf(availableParallelism() > 1)(
    'S8: run on the shared cores alone, however many threads they have',
    async () => {
      const session = await shares({ cpuCores: 1, ramPercent: 75 });
      const job = scriptJob(busy, { requires: { cores: 1, ramMb: 256 } });
      session.send(job);
      await session.next('chunk', ({ text }) => text.includes('started'));
      const pids = sandboxes();
      expect(pids.length).toBeGreaterThan(0);
      for (const pid of pids) {
        const allowed = /^Cpus_allowed_list:\s*(\S+)/m.exec(proc(pid, 'status') ?? '')?.[1] ?? '';
        expect(parseCpuList(allowed)).toHaveLength(1);
      }
      session.send(scriptJob('export default () => 1', { requires: { cores: 1, ramMb: 256 } }));
      expect(await session.next('job_reject')).toMatchObject({ reason: 'no_room' });
    },
  );

  it('S8: are ended when they take more memory than the job asked for, array buffers included', async () => {
    const session = await shares({ ramPercent: 75 });
    const asked = 300;
    const source = `export default async () => {
      const held = [];
      for (;;) {
        held.push(new Uint8Array(16 * 1024 * 1024).fill(1));
        await new Promise((done) => setTimeout(done, 40));
      }
    };`;
    const job = scriptJob(source, { requires: { cores: 0.5, ramMb: asked } });
    let most = 0;
    const look = setInterval(() => {
      most = Math.max(most, ...sandboxes().map(residentMb));
    }, 20);
    session.send(job);
    const { error } = await session.next('job_failed');
    clearInterval(look);
    expect(error).toMatchObject({ code: 'script_memory' });
    expect(most).toBeGreaterThan(asked / 2);
    // The watchdog looks many times a second; what is taken between two looks comes on top.
    expect(most).toBeLessThan(asked * 1.5);
    await waitFor('the process to be gone', () => sandboxes().length === 0);
  });
});

describe('GPU memory', () => {
  const needs = (gpuMemoryMb: number) => scriptJob(waits, { requires: { cores: 0, ramMb: 128, gpuMemoryMb } });
  const first = 'pci-00000000-01-00-0';
  const second = 'pci-00000000-02-00-0';

  it('S8: is never promised twice, and only as much as the owner shares of each GPU', async () => {
    const session = await shares({ gpus: { [first]: { memoryPercent: 50 }, [second]: { enabled: false } } });
    const register = session.received.find((message) => message.type === 'register');
    expect(register?.capabilities.gpus?.map(({ id }) => id)).toEqual([first, second]);
    expect(register?.resource_limits).toMatchObject({ gpus: { [second]: { enabled: false } } });
    const running = needs(10_000);
    session.send(running);
    await session.next('job_ack', ({ job_id }) => job_id === running.job_id);
    session.send(needs(4_000));
    expect(await session.next('job_reject')).toMatchObject({ reason: 'no_room' });
    const small = needs(2_000);
    session.send(small);
    await session.next('job_ack', ({ job_id }) => job_id === small.job_id);
    session.send({ type: 'job_cancel', job_id: running.job_id, fence: running.fence, reason: 'cancelled' });
    const after = needs(10_000);
    session.send(after);
    await session.next('job_ack', ({ job_id }) => job_id === after.job_id);
  });

  it('S8: what other programs use of it is measured and counted', async () => {
    gpus.use(20_000, 0);
    const session = await shares({ gpus: { [second]: { enabled: false } } });
    session.send(needs(5_000));
    expect(await session.next('job_reject')).toMatchObject({ reason: 'no_room' });
    const fits = needs(4_000);
    session.send(fits);
    await session.next('job_ack', ({ job_id }) => job_id === fits.job_id);
  });
});
