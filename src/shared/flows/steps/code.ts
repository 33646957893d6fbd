import { Type } from 'typebox';
import { defineJob, type Port } from '../step-type.ts';

const start = `export default (inputs: { value: unknown }) => {
  return inputs.value;
};
`;

const config = Type.Object({
  source: Type.String({
    title: 'Code',
    description: 'The default export gets the inputs by name; what it returns is the result. No network, no files.',
    widget: 'code',
    language: 'typescript',
    default: start,
    minLength: 1,
    maxLength: 200_000,
  }),
  inputs: Type.Array(
    Type.Object({
      name: Type.String({ title: 'Name', widget: 'text', pattern: '^[a-z][a-zA-Z0-9_]{0,39}$', maxLength: 40 }),
      value: Type.Optional(
        Type.Unknown({ title: 'Value', description: 'Used where nothing is wired', widget: 'text', templated: true }),
      ),
    }),
    { title: 'Inputs', widget: 'rows', rowName: 'Input', maxItems: 32 },
  ),
  ramMb: Type.Integer({ title: 'Memory (MB)', widget: 'number', default: 256, minimum: 96, maximum: 65_536 }),
});

export const code = defineJob({
  type: 'code',
  name: 'Code (TypeScript)',
  description: 'A few lines of your own, in a closed sandbox on a node.',
  icon: 'code',
  category: 'code',
  config,
  defaults: { source: start, inputs: [{ name: 'value' }], ramMb: 256 },
  inputs: ({ inputs }) =>
    inputs.map(
      ({ name }, index): Port => ({ name, title: name, type: 'any', required: true, field: `inputs/${index}/value` }),
    ),
  outputs: [{ name: 'result', title: 'Result', type: 'any' }],
  executes: 'job',
  sideEffects: false,
  size: { width: 208 },
  describe: ({ source }) => lineCount(source),
  job: ({ source, ramMb }, inputs, { name }) => ({
    kind: 'script',
    input: { source, language: 'typescript', input: inputs },
    requires: { cores: 1, ramMb },
    runSeconds: 60,
    label: name,
  }),
  fromResult: (result) => ({ result: result ?? null }),
});

function lineCount(source: string): string {
  const lines = source.trim() === '' ? 0 : source.trim().split('\n').length;
  return `TypeScript, ${lines} line${lines === 1 ? '' : 's'}`;
}
