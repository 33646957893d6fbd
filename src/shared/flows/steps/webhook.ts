import { Type } from 'typebox';
import { defineInline, StepFailure } from '../step-type.ts';

const methods = [
  { value: 'POST', title: 'POST' },
  { value: 'PUT', title: 'PUT' },
  { value: 'GET', title: 'GET' },
];
const answers = [
  { value: 'accepted', title: 'At once' },
  { value: 'outputs', title: 'With the outputs of the run' },
];

const config = Type.Object({
  method: Type.String({ title: 'Method', widget: 'select', default: 'POST', maxLength: 10, choices: methods }),
  answer: Type.String({ title: 'Answers', widget: 'select', default: 'accepted', maxLength: 10, choices: answers }),
  seconds: Type.Integer({
    title: 'Seconds to wait for the outputs',
    description: 'After that it answers that the run goes on',
    widget: 'number',
    default: 30,
    minimum: 1,
    maximum: 120,
    when: { field: 'answer', is: ['outputs'] },
  }),
  secret: Type.String({
    title: 'Signed with',
    description: 'Name of a secret of the workspace; calls without a right signature are refused',
    widget: 'text',
    default: '',
    maxLength: 60,
    pattern: '^([A-Za-z][A-Za-z0-9_]{0,59})?$',
    placeholder: 'HOOK_SECRET',
  }),
  header: Type.String({
    title: 'Header of the signature',
    description: 'HMAC-SHA256 of the body in hex, with or without "sha256=" in front',
    widget: 'text',
    default: 'x-hub-signature-256',
    pattern: '^[A-Za-z0-9-]{1,60}$',
    maxLength: 60,
  }),
  sample: Type.String({
    title: 'Body for a run by hand',
    widget: 'code',
    language: 'json',
    default: '{}',
    maxLength: 50_000,
  }),
});

/** Started by hand it gives the sample. In a run that another trigger started it is skipped. */
export const webhook = defineInline({
  type: 'webhook',
  name: 'Webhook',
  description: 'Runs the flow when another program calls its address, while its triggers are switched on.',
  icon: 'webhook',
  category: 'start',
  config,
  defaults: {
    method: 'POST',
    answer: 'accepted',
    seconds: 30,
    secret: '',
    header: 'x-hub-signature-256',
    sample: '{}',
  },
  inputs: [],
  outputs: [
    { name: 'body', title: 'Body', type: 'json' },
    { name: 'headers', title: 'Headers', type: 'json' },
    { name: 'query', title: 'Query', type: 'json' },
  ],
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  trigger: 'webhook',
  describe: ({ method, secret }) => (secret === '' ? method : `${method}, signed`),
  run(_context, _inputs, { sample }) {
    try {
      return { body: sample.trim() === '' ? null : JSON.parse(sample), headers: {}, query: {} };
    } catch {
      throw new StepFailure('sample_wrong', 'The body for a run by hand is not JSON.', 'Correct it in the settings.');
    }
  },
});
