import { Type } from 'typebox';
import { defineContainer } from '../step-type.ts';
import { itemOf, listOf } from '../types.ts';

const policies = [
  { value: 'fail', title: 'The run fails' },
  { value: 'leave_out', title: 'The item is left out' },
  { value: 'null', title: 'The item gives null' },
];

const config = Type.Object({
  items: Type.Optional(
    Type.String({
      title: 'Items',
      description: 'A list; used where nothing is wired to the port',
      widget: 'text',
      templated: true,
      maxLength: 2000,
      placeholder: '{{ inputs.pages }}',
    }),
  ),
  concurrency: Type.Integer({
    title: 'At once',
    description: 'How many items are worked on at the same time, at most',
    widget: 'number',
    default: 64,
    minimum: 1,
    maximum: 1000,
  }),
  onItemError: Type.String({
    title: 'When an item fails',
    widget: 'select',
    default: 'fail',
    maxLength: 20,
    choices: policies,
  }),
});

/** An item whose way to `result` dies (an If inside sent it elsewhere) is left out, so Map also filters. */
export const map = defineContainer({
  type: 'map',
  name: 'Map',
  description: 'Does the steps inside for each item of a list, on all machines at once.',
  icon: 'layers',
  category: 'logic',
  config,
  defaults: { concurrency: 64, onItemError: 'fail' },
  inputs: [{ name: 'items', title: 'Items', type: 'list<any>', required: true, field: 'items' }],
  outputs: (_config, wired) => [{ name: 'results', title: 'Results', type: listOf(wired('result')) }],
  innerOutputs: (_config, wired) => [
    { name: 'item', title: 'Item', type: itemOf(wired('items')) ?? 'any' },
    { name: 'index', title: 'Index', type: 'number' },
  ],
  innerInputs: [{ name: 'result', title: 'Result', type: 'any' }],
  executes: 'container',
  sideEffects: false,
  size: { width: 304, height: 240 },
  describe: ({ concurrency }) => `Up to ${concurrency} at once`,
  summary: ({ results }) =>
    Array.isArray(results) ? `${results.length} result${results.length === 1 ? '' : 's'}` : '',
  limits: ({ concurrency, onItemError }) => ({
    concurrency,
    onItemError: onItemError === 'leave_out' || onItemError === 'null' ? onItemError : 'fail',
  }),
});
