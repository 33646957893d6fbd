import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { proofText, registrationRefused } from '../../shared/protocol/node.ts';
import { type FakeNode, register, settle, startHost, workspaceKey } from '../core.harness.ts';
import { nodes as nodesTable } from '../store/tables.ts';
import { maxLag } from './frames.ts';

/** The example of protocol.md, word for word. */
const firstSystem = {
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
} as const;

function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, public_key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
}
const prove = (node: FakeNode, nodeId: string, privateKey: KeyObject) => {
  const signature = sign(null, Buffer.from(proofText(nodeId, node.last('challenge').nonce)), privateKey).toString(
    'base64',
  );
  return node.say({ type: 'proof', signature });
};
const isRefused = (node: FakeNode) =>
  JSON.stringify(node.socket.heard().at(-1)) === JSON.stringify(registrationRefused) &&
  node.socket.closed?.code === 4001;
const raw = async (node: FakeNode, frame: string) => {
  node.socket.receive(frame);
  await settle();
};

test('a node of the first system registers, beats, is added by key and listed; it gets no jobs', async () => {
  const host = await startHost();
  const node = host.open();
  await raw(node, JSON.stringify(firstSystem));
  expect(node.last('registered')).toMatchObject({
    type: 'registered',
    node_id: 'node-abc123',
    share_key: 'AB3X7K9M',
    workspace_ids: [],
  });
  await raw(node, '{ "type": "heartbeat", "available": true, "current_jobs": 0, "remote_control_enabled": true }');
  expect(await host.nodes.addByKey('ws-1', ' ab3x-7k9m')).toMatchObject({
    id: 'node-abc123',
    status: 'online',
    workspaces: [{ id: 'ws-1' }],
  });
  await settle();
  expect(node.last('workspaces_changed')).toMatchObject({ workspace_ids: ['ws-1'] });
  const [listed] = await host.nodes.list({ workspaceId: 'ws-1' });
  expect(listed).toMatchObject({ resourceLimits: { cpuCores: 32, ramPercent: 50 }, executors: [], colour: 1, mark: 1 });
  const jobId = await host.submit();
  expect((await host.jobs.explain(jobId)).nodes).toMatchObject([{ code: 'no_executor', reason: 'Cannot do scripts' }]);
  for (const frame of node.socket.frames) expect(frame.startsWith('{')).toBe(true);
  await expect(host.nodes.addByKey('ws-1', 'ZZZZZZZZ')).rejects.toMatchObject({ code: 'unknown_share_key' });
});

test('the first system registers again on the same connection when its limits change', async () => {
  const host = await startHost();
  const node = host.open();
  await raw(node, JSON.stringify(firstSystem));
  await raw(
    node,
    JSON.stringify({ ...firstSystem, resource_limits: { cpuCores: 4, storageGb: 100, storagePath: '/data' } }),
  );
  expect([node.all('registered').length, node.socket.closed]).toEqual([2, null]);
  expect((await host.nodes.get('node-abc123'))?.resourceLimits).toEqual({
    cpuCores: 4,
    storageGb: 100,
    storagePath: '/data',
  });
});

test('N1: a node_id is bound to its share key; every other registration is refused with the same words', async () => {
  const host = await startHost();
  await host.join('node-a');
  const wrongKey = await host.join('node-a', { share_key: 'AB3X7K9N' });
  const takenKey = await host.join('node-b', { share_key: 'AB3X7K9M' });
  const noKey = await host.join('node-c', { share_key: '???' });
  const wrongJoinKey = await host.join('node-d', { share_key: 'AB3X7K9P', join_key: 'NO-SUCH-KEY' });
  expect([wrongKey, takenKey, noKey, wrongJoinKey].map(isRefused)).toEqual([true, true, true, true]);
  expect(await host.store.count(nodesTable, {})).toBe(1);
});

test('N1: guessing is limited to 5 a minute per address, where right answers look like wrong ones', async () => {
  const host = await startHost();
  const attempt = async (address: string, join_key: string, nodeId: string) => {
    const node = host.open(address);
    await node.say(register(nodeId, { join_key, share_key: `AB3X7K0${nodeId.at(-1)}` }));
    return isRefused(node);
  };
  for (let guess = 0; guess < 5; guess += 1) await attempt('2001:db8:1:2:3::9', `WRONGKE${guess}`, 'node-a');
  expect(await attempt('2001:db8:1:2::77', workspaceKey, 'node-1')).toBe(true);
  expect(await attempt('2001:db8:1:3::77', workspaceKey, 'node-2')).toBe(false);
  await host.pass(61_000);
  expect(await attempt('2001:db8:1:2:3::9', workspaceKey, 'node-3')).toBe(false);
});

