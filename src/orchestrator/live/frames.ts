/** What both gateways do with a socket: frames coalesced per turn of the event loop, and bounds in both directions. */
import type { WebSocket } from 'ws';

/** As much of `ws` as is used, so that tests can do without a network. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'terminate' | 'bufferedAmount' | 'readyState'>;

const open = 1;
/** Bytes of one frame at most when messages are put together; receivers take 1 MiB. */
const frameSize = 256 * 1024;
/** A receiver that lags so many bytes behind is too slow. */
export const maxLag = 8 * 1024 * 1024;
/** How long a closing handshake may take. */
const closeWithin = 2_000;

export interface Sender {
  send(message: object): void;
  /** From now on several messages may share a frame, as an array. */
  allowBatches(): void;
  close(code: number, reason: string): void;
}

/** `onSlow` is called once when the receiver lags too far behind; it should close. */
export function createSender(socket: Socket, onSlow: () => void): Sender {
  let waiting: string[] = [];
  let scheduled = false;
  let batches = false;
  let closed = false;
  const write = () => {
    const messages = waiting;
    waiting = [];
    if (socket.readyState !== open) return;
    for (const frame of batches ? framesOf(messages) : messages) socket.send(frame);
  };
  const flush = () => {
    scheduled = false;
    if (closed) return;
    write();
    if (socket.bufferedAmount > maxLag) onSlow();
  };
  return {
    send(message) {
      if (closed) return;
      waiting.push(JSON.stringify(message));
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    allowBatches() {
      batches = true;
    },
    close(code, reason) {
      if (closed) return;
      closed = true;
      write();
      socket.close(code, reason);
      setTimeout(() => socket.terminate(), closeWithin).unref();
    },
  };
}

/** Puts messages together into arrays, each frame bounded; one message alone stays bare. */
export function* framesOf(messages: readonly string[]): Iterable<string> {
  let from = 0;
  let size = 0;
  for (const [index, message] of messages.entries()) {
    if (index > from && (size + message.length > frameSize || index - from >= 4_000)) {
      yield frame(messages.slice(from, index));
      from = index;
      size = 0;
    }
    size += message.length;
  }
  if (from < messages.length) yield frame(from === 0 ? messages : messages.slice(from));
}

const frame = (messages: readonly string[]) =>
  messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(',')}]`;

/** A bucket of tokens: whether so many messages are still within the rate. */
export function createRateBound(perSecond: number, burst: number, now: () => number): (count: number) => boolean {
  let tokens = burst;
  let at = now();
  return (count) => {
    const time = now();
    tokens = Math.min(burst, tokens + (Math.max(0, time - at) * perSecond) / 1_000);
    at = time;
    tokens -= count;
    return tokens >= 0;
  };
}
