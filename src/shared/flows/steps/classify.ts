import { Type } from 'typebox';
import { chatResult, modelField, modelInWords, modelJob, modelProblems, tokensInWords } from '../model-choice.ts';
import { defineJob, type Port, StepFailure } from '../step-type.ts';
import { asText } from '../template-filters.ts';

const config = Type.Object({
  model: modelField('chat'),
  instructions: Type.String({
    title: 'How to decide',
    description: 'What the labels mean, where their names do not say it',
    widget: 'template',
    default: '',
    maxLength: 50_000,
  }),
  labels: Type.Array(
    Type.Object({
      label: Type.String({ title: 'Label', widget: 'text', minLength: 1, maxLength: 80 }),
      means: Type.Optional(Type.String({ title: 'Means', widget: 'text', maxLength: 500 })),
    }),
    { title: 'Labels', widget: 'rows', rowName: 'Label', minItems: 2, maxItems: 30 },
  ),
});

/** Each label has a port of its own; only the chosen one is alive, and carries the label. */
const portOf = (index: number) => `label_${index + 1}`;

export const classify = defineJob({
  type: 'classify',
  name: 'Classify',
  description: 'Puts a text under one of your labels; what hangs on that label goes on.',
  icon: 'tags',
  category: 'ai',
  config,
  defaults: {
    model: '',
    instructions: '',
    labels: [{ label: 'question' }, { label: 'complaint' }, { label: 'other' }],
  },
  inputs: [{ name: 'text', title: 'Text', type: 'any', required: true }],
  outputs: ({ labels }): Port[] => [
    { name: 'label', title: 'Label', type: 'text' },
    ...labels.map(({ label }, index): Port => ({ name: portOf(index), title: label, type: 'text' })),
    { name: 'usage', title: 'Usage', type: 'json' },
  ],
  executes: 'job',
  sideEffects: false,
  size: { width: 220 },
  problems: ({ model, labels }) => [
    ...modelProblems(model),
    ...labels.flatMap(({ label }, index) =>
      labels.findIndex((other) => other.label === label) < index
        ? [{ field: `labels/${index}/label`, message: 'There is this label already' }]
        : [],
    ),
  ],
  describe: ({ model, labels }) => `${labels.length} labels, ${modelInWords(model)}`,
  summary: ({ label, usage }) => (typeof label === 'string' ? label : tokensInWords(usage)),
  job({ model, instructions, labels }, { text }, { name }) {
    const listed = labels.map(({ label, means = '' }) => (means === '' ? `- ${label}` : `- ${label}: ${means}`));
    const system = [
      'You put what you are given under exactly one of these labels:',
      ...listed,
      ...(instructions.trim() === '' ? [] : ['', instructions]),
    ].join('\n');
    const schema = {
      type: 'object',
      properties: { label: { type: 'string', enum: labels.map(({ label }) => label) } },
      required: ['label'],
      additionalProperties: false,
    };
    const messages = [
      { role: 'system' as const, content: system },
      { role: 'user' as const, content: asText(text) },
    ];
    const settings = { schema, repairs: 1, parameters: { temperature: 0 } };
    const job = modelJob(model, { task: 'chat', messages, ...settings }, name);
    return job;
  },
  fromResult(result, { labels }) {
    const { json, usage } = chatResult(result);
    const label = (json as { label?: unknown } | null)?.label;
    const index = labels.findIndex((one) => one.label === label);
    if (index < 0) throw new StepFailure('result_wrong', 'The model answered with none of the labels.');
    return { label, [portOf(index)]: label, usage };
  },
});
