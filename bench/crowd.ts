/** So many nodes in one process: each its own socket, which registers and then sends a heartbeat every 15 s. */
import { setTimeout as wait } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { NodeMessageOf } from '../src/shared/protocol/node.ts';
import { formatShareKey } from '../src/shared/share-key.ts';

export interface CrowdStart {
  url: string;
  /** Numbers of the nodes. */
  from: number;
  to: number;
  joinKey?: string;
}

const heartbeatMs = 15_000;
/** Sockets that are being opened at the same time. */
const atOnce = 32;
const gpus = [{ id: 'gpu-0', vendor: 'nvidia', model: 'NVIDIA GeForce RTX 4070', memory_mb: 12_282 }];

process.on('message', (message: Partial<CrowdStart> & { type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.url !== undefined) void join(message as CrowdStart);
});

async function join(start: CrowdStart): Promise<void> {
  let next = start.from;
  const lane = async () => {
    while (next < start.to) {
      next += 1;
      await joinOne(start, next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  process.send?.({ type: 'ready' });
}

async function joinOne({ url, joinKey }: CrowdStart, number: number): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('error', (error) => fail(`node ${number}: ${error.message}`));
  socket.on('close', (code) => fail(`node ${number} was closed with ${code}`));
  await new Promise((resolve) => socket.once('open', resolve));
  const registered = new Promise((resolve) => socket.once('message', resolve));
  socket.send(JSON.stringify(registrationOf(number, joinKey)));
  await registered;
  const beat = JSON.stringify({ type: 'heartbeat', available: true, current_jobs: 0, remote_control_enabled: false });
  // Spread over the time, as with nodes that started whenever they did.
  void wait(Math.random() * heartbeatMs).then(() => setInterval(() => socket.send(beat), heartbeatMs));
}

/** As the product's own worker says it. */
function registrationOf(number: number, joinKey: string | undefined): NodeMessageOf<'register'> {
  const id = String(number).padStart(26, '0');
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(number, 1);
  return {
    type: 'register',
    share_key: formatShareKey(bytes),
    capabilities: {
      node_id: `node-${id}`,
      name: `machine-${number}`,
      cpu: { model: 'AMD Ryzen 9 7950X 16-Core Processor', cores: 16 },
      memory: { total_mb: 65_536 },
      storage: { total_gb: 2_000 },
      gpus,
    },
    workspace_ids: [],
    resource_limits: { cpuCores: 12, ramPercent: 50 },
    remote_control_enabled: false,
    executors: ['script', 'ocr'],
    version: '0.0.0-bench',
    running: [],
    ...(joinKey === undefined ? {} : { join_key: joinKey }),
  };
}

function fail(what: string): never {
  process.stderr.write(`${what}\n`);
  process.exit(1);
}
