/** What the editor offers while somebody types inside `{{ }}`. */
import { templateFilters } from './template-filters.ts';
import type { PortType } from './types.ts';

/** A value that a step's templates may use, for example `steps.fetch.body`. */
export interface TemplateName {
  readonly path: string;
  readonly type: PortType;
  /** Where it comes from: "Body of Fetch". */
  readonly title: string;
}

export interface Completion {
  readonly label: string;
  readonly insert: string;
  readonly detail: string;
  readonly kind: 'value' | 'filter';
}

export interface Completions {
  /** The part of the text that a chosen completion replaces. */
  readonly from: number;
  readonly to: number;
  readonly options: readonly Completion[];
}

/** Null while the caret is not where a name or a filter belongs. */
export function completions(text: string, caret: number, names: readonly TemplateName[]): Completions | null {
  const open = text.lastIndexOf('{{', caret - 1);
  if (open < 0 || open + 2 > caret) return null;
  const typed = text.slice(open + 2, caret);
  if (typed.includes('}}') || insideQuotes(typed)) return null;
  const word = lastWord(typed);
  const from = caret - word.length;
  const before = typed.slice(0, typed.length - word.length).trimEnd();
  const options = before.endsWith('|') ? filterOptions(word) : nameOptions(word, before, names);
  return options.length === 0 ? null : { from, to: caret, options };
}

function lastWord(typed: string): string {
  let start = typed.length;
  while (start > 0 && /[\p{L}\p{N}_$.[\]]/u.test(typed[start - 1] ?? '')) start -= 1;
  return typed.slice(start);
}

function insideQuotes(typed: string): boolean {
  let quote = '';
  for (let at = 0; at < typed.length; at += 1) {
    const character = typed[at] ?? '';
    if (character === '\\') at += 1;
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
  }
  return quote !== '';
}

function filterOptions(word: string): Completion[] {
  return [...templateFilters.values()]
    .filter(({ name }) => name.startsWith(word.toLowerCase()))
    .map(({ name, example, description }) => ({ label: name, insert: example, detail: description, kind: 'filter' }));
}

function nameOptions(word: string, before: string, names: readonly TemplateName[]): Completion[] {
  if (before !== '' && !/[:,]$/.test(before)) return [];
  const wanted = word.toLowerCase();
  return names
    .filter(({ path, title }) => path.toLowerCase().includes(wanted) || title.toLowerCase().includes(wanted))
    .toSorted((left, right) => rank(left, wanted) - rank(right, wanted) || (left.path < right.path ? -1 : 1))
    .map(({ path, title }) => ({ label: path, insert: path, detail: title, kind: 'value' }));
}

const rank = ({ path }: TemplateName, wanted: string) => (path.toLowerCase().startsWith(wanted) ? 0 : 1);
