/** The worker of the bare relay: answers every job at once. */
import { WebSocket } from 'ws';
import { coalesce, onMessages } from './coalesce.ts';
import { result } from './payload.ts';

process.on('message', (message: { url?: string; type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.url === undefined) return;
  const socket = new WebSocket(message.url, { perMessageDeflate: false });
  const send = coalesce(socket);
  socket.on('open', () => process.send?.({ type: 'ready' }));
  onMessages<{ job: string }>(socket, ({ job }) => send({ job, result }));
});
