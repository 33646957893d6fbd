/** Answers that must be JSON: read, checked against their schema, and asked for again with what was wrong. */
import Schema from 'typebox/schema';
import type { ChatInput, ChatMessage, ChatResult, TokenUsage } from '../model/inference.ts';
import type { JsonValue } from '../model/values.ts';
import type { Answer } from './answer.ts';
import { InferenceFault } from './fault.ts';

/** One request to the model, with these messages. */
export type Ask = (messages: readonly ChatMessage[]) => Promise<Answer>;

/**
 * Has a chat answered. With a schema the answer is read as JSON and checked; what does not satisfy it is shown to the model
 * with the mistakes, `repairs` times. Usage is the sum of all requests. Throws `output_not_json`, `schema_not_satisfied`.
 */
export async function answerChat(ask: Ask, input: ChatInput): Promise<Omit<ChatResult, 'ms'>> {
  let messages: readonly ChatMessage[] = input.messages;
  let usage: TokenUsage | null = null;
  for (let repairs = input.repairs ?? 0; ; repairs -= 1) {
    const answer = await ask(messages);
    usage = usage === null ? answer.usage : sum(usage, answer.usage);
    if (input.schema === undefined) return { ...answer, usage };
    const read = readJson(answer, input.schema);
    if (read.ok) return { ...answer, usage, json: read.json };
    if (repairs <= 0) throw read.fault;
    messages = [
      ...input.messages,
      { role: 'assistant', content: answer.text },
      { role: 'user', content: `${read.wrong}\nAnswer again with JSON only, nothing before or after it.` },
    ];
  }
}

function sum(left: TokenUsage, right: TokenUsage): TokenUsage {
  const estimated = left.estimated === true || right.estimated === true;
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    ...(estimated ? { estimated } : {}),
  };
}

type Read = { ok: true; json: JsonValue } | { ok: false; wrong: string; fault: InferenceFault };

function readJson({ text, finishReason }: Answer, schema: Record<string, unknown>): Read {
  const json = jsonIn(text);
  if (json === undefined) {
    const cut = finishReason === 'length' ? ' It was cut off at its limit of tokens.' : '';
    const fault = new InferenceFault('output_not_json', `The model's answer is not JSON.${cut}`);
    return { ok: false, wrong: `That is not valid JSON.${cut}`, fault };
  }
  const mistakes = mistakesIn(schema, json);
  if (mistakes.length === 0) return { ok: true, json };
  const list = mistakes.join('; ');
  const fault = new InferenceFault('schema_not_satisfied', `The model's JSON does not satisfy the schema: ${list}.`);
  return { ok: false, wrong: `The JSON does not satisfy the schema: ${list}.`, fault };
}

const mostMistakes = 8;

/** What of a value does not satisfy a JSON schema, each with where. Throws `provider_refused` where the schema is none. */
export function mistakesIn(schema: Record<string, unknown>, value: unknown): string[] {
  try {
    const [, errors] = Schema.Errors(withoutPatterns(schema) as Record<string, unknown>, value);
    return errors
      .slice(0, mostMistakes)
      .map(({ instancePath, message }) => `${instancePath || 'the value'} ${message}`);
  } catch {
    throw new InferenceFault('provider_refused', 'The schema of the step is not a JSON schema.');
  }
}

/** Expressions in a schema are left to the model: one that backtracks would hold up everything else. */
function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns);
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(
    ([name, value]) => !(name === 'pattern' && typeof value === 'string') && name !== 'patternProperties',
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutPatterns(value)]));
}

/** The JSON in a text: all of it, what stands in a code fence, or from the first bracket to the last. */
export function jsonIn(text: string): JsonValue | undefined {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1];
  const first = text.search(/[[{]/);
  const last = Math.max(text.lastIndexOf(']'), text.lastIndexOf('}'));
  const between = first >= 0 && last > first ? text.slice(first, last + 1) : undefined;
  for (const candidate of [text, fenced, between]) {
    if (candidate === undefined) continue;
    try {
      return JSON.parse(candidate) as JsonValue;
    } catch {}
  }
  return undefined;
}
