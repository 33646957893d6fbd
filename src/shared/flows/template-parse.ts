/**
 * The grammar of templates. Read once from left to right, never evaluated as code:
 *
 *     text {{ path | filter: argument, argument | filter }} text
 *     path      name(.name | [0] | ["a key"])*
 *     argument  'text' | "text" | 12.5 | true | false | null | path
 */

export interface Path {
  readonly kind: 'path';
  readonly segments: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
}
export interface Literal {
  readonly kind: 'literal';
  readonly value: string | number | boolean | null;
}
export type Operand = Path | Literal;

export interface FilterCall {
  readonly name: string;
  readonly args: readonly Operand[];
  readonly start: number;
}
export interface Expression {
  readonly kind: 'expression';
  readonly head: Operand;
  readonly filters: readonly FilterCall[];
  readonly start: number;
  readonly end: number;
}
export interface Template {
  readonly source: string;
  readonly parts: readonly (string | Expression)[];
}

export type TemplateErrorCode = 'template_syntax' | 'template_filter_unknown' | 'template_value' | 'template_too_large';

/** What is wrong with a template, and where (offset in UTF-16 units). */
export class TemplateError extends Error {
  readonly code: TemplateErrorCode;
  readonly at: number;

  constructor(code: TemplateErrorCode, message: string, at: number) {
    super(message);
    this.name = 'TemplateError';
    this.code = code;
    this.at = at;
  }
}

/** Throws a TemplateError. Takes time linear in the text. */
export function parseTemplate(source: string): Template {
  const parts: (string | Expression)[] = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    if (open < 0) break;
    if (open > at) parts.push(source.slice(at, open));
    const expression = parseExpression(source, open);
    parts.push(expression);
    at = expression.end;
  }
  if (at < source.length) parts.push(source.slice(at));
  return { source, parts };
}

export function hasTemplate(text: string): boolean {
  return text.includes('{{');
}

interface Reader {
  readonly source: string;
  at: number;
}

function parseExpression(source: string, start: number): Expression {
  const reader: Reader = { source, at: start + 2 };
  skipSpace(reader);
  if (source.startsWith('}}', reader.at)) fail('There is nothing between {{ and }}', start);
  const head = readOperand(reader);
  const filters: FilterCall[] = [];
  skipSpace(reader);
  while (take(reader, '|')) {
    filters.push(readFilter(reader));
    skipSpace(reader);
  }
  if (!source.startsWith('}}', reader.at)) failAt(reader, '}} or | is expected here');
  return { kind: 'expression', head, filters, start, end: reader.at + 2 };
}

function readFilter(reader: Reader): FilterCall {
  skipSpace(reader);
  const start = reader.at;
  const name = readName(reader, 'The name of a filter is expected after |');
  const args: Operand[] = [];
  skipSpace(reader);
  if (take(reader, ':')) {
    do args.push(readOperand(reader));
    while (takeAfterSpace(reader, ','));
  }
  return { name, args, start };
}

function readOperand(reader: Reader): Operand {
  skipSpace(reader);
  const first = reader.source[reader.at] ?? '';
  if (first === '"' || first === "'") return { kind: 'literal', value: readText(reader, first) };
  if (/[0-9-]/.test(first)) return { kind: 'literal', value: readNumber(reader) };
  return readPath(reader);
}

const words = new Map<string, Literal>([
  ['true', { kind: 'literal', value: true }],
  ['false', { kind: 'literal', value: false }],
  ['null', { kind: 'literal', value: null }],
]);

function readPath(reader: Reader): Operand {
  const start = reader.at;
  const segments: (string | number)[] = [readName(reader, 'A name, a text in quotes or a number is expected here')];
  for (;;) {
    if (take(reader, '.')) segments.push(readName(reader, 'A name is expected after the dot'));
    else if (take(reader, '[')) segments.push(readIndex(reader));
    else break;
  }
  const word = segments.length === 1 ? words.get(String(segments[0])) : undefined;
  return word ?? { kind: 'path', segments, start, end: reader.at };
}

function readIndex(reader: Reader): string | number {
  skipSpace(reader);
  const quote = reader.source[reader.at] ?? '';
  const index = quote === '"' || quote === "'" ? readText(reader, quote) : readNumber(reader);
  skipSpace(reader);
  if (!take(reader, ']')) failAt(reader, '] is expected here');
  return index;
}

const nameStart = /[\p{L}_$]/u;
const namePart = /[\p{L}\p{N}_$]/u;

function readName(reader: Reader, otherwise: string): string {
  const start = reader.at;
  while (isNamePart(reader, reader.at === start)) reader.at += codePointLength(reader);
  if (reader.at === start) failAt(reader, otherwise);
  return reader.source.slice(start, reader.at);
}

function isNamePart(reader: Reader, first: boolean): boolean {
  const point = reader.source.codePointAt(reader.at);
  return point !== undefined && (first ? nameStart : namePart).test(String.fromCodePoint(point));
}

const codePointLength = (reader: Reader) => ((reader.source.codePointAt(reader.at) ?? 0) > 0xffff ? 2 : 1);

function readNumber(reader: Reader): number {
  const start = reader.at;
  while (/[0-9.eE+-]/.test(reader.source[reader.at] ?? '')) reader.at += 1;
  const text = reader.source.slice(start, reader.at);
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text))
    fail(text === '' ? 'A number is expected here' : `"${text}" is not a number`, start);
  return Number(text);
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

function readText(reader: Reader, quote: string): string {
  const start = reader.at;
  const pieces: string[] = [];
  for (reader.at += 1; reader.at < reader.source.length; reader.at += 1) {
    const character = reader.source[reader.at] ?? '';
    if (character === quote) {
      reader.at += 1;
      return pieces.join('');
    }
    if (character !== '\\') pieces.push(character);
    else {
      reader.at += 1;
      const escaped = reader.source[reader.at] ?? '';
      pieces.push(escapes[escaped] ?? escaped);
    }
  }
  return fail('This text has no closing quote', start);
}

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.source[reader.at] ?? '')) reader.at += 1;
}

function take(reader: Reader, character: string): boolean {
  if (reader.source[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function takeAfterSpace(reader: Reader, character: string): boolean {
  skipSpace(reader);
  return take(reader, character);
}

function failAt(reader: Reader, message: string): never {
  return fail(reader.at >= reader.source.length ? `${message}, but the text ends` : message, reader.at);
}

function fail(message: string, at: number): never {
  throw new TemplateError('template_syntax', message, at);
}
