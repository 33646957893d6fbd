import { Type } from 'typebox';
import { defineInline, StepFailure } from '../step-type.ts';
import { listOf, mismatch, type PortType, scalarTypes, typeInWords } from '../types.ts';

const choices = [
  ...scalarTypes.filter((type) => type !== 'embedding'),
  ...(['text', 'number', 'json', 'file', 'image'] as const).map(listOf),
];

const config = Type.Object({
  name: Type.String({
    title: 'Name',
    description: 'How the run asks for it, and templates name it: {{ inputs.topic }}',
    widget: 'text',
    maxLength: 60,
    pattern: '^([A-Za-z][A-Za-z0-9_]*)?$',
    placeholder: 'topic',
  }),
  type: Type.String({
    title: 'Type',
    widget: 'select',
    default: 'text',
    maxLength: 60,
    choices: choices.map((value) => ({ value, title: typeInWords(value) })),
  }),
  value: Type.Optional(
    Type.Unknown({
      title: 'Value',
      description: 'Used where the run gives no other',
      widget: 'value',
      typedBy: 'type',
    }),
  ),
});

/** The name under which a run gives a value to this Input or takes one from this Output: the step's id where none is set. */
export function runName(step: { readonly id: string; readonly config: Readonly<Record<string, unknown>> }): string {
  const name = step.config['name'];
  return typeof name === 'string' && name !== '' ? name : step.id;
}

/** The value that an Input gives: what the run was given, else what is typed in; undefined where there is neither. */
export function inputValue(
  step: { readonly id: string; readonly config: Readonly<Record<string, unknown>> },
  runInputs: Readonly<Record<string, unknown>>,
): unknown {
  const name = runName(step);
  return (Object.hasOwn(runInputs, name) ? runInputs[name] : step.config['value']) ?? undefined;
}

export const input = defineInline({
  type: 'input',
  name: 'Input',
  description: 'A value that the flow starts from: typed in here, or given when it runs.',
  icon: 'log-in',
  category: 'start',
  config,
  defaults: { name: '', type: 'text', value: '' },
  inputs: [],
  outputs: ({ type }) => [{ name: 'value', title: 'Value', type: type as PortType }],
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  describe: ({ type }) => typeInWords(type as PortType),
  summary: ({ value }, { type }) =>
    (Array.isArray(value) ? countInWords(value.length, type as PortType) : undefined) ?? '',
  run({ stepId, runInputs }, _inputs, settings) {
    const value = inputValue({ id: stepId, config: settings }, runInputs);
    const name = runName({ id: stepId, config: settings });
    if (value === undefined) throw new StepFailure('run_input_missing', `The input "${name}" has no value`);
    const wrong = mismatch(settings.type as PortType, value);
    if (wrong !== null) throw new StepFailure('run_input_wrong', `The input "${name}": ${wrong}`);
    return { value };
  },
});

function countInWords(count: number, type: PortType): string {
  const noun = { 'list<image>': 'image', 'list<file>': 'file', 'list<text>': 'text', 'list<number>': 'number' }[
    String(type)
  ];
  return `${count} ${noun ?? 'item'}${count === 1 ? '' : 's'}`;
}
