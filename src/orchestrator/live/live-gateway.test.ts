import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { Job } from '../../shared/model/job.ts';
import type { LiveServerMessage } from '../../shared/protocol/live.ts';
import { FakeSocket, settle, startHost } from '../core.harness.ts';
import { createFollowers, type Tell } from './followers.ts';
import { framesOf, maxLag } from './frames.ts';

type Host = Awaited<ReturnType<typeof startHost>>;

function connect(host: Host, userId = 'member') {
  const socket = new FakeSocket();
  host.liveGateway.accept(socket as unknown as WebSocket, userId);
  return {
    socket,
    heard: () => socket.heard<LiveServerMessage>(),
    of: <Kind extends LiveServerMessage['type']>(type: Kind) =>
      socket
        .heard<LiveServerMessage>()
        .filter((message): message is Extract<LiveServerMessage, { type: Kind }> => message.type === type),
    async say(message: object) {
      socket.receive(JSON.stringify(message));
      await settle();
    },
  };
}
const submit = (fields: object = {}) => ({
  type: 'submit',
  id: 7,
  workspaceId: 'ws-1',
  jobs: [{ kind: 'script', input: 1 }],
  ...fields,
});
const removed = (nodeId: string) => ({ kind: 'node.removed', nodeId }) as const;

test('J1: submit is answered when the jobs are durable, and their end is told to who follows', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const [client, other] = [connect(host), connect(host)];
  await client.say(submit({ follow: true }));
  const [{ id, jobIds } = { id: 0, jobIds: [] }] = client.of('submitted');
  expect([id, jobIds.length]).toEqual([7, 1]);
  const { fence, job_id } = node.last('job_assign');
  await node.say({ type: 'job_done', job_id, fence, result: { ok: true } });
  expect(client.of('finished')).toEqual([
    { type: 'finished', jobId: job_id, state: 'succeeded', result: { ok: true } },
  ]);
  expect(other.of('finished')).toEqual([]);
});

test('J6: with a key, the end of a job that is over is told at once, and once', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const client = connect(host);
  const keyed = submit({ follow: true, jobs: [{ kind: 'script', input: 1, idempotencyKey: 'k' }] });
  await client.say(keyed);
  const { fence, job_id } = node.last('job_assign');
  await node.say({ type: 'job_done', job_id, fence, result: 1 });
  await client.say(keyed);
  expect(client.of('finished').map(({ jobId }) => jobId)).toEqual([job_id, job_id]);
});

test('S1: who may not see a topic or submit is told so; bad kinds are problems of that submit', async () => {
  const host = await startHost();
  const stranger = connect(host, 'stranger');
  await stranger.say({ type: 'subscribe', topic: 'workspace:ws-1' });
  await stranger.say(submit());
  expect(stranger.of('problem').map(({ problem: { code }, id, topic }) => [code, id ?? topic])).toEqual([
    ['not_found', 'workspace:ws-1'],
    ['forbidden', 7],
  ]);
  const client = connect(host);
  await client.say(submit({ jobs: [{ kind: 'juggling', input: 1 }] }));
  expect(client.of('problem')).toMatchObject([{ id: 7, problem: { code: 'job_kind_unknown' } }]);
});

test('Live: a client that comes back with its position gets what it missed, or is told to refetch', async () => {
  const host = await startHost();
  const first = connect(host);
  await first.say({ type: 'subscribe', topic: 'workspace:ws-1' });
  host.hub.publish('ws-1', 'workspace:ws-1', removed('a'));
  await settle();
  const [event] = first.of('event');
  first.socket.close(1000, '');
  host.hub.publish('ws-1', 'workspace:ws-1', removed('b'));
  const second = connect(host);
  await second.say({ type: 'subscribe', topic: 'workspace:ws-1', since: event?.position });
  expect(second.of('event').map((message) => message.event)).toEqual([removed('b')]);
  await second.say({ type: 'subscribe', topic: 'workspace:ws-1', since: { epoch: 'another', seq: 1 } });
  expect(second.of('refetch')).toMatchObject([{ topic: 'workspace:ws-1', position: { seq: 2 } }]);
  await second.say({ type: 'unsubscribe', topic: 'workspace:ws-1' });
  host.hub.publish('ws-1', 'workspace:ws-1', removed('c'));
  await settle();
  expect(second.of('event').length).toBe(1);
});

