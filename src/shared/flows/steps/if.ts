import { Type } from 'typebox';
import { compares, comparisons, comparisonsAlone, comparisonsWithValue, fieldOfValue } from '../comparison.ts';
import { defineInline } from '../step-type.ts';

const config = Type.Object({
  field: Type.String({
    title: 'Field',
    description: 'A part of the value, for example total or lines[0].text; empty for the value itself',
    widget: 'text',
    default: '',
    maxLength: 200,
  }),
  is: Type.String({ title: 'Comparison', widget: 'select', default: 'not_empty', maxLength: 20, choices: comparisons }),
  value: Type.Optional(
    Type.Unknown({
      title: 'Compared with',
      widget: 'text',
      templated: true,
      when: { field: 'is', is: comparisonsWithValue },
    }),
  ),
});

export const ifStep = defineInline({
  type: 'if',
  name: 'If',
  description: 'Sends a value one way or the other.',
  icon: 'split',
  category: 'logic',
  config,
  defaults: { field: '', is: 'not_empty', value: '' },
  inputs: [{ name: 'value', title: 'Value', type: 'any', required: true }],
  outputs: (_config, wired) => [
    { name: 'yes', title: 'Yes', type: wired('value') },
    { name: 'no', title: 'No', type: wired('value') },
  ],
  executes: 'inline',
  sideEffects: false,
  size: { width: 142 },
  describe({ field, is, value }) {
    const words = comparisons.find((one) => one.value === is)?.title ?? is;
    return [field || 'value', words, comparisonsAlone.includes(is) ? '' : String(value ?? '')].join(' ').trim();
  },
  summary: (outputs) => ('yes' in outputs ? 'Yes' : 'No'),
  run(_context, { value }, { field, is, value: other }) {
    return compares(fieldOfValue(value, field), is, other) ? { yes: value } : { no: value };
  },
});
