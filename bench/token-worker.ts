/** A worker that streams tokens: as many as a job asks for, 32 unacknowledged at most (N9). Forked by the benchmarks. */
import { WebSocket } from 'ws';
import { chunkWindow, type HostMessage, type NodeMessage } from '../src/shared/protocol/node.ts';
import { coalesce, onMessages } from './coalesce.ts';
import { type Streamed, type StreamJob, token } from './stream-job.ts';

process.on('message', (message: { url?: string; workerToken?: string; type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.url !== undefined) work(message.url, message.workerToken ?? '');
});

interface Stream {
  fence: string;
  job: StreamJob;
  sent: number;
  acknowledged: number;
}

function work(url: string, workerToken: string): void {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const send: (message: NodeMessage) => void = coalesce(socket);
  const streams = new Map<string, Stream>();
  socket.on('open', () =>
    send({
      type: 'register',
      share_key: 'BENCH000',
      capabilities: { node_id: 'node-bench', cpu: { cores: 64 }, memory: { total_mb: 65_536 } },
      executors: ['tokens'],
      join_key: workerToken,
    }),
  );
  const next = (job_id: string, stream: Stream) => {
    send({ type: 'chunk', job_id, fence: stream.fence, seq: stream.sent, stream: 'token', text: token() });
    stream.sent += 1;
  };
  const more = (job_id: string, stream: Stream) => {
    const { tokens, everyMs } = stream.job;
    while (everyMs === 0 && stream.sent < tokens && stream.sent - stream.acknowledged < chunkWindow)
      next(job_id, stream);
    if (stream.acknowledged < tokens) return;
    streams.delete(job_id);
    send({ type: 'job_done', job_id, fence: stream.fence, result: null, run_ms: 0 });
  };
  const slowly = (job_id: string, stream: Stream) => {
    const timer = setInterval(() => {
      next(job_id, stream);
      if (stream.sent === stream.job.tokens) clearInterval(timer);
    }, stream.job.everyMs);
  };
  onMessages<HostMessage>(socket, (message) => {
    if (message.type === 'registered') process.send?.({ type: 'ready' } satisfies Streamed);
    if (message.type === 'job_assign') {
      const { job_id, fence } = message;
      const stream: Stream = { fence, job: message.input as StreamJob, sent: 0, acknowledged: 0 };
      streams.set(job_id, stream);
      send({ type: 'job_ack', job_id, fence });
      beginWhenAll();
    }
    if (message.type === 'chunk_ack') {
      const stream = streams.get(message.job_id);
      if (stream === undefined) return;
      stream.acknowledged = Math.max(stream.acknowledged, message.seq + 1);
      more(message.job_id, stream);
    }
  });
  // Begun only when the viewers are there, so that both sides of the comparison stream to somebody.
  let wanted = 0;
  const beginWhenAll = () => {
    if (wanted === 0 || streams.size < wanted) return;
    wanted = 0;
    for (const [jobId, stream] of streams) {
      if (stream.job.everyMs > 0) slowly(jobId, stream);
      else more(jobId, stream);
    }
  };
  process.on('message', (message: { begin?: number }) => {
    wanted = message.begin ?? 0;
    beginWhenAll();
  });
}
