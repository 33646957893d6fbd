/** Jobs under kill -9 of the host, with a node that keeps its results until they are acknowledged (N11). */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { LiveServerMessage } from '../../src/shared/protocol/live.ts';
import type { HostMessage, NodeMessage } from '../../src/shared/protocol/node.ts';
import { temporaryFolder } from '../harness/host.ts';
import { type OrchestratorProcess, startProcess } from '../host/process.ts';

const folder = temporaryFolder('job-faults');
const secret = () => randomBytes(32).toString('base64url');
const tokens = { adminToken: secret(), workerToken: secret() };
const rounds = 5;
let host: OrchestratorProcess | null = null;
let stopNode: () => void = () => undefined;

afterEach(async () => {
  stopNode();
  await host?.stop().catch(() => undefined);
  folder.remove();
});

const start = async () => {
  host = await startProcess({ dataDir: folder.path, port: 0, ...tokens });
  return host;
};
const wsUrl = ({ url }: OrchestratorProcess) => url.replace('http', 'ws');
const parse = <Message>(data: unknown) => [JSON.parse(String(data)) as Message | Message[]].flat() as Message[];

/** What a worker keeps over connections: results that are not acknowledged, and what it was told about each. */
interface Outbox {
  results: Map<string, Extract<NodeMessage, { type: 'job_done' }>>;
  /** By job, the fences whose result the host accepted. */
  accepted: Map<string, Set<string>>;
}

function connectNode(to: OrchestratorProcess, outbox: Outbox): WebSocket {
  const socket = new WebSocket(`${wsUrl(to)}/ws/node`);
  socket.on('error', () => undefined);
  const say = (message: NodeMessage) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
  socket.on('open', () =>
    say({
      type: 'register',
      share_key: 'FAVLT000',
      capabilities: { node_id: 'node-faults', cpu: { cores: 8 }, memory: { total_mb: 8192 } },
      executors: ['script'],
      join_key: tokens.workerToken,
      running: [...outbox.results.values()].map(({ job_id, fence }) => ({ job_id, fence, acked_seq: -1 })),
    }),
  );
  socket.on('message', (data) => {
    for (const message of parse<HostMessage>(data)) {
      if (message.type === 'registered') for (const result of outbox.results.values()) say(result);
      if (message.type === 'done_ack') {
        outbox.results.delete(`${message.job_id} ${message.fence}`);
        if (message.status !== 'accepted') continue;
        const fences = outbox.accepted.get(message.job_id) ?? new Set();
        outbox.accepted.set(message.job_id, fences.add(message.fence));
      }
      if (message.type !== 'job_assign') continue;
      const { job_id, fence, input } = message;
      const result = { type: 'job_done', job_id, fence, result: { echo: input } } as const;
      outbox.results.set(`${job_id} ${fence}`, result);
      say({ type: 'job_ack', job_id, fence });
      say(result);
    }
  });
  return socket;
}

/** Submits one job after another until the host dies; answers what each acknowledged job was given. */
async function submitWhileItLives(
  to: OrchestratorProcess,
  workspaceId: string,
  round: number,
  given: Map<string, number>,
) {
  const { ticket } = await to.client.call('createTicket', {});
  const socket = new WebSocket(`${wsUrl(to)}/ws/live?ticket=${ticket}`);
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  let next = 0;
  const submit = () => {
    next += 1;
    const job = { kind: 'script', input: round * 1_000_000 + next };
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(JSON.stringify({ type: 'submit', id: next, workspaceId, jobs: [job] }));
    }
  };
  socket.on('open', () => {
    for (let ahead = 0; ahead < 20; ahead += 1) submit();
  });
  socket.on('message', (data) => {
    for (const message of parse<LiveServerMessage>(data)) {
      if (message.type !== 'submitted') continue;
      for (const jobId of message.jobIds) given.set(jobId, round * 1_000_000 + message.id);
      submit();
    }
  });
  return ended;
}

test('J1 J2 N10 N11: kill -9 of the host anywhere loses no acknowledged job and accepts no result twice', async () => {
  const given = new Map<string, number>();
  const outbox: Outbox = { results: new Map(), accepted: new Map() };
  for (let round = 0; round < rounds; round += 1) {
    const running = await start();
    const [workspace] = (await running.client.call('listWorkspaces', {})).items;
    const node = connectNode(running, outbox);
    const before = given.size;
    const submitting = submitWhileItLives(running, workspace?.id ?? '', round, given);
    // Another moment in every round, with submissions, assignments and results under way.
    await vi.waitFor(() => expect(given.size).toBeGreaterThan(before + 40 + 37 * round), { timeout: 30_000 });
    await running.kill();
    await submitting;
    node.terminate();
  }

  const last = await start();
  const node = connectNode(last, outbox);
  stopNode = () => node.terminate();
  const unfinished = async () => {
    const jobs = await Promise.all([...given.keys()].map((id) => last.client.call('getJob', { params: { id } })));
    return jobs.filter(({ state }) => state !== 'succeeded').map(({ id, state }) => ({ id, state }));
  };
  await vi.waitFor(async () => expect(await unfinished()).toEqual([]), { timeout: 60_000, interval: 500 });
  for (const [jobId, input] of given) {
    const job = await last.client.call('getJob', { params: { id: jobId } });
    expect([job.result, job.attempts.filter(({ outcome }) => outcome === 'succeeded').length]).toEqual([
      { echo: input },
      1,
    ]);
  }
  await vi.waitFor(() => expect(outbox.results.size).toBe(0), { timeout: 30_000 });
  // A repeated acknowledgement is of the same result; another attempt's is never accepted beside it.
  const twice = [...outbox.accepted].filter(([, fences]) => fences.size !== 1);
  expect([twice, [...given.keys()].filter((id) => !outbox.accepted.has(id))]).toEqual([[], []]);
});
