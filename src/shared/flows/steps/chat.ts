import { Type } from 'typebox';
import {
  chatResult,
  inputPorts,
  inputRows,
  maxTokensField,
  modelField,
  modelInWords,
  modelJob,
  modelProblems,
  parametersFrom,
  partsOf,
  schemaFrom,
  schemaProblems,
  temperatureField,
  tokensInWords,
} from '../model-choice.ts';
import { defineJob, type Port } from '../step-type.ts';

const config = Type.Object({
  model: modelField('chat'),
  system: Type.String({
    title: 'System',
    description: 'Who the model is, and how it answers',
    widget: 'template',
    default: '',
    maxLength: 200_000,
  }),
  prompt: Type.String({
    title: 'Prompt',
    description: 'Write {{ to use a value',
    widget: 'template',
    default: '',
    maxLength: 200_000,
  }),
  inputs: inputRows,
  schema: Type.String({
    title: 'JSON schema',
    description: 'The form of the answer; empty for free text',
    widget: 'code',
    language: 'json',
    default: '',
    maxLength: 100_000,
  }),
  temperature: temperatureField,
  maxTokens: maxTokensField,
});

export const chat = defineJob({
  type: 'chat',
  name: 'LLM chat',
  description: 'Asks a language model, on a machine of the workspace or behind a key.',
  icon: 'message-square-text',
  category: 'ai',
  config,
  defaults: { model: '', system: '', prompt: '{{ input }}', inputs: [{ name: 'input' }], schema: '' },
  inputs: ({ inputs, system, prompt }): Port[] => [
    ...inputPorts(inputs, system, prompt),
    { name: 'images', title: 'Images', type: 'any', description: 'An image or a list of images' },
  ],
  outputs: ({ schema }): Port[] => [
    { name: 'text', title: 'Text', type: 'text' },
    ...(schema.trim() === '' ? [] : [{ name: 'json', title: 'JSON', type: 'json' } as const]),
    { name: 'usage', title: 'Usage', type: 'json' },
  ],
  executes: 'job',
  sideEffects: false,
  streams: true,
  size: { width: 304 },
  problems: ({ model, schema }) => [...modelProblems(model), ...schemaProblems('schema', schema)],
  describe: ({ model }) => modelInWords(model),
  summary: ({ usage }) => tokensInWords(usage),
  job({ model, system, prompt, schema, ...parameters }, { images }, { name }) {
    const wanted = schemaFrom(schema);
    const messages = [
      ...(system.trim() === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user' as const, content: partsOf(prompt, images) },
    ];
    const asked = { task: 'chat' as const, messages, parameters: parametersFrom(parameters) };
    return modelJob(model, wanted === null ? asked : { ...asked, schema: wanted }, name);
  },
  fromResult(result, { schema }) {
    const { text, json, usage } = chatResult(result);
    return schema.trim() === '' ? { text, usage } : { text, json, usage };
  },
});