test('N2: a node with a key must sign; neither its share key nor another signature takes it over', async () => {
  const host = await startHost();
  const { public_key, privateKey } = keyPair();
  const node = await host.join('node-a', { public_key });
  expect(node.all('registered')).toEqual([]);
  await prove(node, 'node-a', privateKey);
  expect(node.last('registered').node_id).toBe('node-a');

  expect(isRefused(await host.join('node-a'))).toBe(true);
  const stranger = keyPair();
  expect(isRefused(await host.join('node-a', { public_key: stranger.public_key }))).toBe(true);
  const forger = await host.join('node-a', { public_key });
  await prove(forger, 'node-a', stranger.privateKey);
  expect([isRefused(forger), node.socket.closed]).toEqual([true, null]);
});

test('N1 N2: a rotated share key arrives with the proof', async () => {
  const host = await startHost();
  const { public_key, privateKey } = keyPair();
  await prove(await host.join('node-a', { public_key }), 'node-a', privateKey);
  const again = await host.join('node-a', { public_key, share_key: 'NEWKEY00' });
  await prove(again, 'node-a', privateKey);
  expect([again.last('registered').share_key, await host.nodes.shareKeyOf('node-a')]).toEqual(['NEWKEY00', 'NEWKEY00']);
});

test('N3: registered says how often to beat, which session this is and what it serves', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  expect(node.last('registered')).toMatchObject({
    heartbeat_seconds: 15,
    session_epoch: 1,
    server_time: host.timers.now(),
    workspaces: [{ id: 'ws-1', name: 'Workspace' }],
    workspace_ids: ['ws-1'],
  });
});

test('N5: a second connection replaces the first, whose messages are dropped from then on', async () => {
  const host = await startHost();
  const first = await host.join('node-a');
  const late = first.socket.listeners('message')[0];
  const second = await host.join('node-a');
  expect([first.socket.closed, second.last('registered').session_epoch]).toEqual([
    { code: 4002, reason: 'replaced' },
    2,
  ]);
  late?.(Buffer.from('{"type":"heartbeat","available":false}'), false);
  await settle();
  expect((await host.nodes.get('node-a'))?.available).toBe(true);
});

test('a workspace key brings a node that waits for an admin, and gets jobs only when it is let in', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { join_key: workspaceKey });
  expect(node.last('registered').workspace_ids).toEqual([]);
  await host.submit();
  expect((await host.nodes.list({ workspaceId: 'ws-1' }))[0]?.workspaces).toMatchObject([
    { id: 'ws-1', state: 'waits' },
  ]);
  await host.nodes.approve('ws-1', 'node-a');
  await settle();
  expect([node.all('workspaces_changed').length, node.all('job_assign').length]).toEqual([1, 1]);
});

test('S15: a node that is taken out loses its jobs and, when it serves nothing more, its connection', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { join_key: workspaceKey });
  await host.nodes.approve('ws-1', 'node-a');
  const jobId = await host.submit();
  const { fence } = node.last('job_assign');
  await host.nodes.removeFrom('ws-1', 'node-a');
  await settle();
  expect([node.last('job_cancel').fence, node.socket.closed?.code]).toEqual([fence, 4004]);
  expect(await host.jobs.get(jobId)).toMatchObject({ state: 'queued', nodeId: null });
});

test('a paused, draining or leaving node is given nothing; limits change what fits', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  await node.say({ type: 'heartbeat', available: false });
  const jobId = await host.submit();
  const reason = async () => (await host.jobs.explain(jobId)).nodes[0]?.code;
  expect(await reason()).toBe('paused');
  await node.say({ type: 'heartbeat', available: true });
  expect(node.all('job_assign').length).toBe(1);
  await node.say({ type: 'limits_changed', resource_limits: { cpuCores: 1 } });
  const second = await host.submit({ requires: { cores: 2 } });
  expect((await host.jobs.explain(second)).nodes[0]?.code).toBe('cores_not_shared');
  await node.say({ type: 'leave' });
  expect(await host.jobs.get(jobId)).toMatchObject({ attempts: [{ outcome: 'lost', error: { code: 'node_left' } }] });
});

test('what a node says of its machine later takes effect at once', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { executors: [] });
  const jobId = await host.submit({ requires: { cores: 4 } });
  const code = async () => (await host.jobs.explain(jobId)).nodes[0]?.code;
  expect(await code()).toBe('no_executor');
  const capabilities = { node_id: 'another', name: 'Renamed', cpu: { cores: 8 }, memory: { total_mb: 4096 } };
  await node.say({ type: 'capabilities_changed', capabilities, executors: ['script'] });
  expect(node.last('job_assign').job_id).toBe(jobId);
  expect(await host.nodes.get('node-a')).toMatchObject({ name: 'Renamed', capabilities: { node_id: 'node-a' } });
});

