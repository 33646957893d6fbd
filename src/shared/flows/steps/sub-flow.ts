import { Type } from 'typebox';
import { defineHold, type Port, StepFailure } from '../step-type.ts';

/** Names of Inputs and Outputs of the flow, as it calls them itself. */
const name = Type.String({ title: 'Name', widget: 'text', pattern: '^[A-Za-z][A-Za-z0-9_]*$', maxLength: 60 });

const config = Type.Object({
  flowId: Type.String({
    title: 'Flow',
    description: 'Runs as it is when this step begins',
    widget: 'flow',
    default: '',
    maxLength: 80,
    pattern: '^([A-Za-z0-9][A-Za-z0-9_.:-]*)?$',
  }),
  inputs: Type.Array(
    Type.Object({
      name,
      value: Type.Optional(
        Type.Unknown({ title: 'Value', description: 'Used where nothing is wired', widget: 'text', templated: true }),
      ),
    }),
    { title: 'Inputs', description: 'Inputs of that flow', widget: 'rows', rowName: 'Input', maxItems: 64 },
  ),
  outputs: Type.Array(Type.Object({ name }), {
    title: 'Outputs',
    description: 'Outputs of that flow',
    widget: 'rows',
    rowName: 'Output',
    maxItems: 64,
  }),
});

/** Port names begin small: the Input `Topic` is wired at `topic`. */
export function portOfName(text: string): string {
  return (text.charAt(0).toLowerCase() + text.slice(1)).slice(0, 40);
}

/** An Input of the other flow that gets nothing here keeps the value that is typed in there. */
export const subFlow = defineHold({
  type: 'sub_flow',
  name: 'Sub-flow',
  description: 'Runs another flow of this workspace, and takes its outputs.',
  icon: 'workflow',
  category: 'logic',
  config,
  defaults: { flowId: '', inputs: [], outputs: [] },
  inputs: ({ inputs }) =>
    inputs.map(
      (input, index): Port => ({
        name: portOfName(input.name),
        title: input.name,
        type: 'any',
        field: `inputs/${index}/value`,
      }),
    ),
  outputs: ({ outputs }) =>
    outputs.map((output): Port => ({ name: portOfName(output.name), title: output.name, type: 'any' })),
  executes: 'hold',
  sideEffects: true,
  size: { width: 208 },
  describe: ({ flowId }) => (flowId === '' ? 'No flow yet' : ''),
  problems: ({ flowId, inputs, outputs }) => [
    ...(flowId === '' ? [{ field: 'flowId', message: 'Choose a flow' }] : []),
    ...twice('inputs', inputs),
    ...twice('outputs', outputs),
  ],
  hold({ flowId, inputs }, values) {
    if (flowId === '') throw new StepFailure('flow_missing', 'No flow is chosen.', 'Choose one in the settings.');
    const given = inputs.flatMap((input) => {
      const value = values[portOfName(input.name)];
      return value === undefined ? [] : [[input.name, value] as const];
    });
    return { kind: 'flow', flowId, inputs: Object.fromEntries(given) };
  },
  release(release, _inputs, { outputs }) {
    if (release.by !== 'run') return {};
    return Object.fromEntries(
      outputs.flatMap((output) => {
        const value = release.outputs[output.name];
        return value === undefined ? [] : [[portOfName(output.name), value] as const];
      }),
    );
  },
});

function twice(field: string, rows: readonly { readonly name: string }[]) {
  const ports = rows.map((row) => portOfName(row.name));
  return ports.flatMap((port, index) =>
    ports.indexOf(port) < index
      ? [{ field: `${field}/${index}/name`, message: `Another is called "${port}" too` }]
      : [],
  );
}
