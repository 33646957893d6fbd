import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { type HttpRequest, HttpResult, httpMethods } from '../../model/http-request.ts';
import { FileValue } from '../../model/values.ts';
import { inputPorts, inputRows } from '../model-choice.ts';
import { defineJob, type Port, StepFailure } from '../step-type.ts';

const text = (title: string, more: object = {}) =>
  Type.String({ title, widget: 'text', templated: true, secrets: true, default: '', maxLength: 20_000, ...more });
const pairs = (title: string, rowName: string, more: object = {}) =>
  Type.Array(
    Type.Object({
      name: Type.String({ title: 'Name', widget: 'text', minLength: 1, maxLength: 200 }),
      value: text('Value'),
    }),
    { title, widget: 'rows', rowName, maxItems: 100, ...more },
  );
const choice = (title: string, choices: readonly (readonly [string, string])[], more: object = {}) =>
  Type.String({
    title,
    widget: 'select',
    default: choices[0]?.[0] ?? '',
    maxLength: 20,
    choices: choices.map(([value, words]) => ({ value, title: words })),
    ...more,
  });

const config = Type.Object({
  method: choice(
    'Method',
    httpMethods.map((method) => [method, method] as const),
  ),
  url: text('URL', {
    placeholder: 'https://api.example.com/items',
    description: 'Write {{ secrets.NAME }} for a secret',
  }),
  query: pairs('Query', 'Parameter'),
  headers: pairs('Headers', 'Header'),
  sends: choice('Sends', [
    ['none', 'Nothing'],
    ['json', 'JSON'],
    ['text', 'Text'],
    ['form', 'A form'],
    ['file', 'A file'],
  ]),
  body: text('Body', {
    widget: 'template',
    maxLength: 200_000,
    when: { field: 'sends', is: ['json', 'text'] },
    description: 'In JSON, write {{ name | json }} for a value',
  }),
  contentType: Type.String({
    title: 'Content type',
    widget: 'text',
    default: 'text/plain; charset=utf-8',
    maxLength: 200,
    when: { field: 'sends', is: ['text'] },
  }),
  form: pairs('Form', 'Field', { when: { field: 'sends', is: ['form'] } }),
  inputs: inputRows,
  takes: choice('Takes', [
    ['auto', 'What the answer says it is'],
    ['json', 'JSON'],
    ['text', 'Text'],
    ['file', 'A file'],
  ]),
  failOnStatus: Type.Boolean({
    title: 'Fail on a status of 400 and above',
    widget: 'switch',
    default: true,
  }),
  maxMb: Type.Integer({ title: 'Largest answer (MB)', widget: 'number', default: 10, minimum: 1, maximum: 1024 }),
});

const bodyTypes = { json: 'json', text: 'text', file: 'file', auto: 'any' } as const;
/** A config with its templates filled in: texts that name secrets have become SecretTexts. */
type Filled = { method: string; url: string; sends: string; body: string; contentType: string } & {
  query: HttpRequest['query'];
  headers: HttpRequest['headers'];
  form: HttpRequest['query'];
};

export const httpRequest = defineJob({
  type: 'http_request',
  name: 'HTTP request',
  description: 'Calls a web address, from the host.',
  icon: 'globe',
  category: 'data',
  config,
  defaults: {
    method: 'GET',
    url: '',
    query: [],
    headers: [],
    sends: 'none',
    body: '',
    contentType: 'text/plain; charset=utf-8',
    form: [],
    inputs: [],
    takes: 'auto',
    failOnStatus: true,
    maxMb: 10,
  },
  inputs: ({ inputs, sends, url, body, query, headers, form }): Port[] => [
    ...inputPorts(inputs, url, body, ...[...query, ...headers, ...form].map(({ value }) => value)),
    ...(sends === 'file' ? [{ name: 'file', title: 'File', type: 'file', required: true } as const] : []),
  ],
  outputs: ({ takes }): Port[] => [
    { name: 'body', title: 'Body', type: bodyTypes[takes as keyof typeof bodyTypes] ?? 'any' },
    { name: 'status', title: 'Status', type: 'number' },
    { name: 'headers', title: 'Headers', type: 'json' },
  ],
  executes: 'job',
  sideEffects: true,
  size: { width: 240 },
  problems: ({ url }) => (url.trim() === '' ? [{ field: 'url', message: 'There is no URL yet' }] : []),
  describe: ({ method, url }) => `${method} ${hostIn(url)}`,
  summary: ({ status }) => (typeof status === 'number' ? `Status ${status}` : ''),
  job(settings, { file }, { name }) {
    const { takes, failOnStatus, maxMb } = settings;
    const { method, url, headers, query, ...rest } = settings as unknown as Filled;
    const request: HttpRequest = {
      method: method as HttpRequest['method'],
      ...{ url, headers, query },
      body: bodyOf(rest, file),
      response: takes as HttpRequest['response'],
      maxBytes: maxMb * 1024 * 1024,
      maxRedirects: 5,
      failOnStatus,
    };
    return { kind: 'http', input: request, requires: { cores: 0, ramMb: 0 }, runSeconds: 60, label: name };
  },
  fromResult(result) {
    if (!Check(HttpResult, result)) throw new StepFailure('result_wrong', 'What came back is not an answer.');
    const { body, status, headers } = result;
    return { body, status, headers };
  },
});

function bodyOf(
  { sends, body, contentType, form }: Pick<Filled, 'sends' | 'body' | 'contentType' | 'form'>,
  file: unknown,
): HttpRequest['body'] {
  switch (sends) {
    case 'json':
      return { type: 'json', text: body };
    case 'text':
      return { type: 'text', text: body, contentType };
    case 'form':
      return { type: 'form', fields: form };
    case 'file':
      if (!Check(FileValue, file)) throw new StepFailure('input_wrong', 'File: a file is needed.');
      return { type: 'file', file };
    default:
      return null;
  }
}

/** What of a URL says where it goes, without what may be private in it. */
function hostIn(url: unknown): string {
  const said = typeof url === 'string' ? url : '';
  return /^https?:\/\/([^/?#@]+)/.exec(said)?.[1] ?? said.split(/[?#]/, 1)[0]?.slice(0, 60) ?? '';
}
