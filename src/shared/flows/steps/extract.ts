import { Type } from 'typebox';
import {
  chatResult,
  maxTokensField,
  modelField,
  modelInWords,
  modelJob,
  modelProblems,
  parametersFrom,
  partsOf,
  schemaFrom,
  schemaProblems,
  tokensInWords,
} from '../model-choice.ts';
import { defineJob } from '../step-type.ts';
import { asText } from '../template-filters.ts';

const example = `{
  "type": "object",
  "properties": {
    "name": { "type": "string" },
    "date": { "type": "string" }
  },
  "required": ["name"]
}
`;

const config = Type.Object({
  model: modelField('chat'),
  instructions: Type.String({
    title: 'What to look for',
    description: 'In your own words; the form of the answer stands below',
    widget: 'template',
    default: '',
    maxLength: 50_000,
  }),
  schema: Type.String({
    title: 'JSON schema',
    description: 'What the answer has to look like',
    widget: 'code',
    language: 'json',
    default: example,
    minLength: 2,
    maxLength: 100_000,
  }),
  repair: Type.Boolean({
    title: 'Ask again when the answer does not fit',
    description: 'Once, with what was wrong; both answers are paid for',
    widget: 'switch',
    default: true,
  }),
  maxTokens: maxTokensField,
});

const task =
  'You take structured data out of what you are given. What is not there you leave out or set to null; you invent nothing.';

export const extract = defineJob({
  type: 'extract',
  name: 'Structured extract',
  description: 'Takes data in a form of your own out of a text or an image.',
  icon: 'braces',
  category: 'ai',
  config,
  defaults: { model: '', instructions: '', schema: example, repair: true },
  inputs: [
    { name: 'text', title: 'Text', type: 'any', required: true, description: 'A text, or any value as JSON' },
    { name: 'images', title: 'Images', type: 'any', description: 'An image or a list of images' },
  ],
  outputs: [
    { name: 'json', title: 'Data', type: 'json' },
    { name: 'usage', title: 'Usage', type: 'json' },
  ],
  executes: 'job',
  sideEffects: false,
  streams: true,
  size: { width: 304 },
  problems: ({ model, schema }) => [...modelProblems(model), ...schemaProblems('schema', schema)],
  describe: ({ model }) => modelInWords(model),
  summary: ({ usage }) => tokensInWords(usage),
  job({ model, instructions, schema, repair, ...parameters }, { text, images }, { name }) {
    const content = partsOf([instructions.trim(), asText(text)].filter((part) => part !== '').join('\n\n'), images);
    const messages = [
      { role: 'system' as const, content: task },
      { role: 'user' as const, content },
    ];
    const wanted = schemaFrom(schema) ?? {};
    const settings = { parameters: { temperature: 0, ...parametersFrom(parameters) }, repairs: repair ? 1 : 0 };
    return modelJob(model, { task: 'chat', messages, schema: wanted, ...settings }, name);
  },
  fromResult(result) {
    const { json, usage } = chatResult(result);
    return { json, usage };
  },
});
