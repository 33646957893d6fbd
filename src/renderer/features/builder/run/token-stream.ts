/** What a model has written so far, from the chunks of its job. Pure. */
import type { OutputChunk } from '../../../../shared/model/job.ts';

export interface TokenStream {
  /** The end of what it wrote in its latest try. */
  text: string;
  /** How many tokens that is: an estimate of four characters each, until the model's own figure comes with the result. */
  tokens: number;
  /** Tokens in a second since the first; null while there is nothing to measure. */
  perSecond: number | null;
}

/** Characters that a well can show, with room to spare. */
const mostShown = 1200;
const charactersPerToken = 4;
/** A speed of less time than this says little. */
const leastMs = 250;

/** A try that starts again, or is asked again in the same try (a log line stands between), begins anew. */
export function tokenStream(chunks: readonly OutputChunk[]): TokenStream {
  const attempt = chunks.at(-1)?.attempt;
  const parts: string[] = [];
  let length = 0;
  let [first, last] = [0, 0];
  for (let at = chunks.length - 1; at >= 0; at -= 1) {
    const chunk = chunks[at];
    if (chunk === undefined || chunk.attempt !== attempt) break;
    if (chunk.stream === 'log' && length > 0) break;
    if (chunk.stream !== 'token') continue;
    if (length < mostShown) parts.push(chunk.text);
    length += chunk.text.length;
    if (last === 0) last = chunk.at;
    first = chunk.at;
  }
  const tokens = Math.ceil(length / charactersPerToken);
  const ms = last - first;
  return {
    text: parts.reverse().join('').slice(-mostShown),
    tokens,
    perSecond: ms < leastMs ? null : Math.round((tokens * 1000) / ms),
  };
}
