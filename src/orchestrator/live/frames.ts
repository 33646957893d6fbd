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

/**
 * Sends to one socket. A class, with nothing in it that a silent connection does not need: a host holds one for each of
 * thousands of nodes.
 */
export class Sender {
  readonly #socket: Socket;
  readonly #slow: number;
  /** Messages of this turn of the event loop, as JSON. */
  #waiting: string[] | null = null;
  #batches = false;
  #closed = false;

  /** A receiver that lags too far behind is closed with the code `slow`. */
  constructor(socket: Socket, slow: number) {
    this.#socket = socket;
    this.#slow = slow;
  }

  send(message: object): void {
    if (this.#closed) return;
    const json = JSON.stringify(message);
    if (this.#waiting !== null) {
      this.#waiting.push(json);
      return;
    }
    this.#waiting = [json];
    setImmediate(flush, this);
  }

  /** From now on several messages may share a frame, as an array. */
  allowBatches(): void {
    this.#batches = true;
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#closed) return;
    this.#write();
    if (this.#socket.bufferedAmount > maxLag) this.close(this.#slow, 'slow');
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#write();
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), closeWithin).unref();
  }

  #write(): void {
    const messages = this.#waiting;
    this.#waiting = null;
    if (messages === null || this.#socket.readyState !== open) return;
    for (const frame of this.#batches ? framesOf(messages) : messages) this.#socket.send(frame);
  }
}

const flush = (sender: Sender) => sender.flush();

/** Puts messages together into arrays, each frame bounded; one message alone stays bare. */
export function framesOf(messages: readonly string[]): string[] {
  const frames: string[] = [];
  let from = 0;
  let size = 0;
  for (let index = 0; index < messages.length; index += 1) {
    const { length } = messages[index] ?? '';
    if (index > from && (size + length > frameSize || index - from >= 4_000)) {
      frames.push(frame(messages.slice(from, index)));
      from = index;
      size = 0;
    }
    size += length;
  }
  if (from < messages.length) frames.push(frame(from === 0 ? messages : messages.slice(from)));
  return frames;
}

/** The brackets go in before the texts are joined: around the long text they would have it copied once more. */
const frame = ([first = '', ...others]: readonly string[]) =>
  others.length === 0 ? first : [`[${first}`, ...others.slice(0, -1), `${others.at(-1)}]`].join(',');

/** A bucket of tokens that refills by so many a second, up to `burst`. */
export class RateBound {
  readonly #rate: { readonly perSecond: number; readonly burst: number };
  #tokens: number;
  #at: number;

  constructor(rate: { readonly perSecond: number; readonly burst: number }, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Whether so many messages are still within the rate. */
  allows(count: number, now: number): boolean {
    const since = Math.max(0, now - this.#at);
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (since * this.#rate.perSecond) / 1_000) - count;
    this.#at = now;
    return this.#tokens >= 0;
  }
}
