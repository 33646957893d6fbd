/** What agents did, read again from what their jobs wrote, and in words. Pure. */
import { Check } from 'typebox/value';
import { AgentCall } from './agent.ts';
import type { OutputChunk } from './job.ts';

export interface CallEnd {
  readonly result?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly usage?: NonNullable<AgentCall['usage']>;
  readonly earlier?: boolean;
}

/** Characters of one text that are shown; the job of a call has it whole. */
const mostShown = 4_000;

export function cutText(text: string): { text: string; cut: boolean } {
  if (text.length <= mostShown) return { text, cut: false };
  // Half of a pair of surrogates is no text.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(mostShown - 1)) ? mostShown - 1 : mostShown;
  return { text: text.slice(0, end), cut: true };
}

/** The calls of the latest try, each as it was told last. Lines of another kind are passed over. */
export function callsIn(chunks: readonly Pick<OutputChunk, 'attempt' | 'stream' | 'text'>[]): AgentCall[] {
  const attempt = chunks.at(-1)?.attempt;
  const text = chunks
    .filter((chunk) => chunk.stream === 'progress' && chunk.attempt === attempt)
    .map((chunk) => chunk.text)
    .join('');
  const calls = new Map<number, AgentCall>();
  for (const line of text.split('\n')) {
    const call = line === '' ? null : read(line);
    if (call !== null) calls.set(call.number, call);
  }
  return [...calls.values()].sort((one, other) => one.number - other.number);
}

function read(line: string): AgentCall | null {
  try {
    const value: unknown = JSON.parse(line);
    return Check(AgentCall, value) ? value : null;
  } catch {
    return null;
  }
}

/** "weather {"city":"Oslo"}: 200 … (1.2 s)", for a log. */
export function callInWords({ what, name, turn, error, result, ms = 0, earlier, ...call }: AgentCall): string {
  const asked = what === 'model' ? `Turn ${turn}, ${name}` : `${name} ${oneLine(call.arguments ?? '')}`.trim();
  const answered = error === undefined ? oneLine(result ?? '') : `${error.code}: ${oneLine(error.message)}`;
  const took = earlier === true ? 'done before' : `${(ms / 1000).toFixed(1)} s`;
  return `${asked}: ${answered === '' ? '(no text)' : answered} (${took})`;
}

const mostInLine = 300;
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > mostInLine ? `${line.slice(0, mostInLine)}…` : line;
}
