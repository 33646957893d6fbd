/** A real worker process against a host that says what the test makes it say: the node's side of the protocol. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeCloseCodes, proofText } from '../../src/shared/protocol/node.ts';
import { scriptJob } from './script-job.ts';
import { type ScriptedHost, type Session, startScriptedHost } from './scripted-host.ts';
import { startWorker, type WorkerProcess } from './worker-process.ts';

let folder: string;
let host: ScriptedHost;
let workers: WorkerProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-worker-'));
  host = await startScriptedHost();
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.child.exitCode ?? worker.child.signalCode ?? worker.kill()));
  await host.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function worker(data = 'a', hosts = [{ url: host.url }]): Promise<WorkerProcess> {
  const started = await startWorker(join(folder, data), hosts);
  workers.push(started);
  return started;
}

const names = ({ job_id, fence }: { job_id: string; fence: string }) => ({ job_id, fence });
const endless = 'export default () => { console.log("started"); for (;;); }';
const started = (session: Session, job: { job_id: string }) =>
  session.next('chunk', (chunk) => chunk.job_id === job.job_id && chunk.text.includes('started'));

describe('registering', () => {
  it("says who it is and what it can do, in the first system's form and with the newer fields", async () => {
    const { ready } = await worker('a', [{ url: host.url, joinKey: 'AB3X7K9M' } as { url: string }]);
    const session = await host.session();
    const register = await session.admit();
    expect(register).toMatchObject({
      share_key: ready.shareKey,
      capabilities: {
        node_id: ready.nodeId,
        gpus: expect.any(Array),
        cpu: { cores: expect.any(Number) },
        memory: { total_mb: expect.any(Number) },
      },
      workspace_ids: [],
      resource_limits: { ramPercent: 75 },
      remote_control_enabled: false,
      executors: ['script', 'ocr', 'document', 'inference', 'model'],
      join_key: 'AB3X7K9M',
      version: '0.0.0-test',
      running: [],
    });
    expect(session.malformed).toEqual([]);
    expect(JSON.parse(await readFile(join(folder, 'a', 'node-config.json'), 'utf8'))).toMatchObject({
      nodeId: ready.nodeId,
      shareKey: ready.shareKey,
    });
  });

  it('N2: proves its key; N4: beats; and is the same node after a restart', async () => {
    const first = await worker();
    const session = await host.session();
    const register = await session.next('register');
    session.send({ type: 'challenge', nonce: 'n-1' });
    const { signature } = await session.next('proof');
    const key = createPublicKey({ key: Buffer.from(register.public_key ?? '', 'base64'), format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from(proofText(first.ready.nodeId, 'n-1')), key, Buffer.from(signature, 'base64'))).toBe(
      true,
    );
    session.send({
      type: 'registered',
      node_id: first.ready.nodeId,
      share_key: first.ready.shareKey,
      workspace_ids: [],
      heartbeat_seconds: 0.25,
    });
    for (let beat = 0; beat < 3; beat++) {
      expect(await session.next('heartbeat')).toMatchObject({
        available: true,
        current_jobs: 0,
        remote_control_enabled: false,
      });
    }
    expect(await first.stop()).toBe(0);
    const second = await worker();
    expect(second.ready).toEqual(first.ready);
    expect((await (await host.session()).next('register')).public_key).toBe(register.public_key);
  });

  it('says good-bye when it is stopped', async () => {
    const { stop } = await worker();
    const session = await host.admitted();
    const ended = stop();
    await session.next('leave');
    await session.closed;
    expect(await ended).toBe(0);
  });

  it('N6: comes back after the connection was lost, and after the host was away', async () => {
    await worker();
    (await host.admitted()).cut();
    const second = await host.admitted();
    host.pause();
    second.close(nodeCloseCodes.stopping);
    await second.closed;
    host.resume();
    await host.admitted();
  });

  it('N5: does not fight for its place with a connection that replaced it', async () => {
    await worker();
    const session = await host.admitted();
    session.close(nodeCloseCodes.replaced);
    await session.closed;
    await expect(
      Promise.race([host.session(), new Promise((resolve) => setTimeout(resolve, 2_500, 'quiet'))]),
    ).resolves.toBe('quiet');
  });

  it('what it does not know or understand costs nothing', async () => {
    await worker();
    const session = await host.admitted();
    session.send({ type: 'something_newer', value: 1 } as never, { type: 'job_assign', job_id: 7 } as never);
    const job = scriptJob('export default () => 1');
    session.send(job);
    expect(await session.next('job_done')).toMatchObject(names(job));
  });

  it('a second worker on the same data folder is told why it cannot start; on another one it is another node', async () => {
    const one = await worker('a');
    await expect(startWorker(join(folder, 'a'), [])).rejects.toThrow(/data_in_use: .* in use by process \d+.* --data/);
    const other = await worker('b');
    expect(other.ready.nodeId).not.toBe(one.ready.nodeId);
    expect(other.ready.shareKey).not.toBe(one.ready.shareKey);
  });
});

describe('jobs', () => {
  it('N7, N9: acknowledges, streams what the script logs, and delivers the result', async () => {
    await worker();
    const session = await host.admitted();
    const job = scriptJob(
      'export default (v: { n: number }) => { console.log("n is", v.n); return { twice: 2 * v.n } }',
    );
    session.send(job);
    expect(await session.next('job_ack')).toMatchObject(names(job));
    expect(await session.next('chunk')).toMatchObject({ ...names(job), seq: 0, stream: 'log', text: 'n is 21\n' });
    const done = await session.next('job_done');
    expect(done).toMatchObject({ ...names(job), result: { twice: 42 } });
    expect(done.run_ms).toBeGreaterThan(0);
    const types = session.received.map(({ type }) => type).filter((type) => type !== 'heartbeat');
    expect(types).toEqual(['register', 'job_ack', 'chunk', 'job_done']);
    session.send({ type: 'done_ack', ...names(job), status: 'accepted' });
    await expect.poll(() => readdir(join(folder, 'a', 'worker', 'jobs'))).toEqual([]);
  });

  it("J4: tells the job's own failure with its code", async () => {
    await worker();
    const session = await host.admitted();
    session.send(scriptJob('export default () => { throw new RangeError("too much") }'));
    expect((await session.next('job_failed')).error).toMatchObject({
      code: 'script_threw',
      fault: 'job',
      message: expect.stringContaining('too much'),
    });
  });

  it('J3: a cancelled job is killed within 5 s, sends nothing more, and its room is free', async () => {
    await worker();
    const session = await host.admitted();
    const job = scriptJob(endless, { requires: { cores: 0.5, ramMb: 500 } });
    session.send(job);
    await started(session, job);
    const before = Date.now();
    session.send({ type: 'job_cancel', ...names(job), reason: 'cancelled' });
    await expect.poll(() => readdir(join(folder, 'a', 'worker', 'jobs')), { timeout: 5_000 }).toEqual([]);
    expect(Date.now() - before).toBeLessThan(5_000);
    session.send(scriptJob('export default () => 1'));
    await session.next('job_done');
    expect(
      session.received
        .filter((message) => 'job_id' in message && message.job_id === job.job_id)
        .map(({ type }) => type),
    ).toEqual(['job_ack', 'chunk']);
  });

  it('N7: an assignment that comes twice is done once', async () => {
    await worker();
    const session = await host.admitted();
    const job = scriptJob(
      'export default async () => { console.log("started"); await new Promise((done) => setTimeout(done, 300)); return 1 }',
    );
    session.send(job);
    await started(session, job);
    session.send(job);
    await session.next('job_ack');
    await session.next('job_ack');
    await session.next('job_done');
    session.send(job);
    await session.next('job_done');
    expect(session.received.filter(({ type }) => type === 'chunk')).toHaveLength(1);
  });

  it('J2: a newer assignment of a job ends the older one', async () => {
    await worker();
    const session = await host.admitted();
    const job = scriptJob(endless);
    session.send(job);
    await started(session, job);
    session.send({ ...scriptJob('export default () => "newer"'), job_id: job.job_id, fence: '2.1', attempt: 2 });
    expect(await session.next('job_done')).toMatchObject({ job_id: job.job_id, fence: '2.1', result: 'newer' });
  });

  it('S8: refuses what it cannot do or has no room for, with the reason', async () => {
    await worker();
    const session = await host.admitted();
    session.send(scriptJob('', { kind: 'juggling' }), scriptJob('', { requires: { cores: 0.5, ramMb: 2 ** 40 } }));
    expect(await session.next('job_reject')).toMatchObject({ reason: 'no_executor' });
    expect(await session.next('job_reject')).toMatchObject({ reason: 'no_room' });
  });

  it('N12: fetches files by the ticket of the attempt; reads the text in an image', async () => {
    await worker();
    const session = await host.admitted();
    const image = await readFile(new URL('../../resources/samples/receipts/receipt-001.jpg', import.meta.url));
    const sha256 = createHash('sha256').update(image).digest('hex');
    host.blobs.set(sha256, image);
    host.tickets.add('ticket-1');
    const file = { fileId: 'file-1', name: 'receipt.jpg', mime: 'image/jpeg', size: image.length, sha256 };
    session.send(scriptJob('', { kind: 'ocr', input: { image: file }, requires: { cores: 1, ramMb: 768 } }));
    const { result } = await session.next('job_done');
    expect(result).toMatchObject({ text: expect.stringContaining('TOTAL CHF 11.25') });
    session.send(scriptJob('', { kind: 'ocr', input: { image: { ...file, sha256: 'f'.repeat(64) } } }));
    expect((await session.next('job_failed')).error).toMatchObject({ code: 'blob_missing', fault: 'job' });
  });

  it('N12: large inputs come, and large results go, as blobs', async () => {
    await worker();
    const session = await host.admitted();
    host.tickets.add('ticket-1');
    const source = 'export default (text: string) => ({ text, length: text.length })';
    const text = JSON.stringify({ source, language: 'typescript', input: 'é'.repeat(400_000) });
    const sha256 = createHash('sha256').update(text).digest('hex');
    host.blobs.set(sha256, Buffer.from(text));
    const job = scriptJob('', { input: { $blob: sha256, size: Buffer.byteLength(text) } });
    session.send(job);
    const { result } = await session.next('job_done');
    const { $blob, size } = result as { $blob: string; size: number };
    const delivered = host.blobs.get($blob) ?? Buffer.alloc(0);
    expect(size).toBe(delivered.length);
    expect(createHash('sha256').update(delivered).digest('hex')).toBe($blob);
    expect(JSON.parse(String(delivered))).toEqual({ text: 'é'.repeat(400_000), length: 400_000 });
    session.send({ type: 'done_ack', ...names(job), status: 'accepted' });
    await expect
      .poll(() => readdir(join(folder, 'a', 'worker', 'outbox'), { recursive: true }))
      .not.toContain(expect.stringContaining($blob));
  });

  it('N9: with 32 unacknowledged chunks the script is held up until the host has some', async () => {
    await worker();
    const session = await host.admitted();
    const line = 'x'.repeat(40_000);
    const job = scriptJob(
      `export default () => { for (let i = 0; i < 60; i++) console.log(${JSON.stringify(line)}); return "done" }`,
    );
    session.send(job);
    await session.next('chunk', (chunk) => chunk.seq === 31);
    await session.next('heartbeat', () => session.received.filter(({ type }) => type === 'heartbeat').length > 3);
    expect(Math.max(...session.received.map((message) => (message.type === 'chunk' ? message.seq : 0)))).toBe(31);
    session.send({ type: 'chunk_ack', ...names(job), seq: 31 });
    await session.next('job_done');
    const chunks = session.received.flatMap((message) => (message.type === 'chunk' ? [message] : []));
    expect(chunks.map(({ seq }) => seq)).toEqual(chunks.map((_, index) => index));
    expect(chunks.reduce((sum, { text }) => sum + text.length, 0)).toBe(60 * (line.length + 1));
  });
});

describe('when something breaks', () => {
  it('N6, N8: a job goes on while the connection is gone, is presented, kept, and its output goes on where it was', async () => {
    await worker();
    const session = await host.admitted();
    const job = scriptJob(
      'export default async () => { console.log("started"); await new Promise((done) => setTimeout(done, 1_500)); console.log("over"); return 7 }',
    );
    session.send(job);
    await started(session, job);
    session.cut();
    const again = await host.session();
    const register = await again.next('register');
    expect(register.running).toEqual([{ ...names(job), acked_seq: -1 }]);
    again.send({
      type: 'registered',
      node_id: 'n',
      share_key: 'k',
      workspace_ids: [],
      jobs: [{ ...names(job), verdict: 'keep', acked_seq: 0 }],
    });
    expect(await again.next('chunk')).toMatchObject({ seq: 1, text: 'over\n' });
    expect(await again.next('job_done')).toMatchObject({ ...names(job), result: 7 });
  });

  it('N6: a job that the host takes away at the reconnect is killed', async () => {
    await worker();
    const session = await host.admitted();
    const job = scriptJob(endless);
    session.send(job);
    await started(session, job);
    session.cut();
    await host.admitted({ jobs: [{ ...names(job), verdict: 'revoke', acked_seq: -1 }] });
    await expect.poll(() => readdir(join(folder, 'a', 'worker', 'jobs')), { timeout: 5_000 }).toEqual([]);
  });

  it('N11: a result that was not acknowledged is there after kill -9, and is sent until it is', async () => {
    const first = await worker();
    const session = await host.admitted();
    const job = scriptJob('export default () => "kept"');
    session.send(job);
    await session.next('job_done');
    await first.kill();
    const second = await worker();
    const again = await host.session();
    expect((await again.admit()).running).toEqual([{ ...names(job), acked_seq: -1 }]);
    expect(await again.next('job_done')).toMatchObject({ ...names(job), result: 'kept' });
    again.send({ type: 'done_ack', ...names(job), status: 'stale' });
    again.send(scriptJob('export default () => 1'));
    await again.next('job_done');
    await second.stop();
    await worker();
    const register = await (await host.session()).admit();
    expect(register.running?.map(({ job_id }) => job_id)).not.toContain(job.job_id);
  });

  it('N11: results that come about while the host is away arrive when it is back, large ones too', async () => {
    await worker();
    const session = await host.admitted();
    const wait = 'await new Promise((done) => setTimeout(done, 800));';
    const small = scriptJob(`export default async () => { console.log("started"); ${wait} return "small" }`);
    const large = scriptJob(
      `export default async () => { console.log("started"); ${wait} return "x".repeat(600_000) }`,
    );
    session.send(small, large);
    await Promise.all([started(session, small), started(session, large)]);
    host.pause();
    session.cut();
    await expect.poll(() => readdir(join(folder, 'a', 'worker', 'jobs')), { timeout: 10_000 }).toEqual([]);
    host.tickets.add('ticket-1');
    host.resume();
    const again = await host.admitted();
    expect(await again.next('job_done', ({ job_id }) => job_id === small.job_id)).toMatchObject({ result: 'small' });
    const { result } = await again.next('job_done', ({ job_id }) => job_id === large.job_id);
    expect(String(host.blobs.get((result as { $blob: string }).$blob))).toHaveLength(600_002);
  });

  it('N12: a host that started anew gives a fresh ticket for a result that waits', async () => {
    await worker();
    const session = await host.admitted();
    const job = scriptJob(
      'export default async () => { console.log("started"); await new Promise((done) => setTimeout(done, 500)); return "x".repeat(600_000) }',
    );
    session.send(job);
    await started(session, job);
    host.pause();
    session.cut();
    await expect.poll(() => readdir(join(folder, 'a', 'worker', 'jobs')), { timeout: 10_000 }).toEqual([]);
    host.tickets.add('ticket-2');
    host.resume();
    const again = await host.admitted({ jobs: [{ ...names(job), verdict: 'keep', acked_seq: 0, ticket: 'ticket-2' }] });
    expect(await again.next('job_done')).toMatchObject({ ...names(job), result: { $blob: expect.any(String) } });
    expect(host.blobs.size).toBe(1);
  });

  it('J4: a result that the host will not take is told as a failure of the node', async () => {
    await worker();
    const session = await host.admitted();
    session.send(scriptJob('export default () => "x".repeat(600_000)'));
    expect((await session.next('job_failed')).error).toMatchObject({ code: 'blob_refused', fault: 'node' });
  });

  it.runIf(process.platform === 'linux')('S6: no script outlives a worker that was killed with -9', async () => {
    const { kill } = await worker();
    const session = await host.admitted();
    const job = scriptJob(endless);
    session.send(job);
    await started(session, job);
    expect(await processesIn(folder)).not.toEqual([]);
    await kill();
    await expect.poll(() => processesIn(folder), { timeout: 5_000 }).toEqual([]);
  });
});

describe('several hosts', () => {
  it('S8: the capacity of the node is counted once over all of them', async () => {
    const other = await startScriptedHost();
    try {
      await worker('a', [{ url: host.url }, { url: other.url }]);
      const [here, there] = await Promise.all([host.admitted(), other.admitted()]);
      const register = here.received.find((message) => message.type === 'register');
      const cores = register?.capabilities.cpu?.cores ?? 0;
      expect(cores).toBeGreaterThan(0);
      const job = scriptJob(endless, { requires: { cores, ramMb: 128 } });
      here.send(job);
      await started(here, job);
      const second = scriptJob('export default () => 1', { requires: { cores, ramMb: 128 } });
      there.send(second);
      expect(await there.next('job_reject')).toMatchObject({ ...names(second), reason: 'no_room' });
      here.send({ type: 'job_cancel', ...names(job), reason: 'cancelled' });
      const third = scriptJob('export default () => 1', { requires: { cores, ramMb: 128 } });
      there.send(third);
      await there.next('job_done');
    } finally {
      await other.stop();
    }
  });
});

describe('remote control', () => {
  async function allowed(): Promise<WorkerProcess> {
    const first = await worker();
    await host.admitted();
    await first.stop();
    const path = join(folder, 'a', 'node-config.json');
    const config = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...config, remoteControlEnabled: true }));
    return worker();
  }

  it('N13: a drain finishes what runs, takes nothing new, and is told again after a reconnect; a resume ends it', async () => {
    await allowed();
    const session = await host.admitted();
    const job = scriptJob(
      'export default async () => { console.log("started"); for (;;) await new Promise((r) => setTimeout(r, 50)); }',
    );
    session.send(job);
    await started(session, job);
    session.send({ type: 'control', action: 'drain' });
    await session.next('drain');
    await session.next('heartbeat', ({ available, current_jobs }) => available === false && current_jobs === 1);
    session.send(scriptJob('export default () => 1'));
    expect(await session.next('job_reject')).toMatchObject({ reason: 'not_accepting' });
    session.cut();
    const again = await host.session();
    expect((await again.admit()).running).toMatchObject([names(job)]);
    await again.next('drain');
    again.send({ type: 'control', action: 'resume' });
    await again.next('heartbeat', ({ available }) => available === true);
    const next = scriptJob('export default () => 1');
    again.send(next);
    await again.next('job_done', ({ job_id }) => job_id === next.job_id);
  });

  it('N13: a restart says goodbye and ends the process in order, for its supervisor to start it anew', async () => {
    const running = await allowed();
    const session = await host.admitted();
    session.send({ type: 'control', action: 'restart' });
    await session.next('leave');
    expect(await running.ended()).toBe(0);
  });

  it('N13: a restart that the owner has not allowed does nothing', async () => {
    await worker();
    const session = await host.admitted();
    session.send({ type: 'control', action: 'restart' });
    await session.next('limits_changed');
    session.send(scriptJob('export default () => 1'));
    await session.next('job_done');
  });

  it('N13: does nothing while the owner has it switched off, and says what holds', async () => {
    await worker();
    const session = await host.admitted();
    session.send(
      { type: 'control', action: 'limits', resource_limits: { cpuCores: 0.5 } },
      { type: 'control', action: 'pause' },
    );
    expect((await session.next('limits_changed')).resource_limits).toEqual({ ramPercent: 75 });
    await session.next('limits_changed');
    session.send(scriptJob('export default () => 1'));
    await session.next('job_done');
  });

  it('N13: with it on, limits are taken over and kept, and a pause holds new jobs off', async () => {
    await allowed();
    const path = join(folder, 'a', 'node-config.json');
    const session = await host.admitted();
    session.send({ type: 'control', action: 'limits', resource_limits: { cpuCores: 0.5 } });
    expect((await session.next('limits_changed')).resource_limits).toEqual({ cpuCores: 0.5, ramPercent: 75 });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      resourceLimits: { cpuCores: 0.5, ramPercent: 75 },
    });
    session.send(scriptJob('', { requires: { cores: 1, ramMb: 128 } }));
    expect(await session.next('job_reject')).toMatchObject({ reason: 'no_room' });
    session.send({ type: 'control', action: 'pause' });
    await session.next('heartbeat', ({ available }) => available === false);
    session.send(scriptJob('export default () => 1'));
    expect(await session.next('job_reject')).toMatchObject({ reason: 'not_accepting' });
    session.send({ type: 'control', action: 'resume' });
    await session.next('heartbeat', ({ available }) => available === true);
    session.send(scriptJob('export default () => 1'));
    await session.next('job_done');
  });
});

/** Processes that a sandbox of this folder runs: Deno with the folder's import map on its command line. */
async function processesIn(path: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(path));
}
