/** What models write, on a terminal as it comes: one of them at a time, the others when it is their turn. Pure but for `write`. */
import type { OutputChunk } from '../shared/model/job.ts';

export interface TokenWriter {
  /** Chunks of a job; those that were written already are passed over. */
  chunks(jobId: string, name: string, chunks: readonly OutputChunk[]): void;
  /** The job has ended: the next may write. */
  ended(jobId: string): void;
  /** A line that is not of a model; it begins on a line of its own. */
  line(text: string): void;
  /** The last chunk of a job that is known, to go on from. */
  last(jobId: string): { attempt: number; seq: number };
}

interface Speaker {
  name: string;
  last: { attempt: number; seq: number };
  waiting: string;
  ended: boolean;
}

/** Of a model that waits for its turn, the end is kept. */
const mostWaiting = 64 * 1024;
const before = { attempt: 1, seq: -1 };

export function createTokenWriter(write: (text: string) => void): TokenWriter {
  const speakers = new Map<string, Speaker>();
  let speaking: string | null = null;
  let atLineStart = true;

  const of = (jobId: string): Speaker => {
    const speaker = speakers.get(jobId) ?? { name: '', last: before, waiting: '', ended: false };
    speakers.set(jobId, speaker);
    return speaker;
  };
  const put = (text: string) => {
    if (text === '') return;
    write(text);
    atLineStart = text.endsWith('\n');
  };
  const line = (text: string) => put(`${atLineStart ? '' : '\n'}${text}\n`);
  const speak = (jobId: string, speaker: Speaker) => {
    speaking = jobId;
    line(`  ${speaker.name}:`);
    put(speaker.waiting);
    speaker.waiting = '';
  };
  const next = () => {
    speaking = null;
    for (const [jobId, speaker] of speakers) {
      if (speaker.waiting === '') continue;
      speak(jobId, speaker);
      if (!speaker.ended) return;
      speaking = null;
    }
  };

  return {
    chunks(jobId, name, chunks) {
      const speaker = of(jobId);
      speaker.name = name;
      const text = take(speaker, chunks);
      if (text === '') return;
      if (speaking === jobId) return put(text);
      speaker.waiting = (speaker.waiting + text).slice(-mostWaiting);
      if (speaking === null) speak(jobId, speaker);
      // What arrives after the end of its job takes nobody's turn.
      if (speaking === jobId && speaker.ended) next();
    },
    ended(jobId) {
      of(jobId).ended = true;
      if (speaking === jobId) next();
    },
    line,
    last: (jobId) => speakers.get(jobId)?.last ?? before,
  };
}

/** The tokens that are new; another attempt begins anew. */
function take(speaker: Speaker, chunks: readonly OutputChunk[]): string {
  let text = '';
  for (const { attempt, seq, stream, text: more } of chunks) {
    const { last } = speaker;
    if (attempt < last.attempt || (attempt === last.attempt && seq <= last.seq)) continue;
    if (attempt > last.attempt) text += '\n(asked again)\n';
    speaker.last = { attempt, seq };
    if (stream === 'token') text += more;
  }
  return text;
}
