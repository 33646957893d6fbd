/** A model's answer while it comes, and when it is there; the same for every wire. */
import type { ChatInput, ChatResult, TokenUsage } from '../model/inference.ts';
import { InferenceFault } from './fault.ts';

/** What one request brought. */
export interface Answer {
  readonly text: string;
  readonly usage: TokenUsage;
  readonly finishReason: ChatResult['finishReason'];
  readonly model: string;
}

/** What is known while the stream goes on. */
export interface AnswerFold {
  text: string;
  usage: TokenUsage | null;
  finishReason: ChatResult['finishReason'] | null;
  model: string | null;
  /** The server said that the answer is whole. */
  ended: boolean;
}

/** The longest answer that is kept, in characters. */
export const longestAnswer = 4 * 1024 * 1024;

export function newFold(): AnswerFold {
  return { text: '', usage: null, finishReason: null, model: null, ended: false };
}

/** Adds text to a fold. Throws `answer_too_large`. */
export function addText(fold: AnswerFold, text: string): void {
  fold.text += text;
  if (fold.text.length > longestAnswer) throw new InferenceFault('answer_too_large', 'The answer has no end.');
}

/** The answer of a stream that is over. One that the server did not end is broken, however much of it came. */
export function answerOf(fold: AnswerFold, input: ChatInput): Answer {
  if (!fold.ended) throw new InferenceFault('stream_broken', 'The stream broke off in the middle of the answer.');
  return {
    text: fold.text,
    usage: fold.usage ?? estimate(input, fold.text),
    finishReason: fold.finishReason ?? 'other',
    model: fold.model ?? input.model,
  };
}

/** About four characters make a token of a language in Latin script; what is counted so is marked as an estimate. */
const charactersPerToken = 4;

export function estimate({ messages }: ChatInput, answer: string): TokenUsage {
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
