/** Comparing a value with another, as If and Transform do: field, comparison, value; never code. */
import { StepFailure } from './step-type.ts';
import { dig } from './template.ts';
import { asText } from './template-filters.ts';

export const comparisons = [
  { value: 'is', title: 'is' },
  { value: 'is_not', title: 'is not' },
  { value: 'contains', title: 'contains' },
  { value: 'not_contains', title: 'does not contain' },
  { value: 'starts_with', title: 'starts with' },
  { value: 'ends_with', title: 'ends with' },
  { value: 'more', title: 'is more than' },
  { value: 'at_least', title: 'is at least' },
  { value: 'less', title: 'is less than' },
  { value: 'at_most', title: 'is at most' },
  { value: 'empty', title: 'is empty' },
  { value: 'not_empty', title: 'is not empty' },
  { value: 'true', title: 'is true' },
  { value: 'false', title: 'is false' },
] as const;
export type Comparison = (typeof comparisons)[number]['value'];

/** Comparisons that look at one value only. */
export const comparisonsAlone: readonly string[] = ['empty', 'not_empty', 'true', 'false'];
export const comparisonsWithValue = comparisons
  .map(({ value }) => value)
  .filter((one) => !comparisonsAlone.includes(one));

const tests: Record<Comparison, (value: unknown, other: unknown) => boolean> = {
  is: same,
  is_not: (value, other) => !same(value, other),
  contains,
  not_contains: (value, other) => !contains(value, other),
  starts_with: (value, other) => asText(value).startsWith(asText(other)),
  ends_with: (value, other) => asText(value).endsWith(asText(other)),
  more: (value, other) => order(value, other) > 0,
  at_least: (value, other) => order(value, other) >= 0,
  less: (value, other) => order(value, other) < 0,
  at_most: (value, other) => order(value, other) <= 0,
  empty: isEmpty,
  not_empty: (value) => !isEmpty(value),
  true: (value) => value === true || value === 'true',
  false: (value) => value === false || value === 'false',
};

export function compares(value: unknown, comparison: string, other: unknown): boolean {
  const test = tests[comparison as Comparison];
  if (test === undefined) throw new StepFailure('comparison_unknown', `There is no comparison "${comparison}"`);
  return test(value, other);
}

/** The part of a value that `a.b[0].c` names; the value itself for ''. Undefined where there is nothing. */
export function fieldOfValue(value: unknown, field: string): unknown {
  return field.trim() === '' ? value : dig(value, fieldPath(field));
}

export function fieldPath(field: string): (string | number)[] {
  return field
    .trim()
    .split(/[.[\]]/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function same(value: unknown, other: unknown): boolean {
  if (typeof value === 'number' && typeof other === 'string' && other.trim() !== '') return value === Number(other);
  return asText(value) === asText(other);
}

function contains(value: unknown, other: unknown): boolean {
  return Array.isArray(value) ? value.some((item) => same(item, other)) : asText(value).includes(asText(other));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Numbers by size where both read as numbers, everything else by code units; nothing comes first. */
export function order(left: unknown, right: unknown): number {
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a !== null && b !== null) return a - b;
  const [textA, textB] = [asText(left), asText(right)];
  return textA < textB ? -1 : Number(textA > textB);
}

function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
