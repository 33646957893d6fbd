import { Type } from 'typebox';
import { compares, comparisons, comparisonsWithValue, fieldOfValue } from '../comparison.ts';
import { defineInline, type Port } from '../step-type.ts';

/** The port of what no case takes. */
const otherwise = 'otherwise';

const config = Type.Object({
  field: Type.String({
    title: 'Field',
    description: 'A part of the value, for example status or lines[0].text; empty for the value itself',
    widget: 'text',
    default: '',
    maxLength: 200,
  }),
  cases: Type.Array(
    Type.Object({
      name: Type.String({
        title: 'Name',
        description: 'Names the way out',
        widget: 'text',
        pattern: '^[a-z][a-zA-Z0-9_]{0,39}$',
        maxLength: 40,
        placeholder: 'urgent',
      }),
      is: Type.String({ title: 'Comparison', widget: 'select', default: 'is', maxLength: 20, choices: comparisons }),
      value: Type.Optional(
        Type.Unknown({
          title: 'Compared with',
          widget: 'text',
          templated: true,
          when: { field: 'is', is: comparisonsWithValue },
        }),
      ),
    }),
    { title: 'Cases', description: 'The first that fits', widget: 'rows', rowName: 'Case', minItems: 1, maxItems: 32 },
  ),
});

export const switchStep = defineInline({
  type: 'switch',
  name: 'Switch',
  description: 'Sends a value one of several ways.',
  icon: 'signpost',
  category: 'logic',
  config,
  defaults: { field: '', cases: [{ name: 'first', is: 'is', value: '' }] },
  inputs: [{ name: 'value', title: 'Value', type: 'any', required: true }],
  outputs: ({ cases }, wired) => {
    const names = new Set(cases.map(({ name }) => name).filter((name) => name !== otherwise));
    const type = wired('value');
    return [
      ...[...names].map((name): Port => ({ name, title: name, type })),
      { name: otherwise, title: 'Otherwise', type },
    ];
  },
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  describe: ({ field, cases }) => `${field || 'value'}: ${cases.length} case${cases.length === 1 ? '' : 's'}`,
  summary: (outputs) => Object.keys(outputs)[0] ?? '',
  problems: ({ cases }) =>
    cases.flatMap(({ name }, index) => {
      const field = `cases/${index}/name`;
      if (name === otherwise) return [{ field, message: `"${otherwise}" is what no case takes; choose another name` }];
      const twice = cases.findIndex((one) => one.name === name) < index;
      return twice ? [{ field, message: `Another case is called "${name}" too` }] : [];
    }),
  run(_context, { value }, { field, cases }) {
    const part = fieldOfValue(value, field);
    const found = cases.find((one) => compares(part, one.is, one.value));
    return { [found?.name ?? otherwise]: value };
  },
});
