/** A model's answer while it comes, and when it is there; the same for every wire. */
import type { ChatInput, ChatResult, TokenUsage, ToolCall } from '../model/inference.ts';
import { InferenceFault } from './fault.ts';

/** What one request brought. */
export interface Answer {
  readonly text: string;
  /** The tools that it calls; left out where it calls none. */
  readonly toolCalls?: ToolCall[];
  readonly usage: TokenUsage;
  readonly finishReason: ChatResult['finishReason'];
  readonly model: string;
}

/** What is known while the stream goes on. */
export interface AnswerFold {
  text: string;
  readonly calls: ToolCall[];
  usage: TokenUsage | null;
  finishReason: ChatResult['finishReason'] | null;
  model: string | null;
  /** The server said that the answer is whole. */
  ended: boolean;
}

/** The longest answer that is kept, in characters. */
export const longestAnswer = 4 * 1024 * 1024;

export function newFold(): AnswerFold {
  return { text: '', calls: [], usage: null, finishReason: null, model: null, ended: false };
}

/** Adds text to a fold. Throws `answer_too_large`. */
export function addText(fold: AnswerFold, text: string): void {
  fold.text += text;
  if (fold.text.length > longestAnswer) throw new InferenceFault('answer_too_large', 'The answer has no end.');
}

/** So many tools at most are called at once. */
const mostCalls = 100;

/** Adds a piece of the call at this place, which is the next where the server does not say. Throws `answer_too_large`. */
export function addCall(
  fold: AnswerFold,
  place: number | undefined,
  { id, name = '', words = '' }: { id?: string | undefined; name?: string | undefined; words?: string | undefined },
): void {
  const isNew = id !== undefined && id !== '' && fold.calls.every((call) => call.id !== id);
  const at = place ?? (isNew || fold.calls.length === 0 ? fold.calls.length : fold.calls.length - 1);
  // Servers count on from one call to the next; whatever else they say, nothing is left empty.
  const index = Math.min(at, fold.calls.length);
  if (index >= mostCalls) throw new InferenceFault('answer_too_large', 'The model calls too many tools at once.');
  const before = fold.calls[index] ?? { id: '', name: '', arguments: '' };
  const call = { id: before.id || (id ?? ''), name: before.name || name, arguments: before.arguments + words };
  if (call.arguments.length > longestAnswer)
    throw new InferenceFault('answer_too_large', 'What the model calls a tool with has no end.');
  fold.calls[index] = call;
}

/** The calls as they are kept: each with an id of its own, also where the server gives none. */
function callsOf({ calls }: AnswerFold): ToolCall[] {
  const ids = new Set<string>();
  return calls.map((call, index) => {
    const id = call.id === '' || ids.has(call.id) ? `call_${index + 1}` : call.id.slice(0, 200);
    ids.add(id);
    return { id, name: call.name.slice(0, 200), arguments: call.arguments };
  });
}

/** Some servers say `stop` where they wait for tools. */
function reasonOf({ finishReason, calls }: AnswerFold): Answer['finishReason'] {
  if (calls.length > 0 && (finishReason === null || finishReason === 'stop')) return 'tools';
  return finishReason ?? 'other';
}

/** The answer of a stream that is over. One that the server did not end is broken, however much of it came. */
export function answerOf(fold: AnswerFold, input: Pick<ChatInput, 'model' | 'messages'>): Answer {
  if (!fold.ended) throw new InferenceFault('stream_broken', 'The stream broke off in the middle of the answer.');
  return {
    text: fold.text,
    ...(fold.calls.length === 0 ? {} : { toolCalls: callsOf(fold) }),
    usage: fold.usage ?? estimate(input, fold.text + fold.calls.map((call) => call.name + call.arguments).join('')),
    finishReason: reasonOf(fold),
    model: fold.model ?? input.model,
  };
}

/** About four characters make a token of a language in Latin script; what is counted so is marked as an estimate. */
const charactersPerToken = 4;

export function estimate({ messages }: Pick<ChatInput, 'messages'>, answer: string): TokenUsage {
  const asked = messages.reduce((sum, { content }) => sum + lengthOf(content), 0);
  return { inputTokens: tokensOf(asked), outputTokens: tokensOf(answer.length), estimated: true };
}

export function estimateTexts(texts: readonly string[]): TokenUsage {
  return { inputTokens: tokensOf(texts.reduce((sum, text) => sum + text.length, 0)), outputTokens: 0, estimated: true };
}

function lengthOf(content: ChatInput['messages'][number]['content']): number {
  if (typeof content === 'string') return content.length;
  return content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);
}

const tokensOf = (characters: number) => Math.ceil(characters / charactersPerToken);
