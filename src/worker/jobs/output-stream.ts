import { limits } from '../../shared/model/values.ts';
import { chunkWindow, nodeTimings } from '../../shared/protocol/node.ts';
import type { ChunkStream } from '../executors/executor.ts';

export interface Chunk {
  seq: number;
  stream: ChunkStream;
  text: string;
}

/**
 * What one attempt writes, on its way to the host (N9): chunks of at most 64 KiB with rising numbers; logs gathered for
 * 200 ms, tokens at once; at most 32 unacknowledged, then `write` waits and so pauses the executor.
 */
export interface OutputStream {
  /** Resolves when there is room for more. */
  write(stream: ChunkStream, text: string): Promise<void>;
  /** The host has everything up to `seq`. */
  acknowledged(seq: number): void;
  /** The host is there again and has everything up to `seq`: the rest is sent anew. */
  resume(seq: number): void;
  /** The attempt is over: what is gathered goes now, and nothing waits any longer. */
  end(): void;
  readonly ackedSeq: number;
}

interface Gathered {
  stream: ChunkStream;
  text: string;
  bytes: number;
}

export interface OutputStreamOptions {
  send(chunk: Chunk): void;
  flushMs?: number;
  window?: number;
  chunkBytes?: number;
}

export function createOutputStream(options: OutputStreamOptions): OutputStream {
  const { send, flushMs = nodeTimings.logFlush, window = chunkWindow, chunkBytes = limits.chunk } = options;
  let unacknowledged: Chunk[] = [];
  let waiting: (() => void)[] = [];
  let gathered: Gathered | null = null;
  let timer: NodeJS.Timeout | undefined;
  let nextSeq = 0;
  let ackedSeq = -1;
  let ended = false;

  const hasRoom = () => ended || unacknowledged.length < window;
  const room = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const wake = () => {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };

  /** What is gathered goes, unless the window is full: then it goes with the next acknowledgement. */
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered === null || !hasRoom()) return;
    const { stream, text } = gathered;
    gathered = null;
    const chunk = { seq: nextSeq++, stream, text };
    unacknowledged.push(chunk);
    send(chunk);
  };

  /** Waits until a piece can join what is gathered, or begin it anew; false when the attempt is over. */
  const makeRoom = async (stream: ChunkStream, bytes: number): Promise<boolean> => {
    for (;;) {
      if (ended) return false;
      if (!hasRoom()) await room();
      else if (gathered !== null && (gathered.stream !== stream || gathered.bytes + bytes > chunkBytes)) flush();
      else return true;
    }
  };

  const gather = (stream: ChunkStream, piece: string, bytes: number) => {
    const before: Gathered = gathered ?? { stream, text: '', bytes: 0 };
    gathered = { stream, text: before.text + piece, bytes: before.bytes + bytes };
    if (stream !== 'log' || gathered.bytes >= chunkBytes) flush();
    else timer ??= setTimeout(flush, flushMs);
  };

  const forget = (seq: number) => {
    ackedSeq = Math.max(ackedSeq, Math.min(seq, nextSeq - 1));
    unacknowledged = unacknowledged.filter((chunk) => chunk.seq > ackedSeq);
    if (timer === undefined) flush();
    if (hasRoom()) wake();
  };

  return {
    get ackedSeq() {
      return ackedSeq;
    },
    async write(stream, text) {
      for (const { piece, bytes } of cut(text, chunkBytes)) {
        if (!(await makeRoom(stream, bytes))) return;
        gather(stream, piece, bytes);
      }
      while (!hasRoom()) await room();
    },
    acknowledged: forget,
    resume(seq) {
      forget(seq);
      for (const chunk of unacknowledged) send(chunk);
    },
    end() {
      if (ended) return;
      ended = true;
      flush();
      wake();
    },
  };
}

/** Cuts a text into pieces of at most `most` bytes of UTF-8, never inside a character. */
export function* cut(text: string, most: number): Generator<{ piece: string; bytes: number }> {
  let from = 0;
  while (from < text.length) {
    let to = Math.min(text.length, from + most);
    let bytes = Buffer.byteLength(text.slice(from, to));
    while (bytes > most) {
      to = from + Math.max(1, Math.floor(((to - from) * most) / bytes));
      if (isHighSurrogate(text, to - 1)) to = to - 1 > from ? to - 1 : to + 1;
      bytes = Buffer.byteLength(text.slice(from, to));
    }
    if (to < text.length && isHighSurrogate(text, to - 1) && to - 1 > from) {
      to -= 1;
      bytes = Buffer.byteLength(text.slice(from, to));
    }
    yield { piece: text.slice(from, to), bytes };
    from = to;
  }
}

function isHighSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff;
}
