/**
 * The flows of a fault run: a Map of scripts in sandboxes, a choice, branches that meet, a wait, people who are asked, a
 * flow inside, failures that a policy answers, a result that is found again; and one that a schedule starts.
 */
import { type FlowEdge, type FlowFile, type FlowStep, flowSchemaId } from '../../src/shared/model/flow.ts';

/** `by` is different in every execution, so that a step that was executed again shows. */
const each = `export default ({ value }: { value: number }) => ({ twice: value * 2, by: crypto.randomUUID() });`;
const sum = `export default ({ value }: { value: { twice: number }[] }) => ({
  sum: value.reduce((total, { twice }) => total + twice, 0),
  by: crypto.randomUUID(),
});`;
const fails = `export default () => { throw new Error('as it is meant to'); };`;
const constant = `export default ({ value }: { value: unknown }) => ({ value, by: crypto.randomUUID() });`;

const step = (id: string, type: string, config: FlowStep['config'] = {}, rest: Partial<FlowStep> = {}): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config,
  ...rest,
});
const code = (source: string, value?: string) => ({
  source,
  inputs: [{ name: 'value', ...(value === undefined ? {} : { value }) }],
  ramMb: 128,
});
const words = (text: string) => ({ text, inputs: [{ name: 'value' }] });
const out = (name: string) => step(name, 'output', { name, view: 'json' });
const first = { mode: 'first' };
const edge = (from: string, to: string): FlowEdge => {
  const end = (name: string) => ({ step: name.split('.')[0] ?? '', port: name.split('.')[1] ?? '' });
  return { id: `${from}-${to}`, from: end(from), to: end(to) };
};
const flow = (name: string, steps: FlowStep[], edges: [string, string][]): FlowFile => ({
  schema: flowSchemaId,
  name,
  steps,
  edges: edges.map(([from, to]) => edge(from, to)),
  groups: [],
  notes: [],
  settings: {},
});

/** The step whose question is decided by the program that started the run; `lapse` asks, and nobody answers. */
export const askedStep = 'ask';

/**
 *     list ─► each ( double ─► label ) ─► total ─► big? ─┬─► yes ─┬─► join ─► rest ─► result
 *       │                                               └─► no ──┘
 *       ├─► broken ─(error)─► why ─► reason        ├─► ask ─┬─► agreed ─┬─► said ─► decision
 *       ├─► spare (its default) ─► instead         │        └─► refused ┘
 *       └─► below (another flow) ─► inner          └─► lapse (approved when nobody decides) ─► unasked
 *     same (cached) ─► again
 */
export const faultFlow = (belowId: string): FlowFile =>
  flow(
    'Under faults',
    [
      step('list', 'input', { name: 'list', type: 'list<number>', value: [] }),
      step('each', 'map', { concurrency: 8, onItemError: 'fail' }, { size: { width: 400, height: 300 } }),
      step('double', 'code', code(each), { parent: 'each' }),
      step('label', 'transform', { operations: [{ do: 'pick', field: 'twice, by' }] }, { parent: 'each' }),
      step('total', 'code', code(sum)),
      step('big', 'if', { field: 'sum', is: 'more', value: 25 }),
      step('yes', 'template', words('more: {{ value.sum }}')),
      step('no', 'template', words('less: {{ value.sum }}')),
      step('join', 'merge', first),
      step('rest', 'wait', { mode: 'for', amount: 0.5, unit: 'seconds', until: '' }),
      out('result'),
      step('broken', 'code', code(fails), { policy: { onError: 'port' } }),
      step('why', 'template', words('{{ value.code }}')),
      out('reason'),
      step('spare', 'code', code(fails), {
        policy: { onError: 'default', defaultOutputs: { result: 'the spare one' } },
      }),
      out('instead'),
      step('below', 'sub_flow', { flowId: belowId, inputs: [{ name: 'list' }], outputs: [{ name: 'last' }] }),
      out('inner'),
      step(askedStep, 'approval', approval({ amount: 1, unit: 'hours', fallback: 'fail' })),
      step('agreed', 'template', words('agreed')),
      step('refused', 'template', words('refused')),
      step('said', 'merge', first),
      out('decision'),
      step('lapse', 'approval', approval({ amount: 1, unit: 'seconds', fallback: 'approve' })),
      out('unasked'),
      step('same', 'code', code(constant, 'always'), { policy: { cache: true } }),
      out('again'),
    ],
    [
      ['list.value', 'each.items'],
      ['each.item', 'double.value'],
      ['double.result', 'label.value'],
      ['label.value', 'each.result'],
      ['each.results', 'total.value'],
      ['total.result', 'big.value'],
      ['big.yes', 'yes.value'],
      ['big.no', 'no.value'],
      ['yes.text', 'join.values'],
      ['no.text', 'join.values'],
      ['join.value', 'rest.value'],
      ['rest.value', 'result.value'],
      ['list.value', 'broken.value'],
      ['broken.error', 'why.value'],
      ['why.text', 'reason.value'],
      ['list.value', 'spare.value'],
      ['spare.result', 'instead.value'],
      ['list.value', 'below.list'],
      ['below.last', 'inner.value'],
      ['list.value', `${askedStep}.value`],
      [`${askedStep}.approved`, 'agreed.value'],
      [`${askedStep}.rejected`, 'refused.value'],
      ['agreed.text', 'said.values'],
      ['refused.text', 'said.values'],
      ['said.value', 'decision.value'],
      ['list.value', 'lapse.value'],
      ['lapse.approved', 'unasked.value'],
      ['same.result', 'again.value'],
    ],
  );

function approval(rest: FlowStep['config']): FlowStep['config'] {
  return { question: 'Go on?', who: 'member', people: [], ...rest };
}

/** What `below` runs: a job and a wait. */
export const flowBelow: FlowFile = flow(
  'Below',
  [
    step('list', 'input', { name: 'list', type: 'list<number>', value: [] }),
    step('kept', 'code', code(constant)),
    step('rest', 'wait', { mode: 'for', amount: 0.3, unit: 'seconds', until: '' }),
    out('last'),
  ],
  [
    ['list.value', 'kept.value'],
    ['kept.result', 'rest.value'],
    ['rest.value', 'last.value'],
  ],
);

/** Started every second. */
export const scheduledFlow: FlowFile = flow(
  'Every second',
  [step('tick', 'schedule', { cron: '* * * * * *', zone: 'UTC', missed: 'skip' }), out('time')],
  [['tick.time', 'time.value']],
);
