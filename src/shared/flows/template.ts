/** Templates: `{{ steps.fetch.body | upper }}` in the settings of steps (engine.md, Flows). Parsed once, rendered from values. */
import type { MaybeSecret } from './secret-text.ts';
import { asText, FilterProblem, templateFilters } from './template-filters.ts';
import {
  type Expression,
  type FilterCall,
  type Operand,
  type Path,
  parseTemplate,
  type Template,
  TemplateError,
} from './template-parse.ts';

/** Parses and checks the filters too. Throws a TemplateError with its place. */
export function readTemplate(source: string): Template {
  const template = parseTemplate(source);
  for (const part of template.parts) if (typeof part !== 'string') for (const call of part.filters) checkFilter(call);
  return template;
}

function checkFilter({ name, args, start }: FilterCall): void {
  const filter = templateFilters.get(name);
  if (filter === undefined) throw new TemplateError('template_filter_unknown', `There is no filter "${name}"`, start);
  if (args.length < filter.args.least || args.length > filter.args.most)
    throw new TemplateError('template_syntax', `Write this filter as  ${filter.example}`, start);
}

/** A name that a template uses, and whether it has to be there (not so where `default` follows). */
export interface TemplateUse {
  readonly segments: readonly (string | number)[];
  readonly optional: boolean;
  readonly start: number;
}

export function usesOf(template: Template): TemplateUse[] {
  return template.parts.flatMap((part) => (typeof part === 'string' ? [] : usesOfExpression(part)));
}

function usesOfExpression({ head, filters }: Expression): TemplateUse[] {
  const optional = filters[0]?.name === 'default';
  const use = (operand: Operand, may: boolean) =>
    operand.kind === 'path' ? [{ segments: operand.segments, start: operand.start, optional: may }] : [];
  return [...use(head, optional), ...filters.flatMap(({ args }) => args.flatMap((argument) => use(argument, false)))];
}

/** Finds the value of a name's first segments; undefined where there is none. */
export type Lookup = (segments: readonly (string | number)[]) => unknown;

const mostText = 16 * 1024 * 1024;

/** The text of a template. Throws a TemplateError. */
export function renderText(template: Template, lookup: Lookup): string {
  const pieces: string[] = [];
  let length = 0;
  for (const part of template.parts) {
    const text = typeof part === 'string' ? part : asText(evaluate(part, lookup));
    length += text.length;
    if (length > mostText) throw new TemplateError('template_too_large', 'The text grows beyond 16 MiB', 0);
    pieces.push(text);
  }
  return pieces.join('');
}

/** The text with each `{{ secrets.NAME }}` left for the host to fill in (secret-text.ts); everything else is text by then. */
export function renderSecretText(template: Template, lookup: Lookup): MaybeSecret {
  const parts: (string | { secret: string })[] = [];
  for (const part of template.parts) {
    const name = typeof part === 'string' ? null : secretName(part);
    parts.push(name === null ? renderText({ ...template, parts: [part] }, lookup) : { secret: name });
  }
  return parts.every((part) => typeof part === 'string') ? parts.join('') : { $secretText: parts };
}

function secretName({ head, filters }: Expression): string | null {
  if (head.kind !== 'path' || head.segments[0] !== 'secrets') return null;
  const [, name] = head.segments;
  if (head.segments.length !== 2 || typeof name !== 'string' || filters.length > 0)
    throw new TemplateError('template_value', 'Write a secret as  {{ secrets.NAME }}  without filters', head.start);
  return name;
}

/** As renderText, but a template that is one `{{ }}` and nothing else gives the value itself: a list stays a list. */
export function renderValue(template: Template, lookup: Lookup): unknown {
  const parts = template.parts.filter((part) => typeof part !== 'string' || part.trim() !== '');
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') return evaluate(only, lookup);
  return renderText(template, lookup);
}

function evaluate({ head, filters }: Expression, lookup: Lookup): unknown {
  let value = operandValue(head, lookup, filters[0]?.name === 'default');
  for (const call of filters) value = applyFilter(call, value, lookup);
  return value;
}

function applyFilter(call: FilterCall, value: unknown, lookup: Lookup): unknown {
  const filter = templateFilters.get(call.name);
  if (filter === undefined)
    throw new TemplateError('template_filter_unknown', `There is no filter "${call.name}"`, call.start);
  const args = call.args.map((argument) => operandValue(argument, lookup, false));
  try {
    return filter.apply(value, args);
  } catch (error) {
    if (!(error instanceof FilterProblem)) throw error;
    throw new TemplateError('template_value', `${call.name}: ${error.message}`, call.start);
  }
}

function operandValue(operand: Operand, lookup: Lookup, mayLack: boolean): unknown {
  if (operand.kind === 'literal') return operand.value;
  const value = lookup(operand.segments);
  if (value === undefined && !mayLack)
    throw new TemplateError('template_value', `There is no ${pathInWords(operand)}`, operand.start);
  return value;
}

/** Goes into a value by names and indexes; only its own fields, undefined where there is nothing. */
export function dig(value: unknown, segments: readonly (string | number)[]): unknown {
  let found = value;
  for (const segment of segments) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, segment)) return undefined;
    found = (found as Record<string | number, unknown>)[segment];
  }
  return found;
}

export function pathInWords({ segments }: Pick<Path, 'segments'>): string {
  return segments
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join('');
}