test('N9: a stream of a job resumes by attempt and chunk, each chunk once, while it runs and afterwards', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  const write = (seq: number) =>
    node.say({ type: 'chunk', job_id: jobId, fence, seq, stream: 'token', text: `t${seq}` });
  await write(0);
  await write(1);
  const topic = `job:${jobId}`;
  const [whole, rest] = [connect(host), connect(host)];
  await whole.say({ type: 'subscribe', topic });
  await rest.say({ type: 'subscribe', topic, after: { attempt: 1, seq: 0 } });
  await write(2);
  await node.say({ type: 'job_done', job_id: jobId, fence, result: null });
  const late = connect(host);
  await late.say({ type: 'subscribe', topic, after: { attempt: 1, seq: 1 } });
  const texts = (client: typeof whole) =>
    client
      .of('event')
      .flatMap(({ event }) => (event.kind === 'job.output' ? event.chunks.map(({ text }) => text) : []));
  expect([texts(whole), texts(rest), texts(late)]).toEqual([['t0', 't1', 't2'], ['t1', 't2'], ['t2']]);
  const states = whole.of('event').flatMap(({ event }) => (event.kind === 'job.changed' ? event.state : []));
  expect(states.at(-1)).toBe('succeeded');
});

test('S10: bad messages are answered, three in a row close; a slow client is disconnected', async () => {
  const host = await startHost();
  const client = connect(host);
  await client.say({ type: 'subscribe', topic: 'nonsense' });
  await client.say({ type: 'ping' });
  await client.say({ type: 'nothing' });
  await client.say({ type: 'submit' });
  expect([client.of('pong').length, client.of('problem').length, client.socket.closed]).toEqual([1, 3, null]);
  client.socket.receive('{');
  expect(client.socket.closed?.code).toBe(4003);
  const slow = connect(host);
  slow.socket.bufferedAmount = maxLag + 1;
  await slow.say({ type: 'ping' });
  expect(slow.socket.closed?.code).toBe(4005);
});

test('one message a frame, unless the client sends arrays itself', async () => {
  const host = await startHost();
  const client = connect(host);
  await client.say({ type: 'ping' });
  await client.say([{ type: 'ping' }, { type: 'ping' }]);
  expect(client.socket.frames.slice(1)).toEqual(['{"type":"pong"}', '[{"type":"pong"},{"type":"pong"}]']);
});

test('frames of many messages are bounded, and nothing is lost or reordered', () => {
  const messages = Array.from({ length: 9_000 }, (_, index) =>
    JSON.stringify({ index, text: 'x'.repeat(index % 97 === 0 ? 9_000 : 5) }),
  );
  const frames = [...framesOf(messages)];
  expect(frames.flatMap((frame) => JSON.parse(frame) as { index: number }[]).map(({ index }) => index)).toEqual(
    messages.map((_, index) => index),
  );
  expect(Math.max(...frames.map(({ length }) => length))).toBeLessThan(512 * 1024);
});

test('J1: calls that come in one frame are written together, and answered each for itself; only the one at fault is refused', async () => {
  const host = await startHost();
  const client = connect(host);
  await client.say(submit({ id: 1 }));
  await client.say([
    submit({ id: 2, follow: true }),
    submit({
      id: 3,
      jobs: [
        { kind: 'script', input: 3 },
        { kind: 'script', input: 4 },
      ],
    }),
    submit({ id: 4 }),
  ]);
  expect(client.of('submitted').map(({ id, jobIds }) => [id, jobIds.length])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 1],
  ]);
  const ids = client.of('submitted').flatMap(({ jobIds }) => jobIds);
  const inputs = await Promise.all(ids.map(async (id) => (await host.jobs.get(id))?.input));
  expect(inputs).toEqual([1, 1, 3, 4, 1]);
  await client.say([submit({ id: 5 }), submit({ id: 6, jobs: [{ kind: 'juggling', input: 1 }] }), submit({ id: 7 })]);
  expect(client.of('problem')).toMatchObject([{ id: 6, problem: { code: 'job_kind_unknown' } }]);
  expect(client.of('submitted').map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 7]);
  const followed = client.of('submitted')[1]?.jobIds[0] ?? '';
  await host.jobs.cancel(followed);
  await settle();
  expect(client.of('finished').map(({ jobId }) => jobId)).toEqual([followed]);
});

test('Live: several who follow one job are told of its end, each once; who has gone is forgotten', () => {
  const followers = createFollowers();
  const told: string[] = [];
  const tells = ['a', 'b', 'c'].map(
    (name) =>
      ({ id }: Job) =>
        void told.push(`${name} ${id}`),
  );
  for (const tell of tells) for (const id of ['job-1', 'job-2']) followers.add(id, tell);
  const [first, second] = tells as [Tell, Tell];
  expect([followers.remove('job-1', first), followers.remove('job-1', first)]).toEqual([true, false]);
  followers.removeAll(second);
  for (const id of ['job-1', 'job-2', 'job-1']) followers.ended({ id } as Job);
  expect(told).toEqual(['c job-1', 'a job-2', 'c job-2']);
});
