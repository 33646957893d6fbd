/**
 * A node and an administrator of the first system, written from its protocol alone: three messages, five endpoints, plain
 * JSON. It shares no code with the product, so that nothing here changes because something there did.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestHost, type TestHost } from '../host/support.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(async () => {
  await host.stop();
  host.remove();
});

const registration = {
  type: 'register',
  share_key: 'AB3X7K9M',
  capabilities: {
    node_id: 'node-abc123',
    gpus: [],
    cpu: { model: '...', cores: 64 },
    memory: { total_mb: 262144 },
    storage: { total_gb: 15000 },
  },
  workspace_ids: [],
  resource_limits: { cpuCores: 32, ramPercent: 50 },
  remote_control_enabled: true,
};
const heartbeat = { type: 'heartbeat', available: true, current_jobs: 0, remote_control_enabled: true };

type Message = Record<string, unknown> & { type: string };

/** A client that understands one object per frame. */
function connect(): Promise<{
  send(message: object): void;
  next(type: string): Promise<Message>;
  close(): Promise<number>;
}> {
  const socket = new WebSocket(`${host.url.replace('http', 'ws')}/ws/node`);
  const received: Message[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    received.push(JSON.parse(String(data)) as Message);
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  const next = (type: string) =>
    new Promise<Message>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`No ${type}, but ${JSON.stringify(received)}`)), 10_000);
      const look = () => {
        const index = received.findIndex((message) => message.type === type);
        if (index < 0) return;
        clearTimeout(deadline);
        waiting.delete(look);
        resolve(received.splice(index, 1)[0] as Message);
      };
      waiting.add(look);
      look();
    });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () =>
      resolve({
        send: (message) => socket.send(JSON.stringify(message)),
        next,
        close: () => {
          socket.close();
          return closed;
        },
      }),
    );
  });
}

async function call(
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Record<string, never> }> {
  const response = await fetch(`${host.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${host.adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

const firstWorkspace = async (): Promise<string> => {
  const { body } = await call('GET', '/workspaces');
  const items = body['items'] as { id: string; name: string }[] | undefined;
  return items?.[0]?.id ?? '';
};

test('issue 3: a node of the first system registers, beats, is added by key, and is shown with its limits', async () => {
  const node = await connect();
  node.send(registration);
  const registered = await node.next('registered');
  expect(registered).toMatchObject({
    type: 'registered',
    node_id: 'node-abc123',
    share_key: 'AB3X7K9M',
    workspace_ids: [],
  });
  node.send(heartbeat);

  const workspace = await firstWorkspace();
  const added = await call('POST', `/workspaces/${workspace}/nodes/add-by-key`, { share_key: 'AB3X7K9M' });
  expect([added.status, added.body['id']]).toEqual([200, 'node-abc123']);

  for (const path of [`/workspaces/${workspace}/nodes`, '/my-nodes', '/nodes']) {
    const { status, body } = await call('GET', path);
    const shown = (body['items'] as unknown as { id: string }[]).find(({ id }) => id === 'node-abc123');
    expect([path, status, shown]).toEqual([
      path,
      200,
      expect.objectContaining({
        status: 'online',
        resourceLimits: { cpuCores: 32, ramPercent: 50 },
        remoteControlEnabled: true,
      }),
    ]);
  }

  const limited = await call('POST', '/nodes/node-abc123/limits', { cpuCores: 8 });
  expect([limited.status, limited.body['resourceLimits']]).toEqual([200, { cpuCores: 8, ramPercent: 50 }]);
  await node.close();

  const again = await connect();
  again.send(registration);
  expect(await again.next('registered')).toMatchObject({ workspace_ids: [workspace] });
  await again.close();
});

test('N1: another key for the same node is refused, in the same words as an unknown form of key', async () => {
  const answers = await Promise.all(
    [{ share_key: 'ZZZZZZZZ' }, { share_key: 'no key at all' }].map(async (wrong) => {
      const thief = await connect();
      thief.send({ ...registration, ...wrong });
      const answer = await thief.next('error');
      await thief.close();
      return answer;
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
});

test('S10: what is not understood is answered or ignored, and the connection goes on', async () => {
  const node = await connect();
  node.send({
    ...registration,
    share_key: 'AB3X7K9N',
    capabilities: { ...registration.capabilities, node_id: 'node-odd' },
    later: { field: 1 },
  });
  await node.next('registered');
  node.send({ type: 'of_a_later_version', anything: true });
  node.send({ type: 'heartbeat', current_jobs: 'many' });
  expect(await node.next('error')).toMatchObject({ code: 'malformed_message', path: '/current_jobs' });
  node.send(heartbeat);
  node.send({ type: 'heartbeat', current_jobs: [] });
  expect((await node.next('error')).type).toBe('error');
  await node.close();
});
