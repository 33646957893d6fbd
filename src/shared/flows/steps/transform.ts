import { type Static, Type } from 'typebox';
import { compares, comparisons, fieldOfValue, fieldPath, order } from '../comparison.ts';
import { defineInline, StepFailure } from '../step-type.ts';
import { asText } from '../template-filters.ts';

const operations = [
  { value: 'pick', title: 'Keep fields' },
  { value: 'rename', title: 'Rename a field' },
  { value: 'filter', title: 'Keep items where' },
  { value: 'sort', title: 'Sort by' },
  { value: 'limit', title: 'Keep the first' },
  { value: 'flatten', title: 'Flatten lists' },
  { value: 'count', title: 'Count' },
  { value: 'split', title: 'Split text at' },
  { value: 'join', title: 'Join to text with' },
];
type Name = 'pick' | 'rename' | 'filter' | 'sort' | 'limit' | 'flatten' | 'count' | 'split' | 'join';

const operation = Type.Object({
  do: Type.String({ title: 'Do', widget: 'select', default: 'pick', maxLength: 20, choices: operations }),
  field: Type.Optional(
    Type.String({
      title: 'Field',
      description: 'pick takes several, with commas between',
      widget: 'text',
      maxLength: 1000,
      when: { field: 'do', is: ['pick', 'rename', 'filter', 'sort', 'split', 'join'] },
    }),
  ),
  is: Type.Optional(
    Type.String({
      title: 'Comparison',
      widget: 'select',
      maxLength: 20,
      choices: comparisons,
      when: { field: 'do', is: ['filter'] },
    }),
  ),
  value: Type.Optional(
    Type.Unknown({
      title: 'Value',
      description: 'New name, compared value, number, separator, or up and down',
      widget: 'text',
      templated: true,
      when: { field: 'do', is: ['rename', 'filter', 'sort', 'limit', 'split', 'join'] },
    }),
  ),
});
type Operation = Static<typeof operation>;

const config = Type.Object({
  operations: Type.Array(operation, { title: 'Operations', widget: 'rows', rowName: 'Operation', maxItems: 50 }),
});

export const transform = defineInline({
  type: 'transform',
  name: 'Transform',
  description: 'Picks, renames, filters, sorts and joins values, one operation after the other.',
  icon: 'wand-2',
  category: 'data',
  config,
  defaults: { operations: [] },
  inputs: [{ name: 'value', title: 'Value', type: 'any', required: true }],
  outputs: [{ name: 'value', title: 'Value', type: 'any' }],
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  describe({ operations: list }) {
    if (list.length === 0) return 'No operation yet';
    return list.map((one) => operations.find(({ value }) => value === one.do)?.title ?? one.do).join(', ');
  },
  run: (_context, { value }, { operations: list }) => ({ value: list.reduce(perform, value) }),
});

const performers: Record<Name, (value: unknown, operation: Operation) => unknown> = {
  pick: (value, { field }) => each(value, (item) => pick(item, namesIn(field))),
  rename: (value, { field, value: to }) => each(value, (item) => rename(item, field ?? '', asText(to))),
  filter: (value, { field, is, value: other }) =>
    listFrom(value).filter((item) => compares(fieldOfValue(item, field ?? ''), is ?? 'not_empty', other)),
  sort: (value, { field, value: direction }) => sorted(listFrom(value), field ?? '', asText(direction)),
  limit: (value, { value: most }) => listFrom(value).slice(0, count(most)),
  flatten: (value) => listFrom(value).flat(1),
  count: (value) => (typeof value === 'object' && value !== null ? Object.keys(value).length : asText(value).length),
  split: (value, { field, value: by }) => asText(fieldOfValue(value, field ?? '')).split(separator(by, ',')),
  join: (value, { field, value: by }) =>
    listFrom(value)
      .map((item) => asText(fieldOfValue(item, field ?? '')))
      .join(separator(by, ', ')),
};

function perform(value: unknown, operation: Operation): unknown {
  const performer = performers[operation.do as Name];
  if (performer === undefined) throw new StepFailure('operation_unknown', `There is no operation "${operation.do}"`);
  return performer(value, operation);
}

/** Does something to each item of a list, or to the one value that it is. */
function each(value: unknown, change: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : change(value);
}

function listFrom(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new StepFailure('input_wrong', 'Value: a list is needed for this operation');
}

const namesIn = (field: string | undefined) =>
  (field ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** One field gives its value, several give an object; the last part of `a.b` becomes the name. */
function pick(item: unknown, names: readonly string[]): unknown {
  const [only] = names;
  if (names.length === 1 && only !== undefined) return fieldOfValue(item, only) ?? null;
  return Object.fromEntries(
    names.map((name) => [String(fieldPath(name).at(-1) ?? name), fieldOfValue(item, name) ?? null]),
  );
}

function rename(item: unknown, from: string, to: string): unknown {
  if (typeof item !== 'object' || item === null || Array.isArray(item) || to === '') return item;
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name === from ? to : name, value]));
}

function sorted(items: readonly unknown[], field: string, direction: string): readonly unknown[] {
  const sign = direction.trim().toLowerCase() === 'down' ? -1 : 1;
  return items
    .map((item) => ({ item, by: fieldOfValue(item, field) }))
    .sort((left, right) => sign * order(left.by, right.by))
    .map(({ item }) => item);
}

function count(value: unknown): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0)
    throw new StepFailure('settings_wrong', 'Keep the first: a whole number is needed');
  return number;
}

/** `\n` and `\t` may be written out, since a form has no room for the real ones. */
function separator(value: unknown, otherwise: string): string {
  const text = value === undefined || value === '' ? otherwise : asText(value);
  return text.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
}
