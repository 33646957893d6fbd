/**
 * Sends what comes after a pause at once, and gathers what comes within a moment of it: a slow model is seen word by word,
 * and a fast one does not make an event of every letter (F9).
 */
import type { OutputChunk } from '../../shared/model/job.ts';
import { limits } from '../../shared/model/values.ts';
import type { Timers } from '../timers.ts';

const moment = 20;
/** Characters of one chunk; UTF-8 takes up to three bytes for each. */
const largest = Math.floor(limits.chunk / 3);

export function createWriter(
  timers: Timers,
  send: (seq: number, stream: OutputChunk['stream'], text: string) => void,
): { write(stream: OutputChunk['stream'], text: string): void; end(): void } {
  let seq = 0;
  let stream: OutputChunk['stream'] = 'log';
  let text = '';
  let stopWaiting: (() => void) | null = null;

  const flush = () => {
    for (let at = 0; at < text.length; at += largest) {
      send(seq, stream, text.slice(at, at + largest));
      seq += 1;
    }
    text = '';
  };
  /** Sends what there is; a moment in which nothing came ends the gathering. */
  const sendAndGather = () => {
    stopWaiting = null;
    if (text === '') return;
    flush();
    stopWaiting = timers.after(moment, sendAndGather);
  };
  return {
    write(to, more) {
      if (more === '') return;
      if (to !== stream) flush();
      stream = to;
      text += more;
      if (text.length >= largest) flush();
      else if (stopWaiting === null) sendAndGather();
    },
    end() {
      stopWaiting?.();
      stopWaiting = null;
      flush();
    },
  };
}
