import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCodec } from './codec.ts';
import { liveClientMessages } from './live.ts';
import { hostMessages, nodeMessages } from './node.ts';

const codec = createCodec(nodeMessages);

test('the three messages of the first system are read as they were', () => {
  const register = {
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
  expect(codec.decode(JSON.stringify([register, heartbeat]))).toEqual([
    { status: 'message', message: register },
    { status: 'message', message: heartbeat },
  ]);
  const registered = { type: 'registered', node_id: 'node-abc123', share_key: 'AB3X7K9M', workspace_ids: ['ws-123'] };
  expect(createCodec(hostMessages).decode(JSON.stringify(registered))).toEqual([
    { status: 'message', message: registered },
  ]);
});

test('an unknown type is named, an unknown field let through, a wrong field told with its path', () => {
  expect(codec.decode('{"type":"hologram","x":1}')).toEqual([{ status: 'unknown', type: 'hologram' }]);
  expect(codec.decode('{"type":"heartbeat","mood":"good"}')[0]).toMatchObject({ status: 'message' });
  expect(codec.decode('{"type":"heartbeat","current_jobs":-1}')[0]).toMatchObject({
    status: 'malformed',
    path: '/current_jobs',
  });
});

test('no frame makes a codec throw', () => {
  const codecs = [codec, createCodec(hostMessages), createCodec(liveClientMessages)];
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (frame) => {
      for (const each of codecs) expect(Array.isArray(each.decode(frame))).toBe(true);
    }),
  );
});