test('N13: limits are changed from afar only while the owner has that switched on', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { remote_control_enabled: false });
  await expect(host.nodes.setLimits('node-a', { cpuCores: 1 })).rejects.toMatchObject({ code: 'remote_control_off' });
  await node.say({ type: 'heartbeat', remote_control_enabled: true });
  expect((await host.nodes.setLimits('node-a', { cpuCores: 1 })).resourceLimits).toEqual({ cpuCores: 1 });
  await settle();
  expect(node.last('control')).toMatchObject({ action: 'limits', resource_limits: { cpuCores: 1 } });
  node.socket.close(1000, '');
  await expect(host.nodes.setLimits('node-a', { cpuCores: 1 })).rejects.toMatchObject({ code: 'node_away' });
});

test('N13: a node is paused, drained, resumed and restarted from afar only while its owner allows it', async () => {
  const host = await startHost();
  const node = await host.join('node-a', { remote_control_enabled: false });
  await expect(host.nodes.control('node-a', 'drain')).rejects.toMatchObject({ code: 'remote_control_off' });
  await node.say({ type: 'heartbeat', remote_control_enabled: true });
  for (const action of ['pause', 'drain', 'resume', 'restart'] as const) await host.nodes.control('node-a', action);
  await settle();
  expect(node.all('control').map(({ action }) => action)).toEqual(['pause', 'drain', 'resume', 'restart']);
  node.socket.close(1000, '');
  await expect(host.nodes.control('node-a', 'pause')).rejects.toMatchObject({ code: 'node_away' });
  await expect(host.nodes.control('node-x', 'pause')).rejects.toMatchObject({ code: 'not_found' });
});

test('N13: a draining node finishes what it has and is given nothing; one that is available again has ended its drain', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  const first = await host.submit();
  const { fence } = node.last('job_assign');
  await node.say({ type: 'drain' }, { type: 'heartbeat', available: false });
  const second = await host.submit();
  expect((await host.jobs.explain(second)).nodes[0]?.code).toBe('draining');
  await node.say({ type: 'job_done', job_id: first, fence, result: 1 });
  expect([(await host.jobs.get(first))?.state, node.all('job_assign').length]).toEqual(['succeeded', 1]);
  await node.say({ type: 'heartbeat', available: true });
  expect(node.last('job_assign').job_id).toBe(second);
});

test('S10: malformed messages are answered and the connection lives; three in a row close it; unknown ones are ignored', async () => {
  const host = await startHost();
  const node = await host.join('node-a');
  await raw(node, '{"type":"job_ack"}');
  expect(node.last('error')).toMatchObject({ code: 'malformed_message' });
  await raw(node, 'no json');
  await raw(node, '{"type":"from_the_future","x":1}');
  await node.say({ type: 'heartbeat' });
  await raw(node, '[1]');
  await raw(node, '{"type":"heartbeat","current_jobs":-1}');
  expect(node.socket.closed).toBeNull();
  await raw(node, '{}');
  expect([node.all('error').length, node.socket.closed]).toEqual([5, { code: 4003, reason: 'malformed' }]);
});

test('S10: who does not say who it is, does not read, or sends without end is disconnected', async () => {
  const host = await startHost();
  const silent = host.open();
  await host.pass(11_000);
  expect(silent.socket.closed?.code).toBe(4001);
  const slow = await host.join('node-a');
  slow.socket.bufferedAmount = maxLag + 1;
  await host.submit();
  expect(slow.socket.closed?.code).toBe(4005);
  const flood = await host.join('node-b', { share_key: 'AB3X7K9N' });
  const beats = JSON.stringify(Array.from({ length: 4_000 }, () => ({ type: 'heartbeat' })));
  for (let frame = 0; frame < 250; frame += 1) flood.socket.receive(beats);
  expect(flood.socket.closed?.code).toBe(4008);
});

test('cards of nodes are told to the workspace, a few times a second at most', async () => {
  const host = await startHost();
  const told: unknown[] = [];
  host.hub.subscribe('ws-1', 'workspace:ws-1', undefined, ({ event }) => told.push(event));
  const node = await host.join('node-a');
  for (let index = 0; index < 20; index += 1) await node.say({ type: 'heartbeat', available: index % 2 === 1 });
  await host.pass(250);
  expect(told).toMatchObject([
    { kind: 'node.changed', node: { id: 'node-a', status: 'online', available: true, embedded: true } },
  ]);
});

test('after a restart nodes are known as they were, and away until they come back', async () => {
  const host = await startHost();
  await host.join('node-a');
  await host.stop();
  const again = await startHost(host);
  const [node] = await again.nodes.list({});
  expect(node).toMatchObject({ id: 'node-a', status: 'away', workspaces: [{ id: 'ws-1', state: 'serves' }] });
  expect((await again.join('node-a')).last('registered').session_epoch).toBe(2);
});
