/** Answers in a given form: how they are asked for, read, checked, and asked for again. Pure. */
import Schema from 'typebox/schema';
import type { ChatMessage } from '../../shared/model/inference.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;
export type JsonVerdict =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: 'output_not_json' | 'schema_not_satisfied'; readonly problem: string };

export function instructions(schema: JsonSchema): ChatMessage {
  return {
    role: 'system',
    content: `Answer with JSON only, without any other word, that satisfies this JSON schema:\n${JSON.stringify(schema)}`,
  };
}

export function repairRequest(problem: string): string {
  return `That is not as asked: ${problem}. Answer again, with the whole corrected JSON and nothing else.`;
}

/** Reads an answer; a fence around it, or words before and after it, are passed over. */
export function readJson(text: string, schema: JsonSchema): JsonVerdict {
  const value = parse(text);
  if (value === undefined) return { ok: false, code: 'output_not_json', problem: 'The answer is not JSON' };
  const checked = safe(schema) as JsonSchema;
  try {
    if (Schema.Check(checked, value)) return { ok: true, value };
    const [, errors] = Schema.Errors(checked, value);
    return { ok: false, code: 'schema_not_satisfied', problem: problemOf(errors) };
  } catch {
    return { ok: false, code: 'schema_not_satisfied', problem: 'The schema is not one that can be checked' };
  }
}

function problemOf(errors: readonly { instancePath: string; message: string }[]): string {
  const words = errors.slice(0, 5).map(({ instancePath, message }) => `${instancePath || 'the answer'} ${message}`);
  return `The answer does not satisfy the schema: ${words.join('; ')}`;
}

function parse(text: string): unknown {
  for (const candidate of candidates(text.trim())) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {}
  }
  return undefined;
}

function* candidates(text: string): Iterable<string> {
  yield text;
  const fence = text.indexOf('```');
  const end = text.lastIndexOf('```');
  if (fence >= 0 && end > fence) yield text.slice(text.indexOf('\n', fence) + 1, end);
  for (const [open, close] of ['{}', '[]']) {
    const [from, to] = [text.indexOf(open ?? ''), text.lastIndexOf(close ?? '')];
    if (from >= 0 && to > from) yield text.slice(from, to + 1);
  }
}

/** Deeper parts of a schema are not checked. */
const deepest = 40;

/** Without regular expressions, which somebody else wrote and which could run for ever here. */
function safe(schema: unknown, depth = 0): unknown {
  if (typeof schema !== 'object' || schema === null || depth > deepest) return depth > deepest ? {} : schema;
  if (Array.isArray(schema)) return schema.map((one) => safe(one, depth + 1));
  return Object.fromEntries(
    Object.entries(schema).flatMap(([name, value]) =>
      (name === 'pattern' && typeof value === 'string') || name === 'patternProperties' || name === 'format'
        ? []
        : [[name, safe(value, depth + 1)]],
    ),
  );
}
