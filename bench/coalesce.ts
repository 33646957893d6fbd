import type { WebSocket } from 'ws';

/** Sends messages put together per turn of the event loop, as arrays; what both sides of every comparison do. */
export function coalesce(socket: WebSocket): (message: object) => void {
  let waiting: string[] = [];
  const flush = () => {
    const messages = waiting;
    waiting = [];
    for (let from = 0; from < messages.length; from += 500) {
      const part = messages.slice(from, from + 500);
      socket.send(`[${part.join(',')}]`);
    }
  };
  return (message) => {
    waiting.push(JSON.stringify(message));
    if (waiting.length === 1) setImmediate(flush);
  };
}

/** Reads frames of one message or an array of them. */
export function onMessages<Message>(socket: WebSocket, handle: (message: Message) => void): void {
  socket.on('message', (data) => {
    const parsed = JSON.parse(String(data)) as Message | Message[];
    if (Array.isArray(parsed)) for (const message of parsed) handle(message);
    else handle(parsed);
  });
}
