/** Starts the bare limit: client (this process), relay and worker, three plain processes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { coalesce, onMessages } from './coalesce.ts';
import type { JobRelay, Payload } from './job-relay.ts';
import { startProgram } from './processes.ts';

const program = (name: string) => join(import.meta.dirname, name);

export async function startBareRelay(): Promise<JobRelay> {
  const folder = await mkdtemp(join(tmpdir(), 'otherthing-relay-'));
  const relay = await startProgram<{ port: number }>(program('bare-relay-host.ts'), { folder });
  const url = `ws://127.0.0.1:${relay.ready.port}`;
  const worker = await startProgram(program('bare-relay-worker.ts'), { url: `${url}/worker` });
  const socket = new WebSocket(`${url}/client`, { perMessageDeflate: false });
  await new Promise((resolve) => socket.once('open', resolve));
  const send = coalesce(socket);
  const calls = new Map<number, () => void>();
  let ended: () => void = () => undefined;
  onMessages<{ ack?: number; done?: string }>(socket, ({ ack, done }) => {
    if (done !== undefined) ended();
    if (ack === undefined) return;
    calls.get(ack)?.();
    calls.delete(ack);
  });
  let id = 0;
  return {
    onEnded(listener) {
      ended = listener;
    },
    submit(inputs: readonly Payload[], acknowledged) {
      id += 1;
      calls.set(id, acknowledged);
      send({ id, inputs });
    },
    async stop() {
      socket.close();
      await worker.stop();
      await relay.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
