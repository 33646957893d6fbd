/** The filters of templates. Each is total, quick (linear in its value) and never runs anything of the user's. */

export interface TemplateFilter {
  readonly name: string;
  readonly description: string;
  /** How it is written, for the editor: `join: ", "`. */
  readonly example: string;
  readonly args: { readonly least: number; readonly most: number };
  /** Throws FilterProblem where it cannot take the value. */
  apply(value: unknown, args: readonly unknown[]): unknown;
}

export class FilterProblem extends Error {}

/** Any value as text: texts as they are, nothing as '', objects and lists as JSON. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function filter(
  example: string,
  description: string,
  apply: TemplateFilter['apply'],
  [least, most]: [number, number] = [0, 0],
): TemplateFilter {
  return { name: example.split(':')[0] ?? example, example, description, apply, args: { least, most } };
}

const all: readonly TemplateFilter[] = [
  filter('upper', 'In capital letters', (value) => asText(value).toUpperCase()),
  filter('lower', 'In small letters', (value) => asText(value).toLowerCase()),
  filter('trim', 'Without space at both ends', (value) => asText(value).trim()),
  filter('json', 'As JSON text', (value) => JSON.stringify(value ?? null, null, 2)),
  filter('text', 'As text', asText),
  filter('number', 'As a number', toNumber),
  filter('round: 2', 'Rounded to so many digits', (value, [digits]) => round(toNumber(value), digits), [0, 1]),
  filter('default: "none"', 'Something else where there is no value', orElse, [1, 1]),
  filter(
    'join: ", "',
    'A list as one text',
    (value, [by]) =>
      toList(value)
        .map(asText)
        .join(asText(by ?? ', ')),
    [0, 1],
  ),
  filter('split: ","', 'A text as a list', (value, [by]) => asText(value).split(asText(by)), [1, 1]),
  filter('first', 'The first item or character', (value) => toSequence(value)[0] ?? null),
  filter('last', 'The last item or character', (value) => toSequence(value).at(-1) ?? null),
  filter('length', 'How many items or characters', lengthOf),
  filter('slice: 0, 10', 'A part, from and up to a place', slice, [1, 2]),
  filter('replace: "a", "b"', 'With every occurrence of a text replaced', replace, [2, 2]),
  filter('keys', 'The names of the fields', (value) => Object.keys(toObject(value))),
  filter('date: "YYYY-MM-DD"', 'A time as a date, in UTC', formatDate, [0, 1]),
];

export const templateFilters: ReadonlyMap<string, TemplateFilter> = new Map(all.map((one) => [one.name, one]));

function toNumber(value: unknown): number {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (value === null || typeof value === 'object' || !Number.isFinite(number))
    throw new FilterProblem(`${quoted(value)} is not a number`);
  return number;
}

function round(value: number, digits: unknown): number {
  const places = Math.max(0, Math.min(15, Math.trunc(Number(digits ?? 0)) || 0));
  return Number(value.toFixed(places));
}

function orElse(value: unknown, [other]: readonly unknown[]): unknown {
  return value === undefined || value === null || value === '' ? other : value;
}

function toList(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new FilterProblem(`a list is needed, but this is ${quoted(value)}`);
  return value;
}

function toSequence(value: unknown): readonly unknown[] | string {
  return typeof value === 'string' ? value : toList(value);
}

function toObject(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FilterProblem(`an object is needed, but this is ${quoted(value)}`);
  return value;
}

function lengthOf(value: unknown): number {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.keys(value).length;
  return toSequence(value).length;
}

function slice(value: unknown, [from, to]: readonly unknown[]): unknown {
  return toSequence(value).slice(toNumber(from), to === undefined ? undefined : toNumber(to));
}

/** Results may not grow without bound: replacing one letter by a long text a million times. */
const mostReplaced = 8 * 1024 * 1024;

function replace(value: unknown, [what, by]: readonly unknown[]): string {
  const wanted = asText(what);
  if (wanted === '') throw new FilterProblem('the text to replace is empty');
  const pieces = asText(value).split(wanted);
  const other = asText(by);
  if (pieces.length * other.length > mostReplaced) throw new FilterProblem('the result would be too large');
  return pieces.join(other);
}

const dateParts: Record<string, (date: Date) => string> = {
  YYYY: (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  MM: (date) => two(date.getUTCMonth() + 1),
  DD: (date) => two(date.getUTCDate()),
  HH: (date) => two(date.getUTCHours()),
  mm: (date) => two(date.getUTCMinutes()),
  ss: (date) => two(date.getUTCSeconds()),
};
const two = (value: number) => String(value).padStart(2, '0');

/** Takes milliseconds since 1970 or an ISO date. */
function formatDate(value: unknown, [format]: readonly unknown[]): string {
  const date = new Date(typeof value === 'number' ? value : asText(value));
  if (Number.isNaN(date.getTime())) throw new FilterProblem(`${quoted(value)} is not a date`);
  return asText(format ?? 'YYYY-MM-DD').replace(/YYYY|MM|DD|HH|mm|ss/g, (part) => dateParts[part]?.(date) ?? part);
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
