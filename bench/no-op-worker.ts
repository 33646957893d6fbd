/** A worker that speaks the node protocol and answers every job at once: 64 at a time. Forked by the benchmarks. */
import { WebSocket } from 'ws';
import type { HostMessage, NodeMessage } from '../src/shared/protocol/node.ts';
import { coalesce, onMessages } from './coalesce.ts';
import { result } from './payload.ts';

process.on('message', (message: { url?: string; workerToken?: string; type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.url !== undefined) work(message.url, message.workerToken ?? '');
});

function work(url: string, workerToken: string): void {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const send: (message: NodeMessage) => void = coalesce(socket);
  socket.on('open', () =>
    send({
      type: 'register',
      share_key: 'BENCH000',
      capabilities: { node_id: 'node-bench', cpu: { cores: 64 }, memory: { total_mb: 65_536 } },
      executors: ['noop'],
      join_key: workerToken,
    }),
  );
  onMessages<HostMessage>(socket, (message) => {
    if (message.type === 'registered') process.send?.({ type: 'ready' });
    if (message.type !== 'job_assign') return;
    const { job_id, fence } = message;
    send({ type: 'job_ack', job_id, fence });
    send({ type: 'job_done', job_id, fence, result, run_ms: 0 });
  });
  const beat = setInterval(() => send({ type: 'heartbeat', available: true, current_jobs: 0 }), 15_000);
  socket.on('close', () => clearInterval(beat));
}
