/**
 * The least that streaming through a host takes: chunks in from a worker, each to the socket of its viewer, and an
 * acknowledgement of the last of each stream in a frame. Speaks as much of both protocols as that needs.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { coalesce, onMessages } from './coalesce.ts';

interface Chunk {
  type: string;
  job_id: string;
  fence: string;
  seq: number;
  text: string;
}

process.on('message', (message: { type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.type === 'start') serve();
});

function serve(): void {
  const viewers = new Map<string, (message: object) => void>();
  let toWorker: (message: object) => void = () => undefined;

  const serveWorker = (socket: WebSocket) => {
    toWorker = coalesce(socket);
    socket.on('message', (data) => {
      const last = new Map<string, Chunk>();
      for (const chunk of [JSON.parse(String(data)) as Chunk | Chunk[]].flat()) {
        if (chunk.type === 'register') toWorker({ type: 'registered' });
        if (chunk.type !== 'chunk') continue;
        viewers.get(chunk.job_id)?.({ jobId: chunk.job_id, seq: chunk.seq, text: chunk.text });
        last.set(chunk.job_id, chunk);
      }
      for (const { job_id, fence, seq } of last.values()) toWorker({ type: 'chunk_ack', job_id, fence, seq });
    });
  };
  const serveViewer = (socket: WebSocket) => {
    const send = coalesce(socket);
    onMessages<{ view: string; input: object }>(socket, ({ view, input }) => {
      viewers.set(view, send);
      toWorker({ type: 'job_assign', job_id: view, fence: '1.1', input });
      send({ viewing: view });
    });
  };
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, request) => {
    if (request.url === '/worker') serveWorker(socket);
    else serveViewer(socket);
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
}
