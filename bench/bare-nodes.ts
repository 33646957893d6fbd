/** The least that holding nodes takes: a ws server that reads what they say, remembers when, and answers a registration. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

process.on('message', (message: { type?: string }) => {
  if (message.type === 'stop') process.exit(0);
  if (message.type === 'start') serve();
});

function serve(): void {
  const heard = new Map<object, { registration: unknown; at: number }>();
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string };
      const known = heard.get(socket);
      heard.set(socket, { registration: known?.registration ?? message, at: Date.now() });
      if (message.type === 'register') socket.send(JSON.stringify({ type: 'registered', heartbeat_seconds: 15 }));
    });
    socket.on('close', () => heard.delete(socket));
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
}
