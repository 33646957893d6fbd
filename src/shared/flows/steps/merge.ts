import { Type } from 'typebox';
import { type Delivery, defineInline } from '../step-type.ts';
import { listOf } from '../types.ts';

const modes = [
  { value: 'list', title: 'A list of all' },
  { value: 'first', title: 'The first that is there' },
  { value: 'object', title: 'An object, by step' },
];

const config = Type.Object({
  mode: Type.String({ title: 'Gives', widget: 'select', default: 'list', maxLength: 20, choices: modes }),
});

export const merge = defineInline({
  type: 'merge',
  name: 'Merge',
  description: 'Waits for every branch that is alive and brings their values together.',
  icon: 'merge',
  category: 'logic',
  config,
  defaults: { mode: 'list' },
  inputs: [{ name: 'values', title: 'Values', type: 'any', required: true, multiple: true }],
  outputs: ({ mode }, wired) => [
    {
      name: 'value',
      title: 'Value',
      type: mode === 'list' ? listOf(wired('values')) : mode === 'first' ? wired('values') : 'json',
    },
  ],
  executes: 'inline',
  sideEffects: false,
  size: { width: 142 },
  describe: ({ mode }) => modes.find(({ value }) => value === mode)?.title ?? mode,
  run(_context, inputs, { mode }) {
    const values = inputs['values'] as readonly Delivery[];
    if (mode === 'first') return { value: values[0]?.value ?? null };
    if (mode === 'list') return { value: values.map(({ value }) => value) };
    return { value: byStep(values) };
  },
});

/** Fields are named after the steps; a step that delivers from several ports gives `step.port`. */
function byStep(values: readonly Delivery[]): Record<string, unknown> {
  const deliveries = Map.groupBy(values, ({ step }) => step);
  return Object.fromEntries(
    values.map(({ step, port, value }) => [(deliveries.get(step)?.length ?? 0) > 1 ? `${step}.${port}` : step, value]),
  );
}
