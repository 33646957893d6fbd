import { Type } from 'typebox';
import { defineInline } from '../step-type.ts';

const views = [
  { value: 'table', title: 'Table' },
  { value: 'text', title: 'Text' },
  { value: 'json', title: 'JSON' },
  { value: 'image', title: 'Image' },
];

const config = Type.Object({
  name: Type.String({
    title: 'Name',
    description: 'How the result of the run is called',
    widget: 'text',
    maxLength: 60,
    pattern: '^([A-Za-z][A-Za-z0-9_]*)?$',
    placeholder: 'result',
  }),
  view: Type.String({ title: 'Shown as', widget: 'select', default: 'text', maxLength: 20, choices: views }),
});

export const output = defineInline({
  type: 'output',
  name: 'Output',
  description: 'A result of the flow, shown as a table, text, JSON or an image.',
  icon: 'log-out',
  category: 'start',
  config,
  defaults: { name: '', view: 'text' },
  inputs: [{ name: 'value', title: 'Value', type: 'any', required: true }],
  outputs: [],
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  describe: ({ view }) => views.find(({ value }) => value === view)?.title ?? 'Text',
  summary: ({ value }, { view }) =>
    view === 'table' && Array.isArray(value) ? `${value.length} row${value.length === 1 ? '' : 's'}` : '',
  run: (_context, { value }) => ({ value }),
});
