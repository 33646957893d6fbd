/** The flow of a fault run: a Map of scripts in sandboxes, a choice, branches that meet, an error that is expected. */
import { type FlowEdge, type FlowFile, type FlowStep, flowSchemaId } from '../../src/shared/model/flow.ts';

/** `by` is different in every execution, so that a step that was executed again shows. */
const each = `export default ({ value }: { value: number }) => ({ twice: value * 2, by: crypto.randomUUID() });`;
const sum = `export default ({ value }: { value: { twice: number }[] }) => ({
  sum: value.reduce((total, { twice }) => total + twice, 0),
  by: crypto.randomUUID(),
});`;

const step = (id: string, type: string, config: FlowStep['config'], rest: Partial<FlowStep> = {}): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config,
  ...rest,
});
const code = (source: string) => ({ source, inputs: [{ name: 'value' }], ramMb: 128 });
const words = (text: string) => ({ text, inputs: [{ name: 'value' }] });
const edge = (from: string, to: string): FlowEdge => {
  const end = (name: string) => ({ step: name.split('.')[0] ?? '', port: name.split('.')[1] ?? '' });
  return { id: `${from}-${to}`, from: end(from), to: end(to) };
};

/**
 *     list ─► each ( double ─► label ) ─► total ─► big? ─┬─► yes ─┬─► join ─► out
 *                                                       └─► no ──┘
 */
export const faultFlow: FlowFile = {
  schema: flowSchemaId,
  name: 'Under faults',
  steps: [
    step('list', 'input', { name: 'list', type: 'list<number>', value: [] }),
    step('each', 'map', { concurrency: 8, onItemError: 'fail' }, { size: { width: 400, height: 300 } }),
    step('double', 'code', code(each), { parent: 'each' }),
    step('label', 'transform', { operations: [{ do: 'pick', field: 'twice, by' }] }, { parent: 'each' }),
    step('total', 'code', code(sum)),
    step('big', 'if', { field: 'sum', is: 'more', value: 40 }),
    step('yes', 'template', words('more: {{ value.sum }}')),
    step('no', 'template', words('less: {{ value.sum }}')),
    step('join', 'merge', { mode: 'first' }),
    step('out', 'output', { name: 'result', view: 'text' }),
  ],
  edges: [
    edge('list.value', 'each.items'),
    edge('each.item', 'double.value'),
    edge('double.result', 'label.value'),
    edge('label.value', 'each.result'),
    edge('each.results', 'total.value'),
    edge('total.result', 'big.value'),
    edge('big.yes', 'yes.value'),
    edge('big.no', 'no.value'),
    edge('yes.text', 'join.values'),
    edge('no.text', 'join.values'),
    edge('join.value', 'out.value'),
  ],
  groups: [],
  notes: [],
  settings: {},
};
