import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { type AgentInput, AgentResult, type AgentTool } from '../../model/agent.ts';
import { type HttpMethod, httpMethods } from '../../model/http-request.ts';
import { parseModelRef } from '../../model/inference.ts';
import { wrongBase } from '../../web-address.ts';
import {
  inputPorts,
  inputRows,
  modelField,
  modelInWords,
  modelProblems,
  parametersFrom,
  schemaFrom,
  schemaProblems,
  temperatureField,
  tokensInWords,
} from '../model-choice.ts';
import type { MaybeSecret } from '../secret-text.ts';
import { defineJob, type Port, StepFailure } from '../step-type.ts';

const http = { field: 'kind', is: ['http'] };
const mcp = { field: 'kind', is: ['mcp'] };
const flow = { field: 'kind', is: ['flow'] };
const choices = (...all: readonly (readonly [string, string])[]) => all.map(([value, title]) => ({ value, title }));

const methodSets: Readonly<Record<string, readonly HttpMethod[]>> = {
  get: ['GET'],
  post: ['POST'],
  read_write: ['GET', 'POST', 'PUT', 'PATCH'],
  all: httpMethods,
};

/** A file written by hand may leave out what its kind of tool does not have. */
const toolRow = Type.Object({
  kind: Type.String({
    title: 'Tool',
    widget: 'select',
    default: 'http',
    maxLength: 20,
    choices: choices(['http', 'HTTP request'], ['mcp', 'MCP server'], ['flow', 'A flow of this workspace']),
  }),
  name: Type.String({
    title: 'Name',
    description: 'What the model calls it: letters, digits, _ and -',
    widget: 'text',
    default: '',
    maxLength: 48,
    placeholder: 'weather',
  }),
  description: Type.Optional(
    Type.String({
      title: 'What it is for',
      description: 'The model reads this to know when to use it, and with what',
      widget: 'multiline',
      default: '',
      maxLength: 4_000,
      when: { field: 'kind', is: ['http', 'flow'] },
    }),
  ),
  base: Type.Optional(
    Type.String({
      title: 'Addresses below',
      description: 'Nothing else may be called, not by a redirect either; empty for every public address',
      widget: 'text',
      default: '',
      maxLength: 2_000,
      placeholder: 'https://api.example.com/v1',
      when: http,
    }),
  ),
  methods: Type.Optional(
    Type.String({
      title: 'Methods',
      widget: 'select',
      default: 'get',
      maxLength: 20,
      choices: choices(['get', 'GET'], ['post', 'POST'], ['read_write', 'GET, POST, PUT, PATCH'], ['all', 'All']),
      when: http,
    }),
  ),
  url: Type.Optional(
    Type.String({
      title: 'URL',
      description: 'Of its Streamable HTTP endpoint',
      widget: 'text',
      templated: true,
      secrets: true,
      default: '',
      maxLength: 2_000,
      placeholder: 'https://mcp.example.com/mcp',
      when: mcp,
    }),
  ),
  allowed: Type.Optional(
    Type.String({
      title: 'Only these of its tools',
      description: 'Names with commas between them; empty for all',
      widget: 'text',
      default: '',
      maxLength: 4_000,
      when: mcp,
    }),
  ),
  headers: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String({ title: 'Name', widget: 'text', maxLength: 200, placeholder: 'Authorization' }),
        value: Type.String({
          title: 'Value',
          description: 'Write {{ secrets.NAME }} for a secret',
          widget: 'text',
          templated: true,
          secrets: true,
          default: '',
          maxLength: 20_000,
        }),
      }),
      {
        title: 'Headers',
        widget: 'rows',
        rowName: 'header',
        maxItems: 20,
        default: [],
        when: { field: 'kind', is: ['http', 'mcp'] },
      },
    ),
  ),
  flowId: Type.Optional(
    Type.String({
      title: 'Flow',
      description: 'Its Inputs are what the model gives, its Outputs the answer',
      widget: 'flow',
      default: '',
      maxLength: 80,
      pattern: '^([A-Za-z0-9][A-Za-z0-9_.:-]*)?$',
      when: flow,
    }),
  ),
});

const config = Type.Object({
  model: modelField('chat'),
  instructions: Type.String({
    title: 'Instructions',
    description: 'Who the agent is, how it works, when it is done',
    widget: 'template',
    default: '',
    maxLength: 200_000,
  }),
  task: Type.String({
    title: 'Task',
    description: 'Write {{ to use a value',
    widget: 'template',
    default: '',
    maxLength: 200_000,
  }),
  inputs: inputRows,
  tools: Type.Array(toolRow, {
    title: 'Tools',
    description: 'What the model may use on its way to the answer',
    widget: 'rows',
    rowName: 'tool',
    none: 'No tools yet: the model answers from what it knows.',
    maxItems: 32,
  }),
  schema: Type.String({
    title: 'JSON schema',
    description: 'The form of the answer; empty for free text',
    widget: 'code',
    language: 'json',
    default: '',
    maxLength: 100_000,
  }),
  maxTurns: Type.Integer({
    title: 'Most turns',
    description: 'How often the model is asked',
    widget: 'number',
    default: 10,
    minimum: 1,
    maximum: 100,
  }),
  maxCalls: Type.Integer({
    title: 'Most calls of tools',
    widget: 'number',
    default: 30,
    minimum: 0,
    maximum: 300,
  }),
  maxTokens: Type.Optional(
    Type.Integer({
      title: 'Most tokens',
      description: 'Of all turns together; empty for no limit',
      widget: 'number',
      minimum: 1,
      maximum: 100_000_000,
    }),
  ),
  seconds: Type.Integer({
    title: 'Most seconds',
    description: 'Then everything that is under way is ended',
    widget: 'number',
    default: 900,
    minimum: 5,
    maximum: 86_400,
  }),
  temperature: temperatureField,
});

/** A row with its templates filled in: texts that name secrets have become SecretTexts. */
interface Row {
  readonly kind: string;
  readonly name: string;
  readonly description: string;
  readonly base: string;
  readonly methods: string;
  readonly url: MaybeSecret;
  readonly allowed: string;
  readonly headers: readonly { readonly name: string; readonly value: MaybeSecret }[];
  readonly flowId: string;
}
const emptyRow: Row = {
  ...{
    kind: 'http',
    name: '',
    description: '',
    base: '',
    methods: 'get',
    url: '',
    allowed: '',
    headers: [],
    flowId: '',
  },
};
const rowsOf = (tools: readonly object[]): Row[] => tools.map((row) => ({ ...emptyRow, ...row }));

export const agent = defineJob({
  type: 'agent',
  name: 'Agent',
  description: 'A model that works on a task with tools until it has the answer.',
  icon: 'bot',
  category: 'ai',
  config,
  defaults: {
    model: '',
    instructions: '',
    task: '{{ input }}',
    inputs: [{ name: 'input' }],
    tools: [],
    schema: '',
    maxTurns: 10,
    maxCalls: 30,
    seconds: 900,
  },
  inputs: ({ inputs, instructions, task, tools }): Port[] => {
    const texts = rowsOf(tools).flatMap(({ url, headers }) => [url, ...headers.map(({ value }) => value)]);
    return inputPorts(inputs, instructions, task, ...texts.filter((text) => typeof text === 'string'));
  },
  outputs: ({ schema }): Port[] => [
    { name: 'text', title: 'Text', type: 'text' },
    ...(schema.trim() === '' ? [] : [{ name: 'json', title: 'JSON', type: 'json' } as const]),
    { name: 'calls', title: 'Calls', type: 'list<json>' },
    { name: 'usage', title: 'Usage', type: 'json' },
  ],
  executes: 'job',
  sideEffects: true,
  streams: true,
  size: { width: 304 },
  problems: ({ model, schema, task, tools }) => [
    ...modelProblems(model),
    ...(task.trim() === '' ? [{ field: 'task', message: 'There is no task yet' }] : []),
    ...schemaProblems('schema', schema),
    ...toolProblems(rowsOf(tools)),
  ],
  describe: ({ model, tools }) => `${modelInWords(model)}${toolsInWords(tools.length)}`,
  summary: ({ usage, calls }) => {
    const used = (Array.isArray(calls) ? calls : []).filter((call: { what?: unknown }) => call.what === 'tool').length;
    return [used === 0 ? '' : `${used} ${used === 1 ? 'call' : 'calls'}`, tokensInWords(usage)]
      .filter(Boolean)
      .join(', ');
  },
  job(settings, _inputs, { name }) {
    const { model, instructions, task, tools, schema, maxTurns, maxCalls, maxTokens, seconds, temperature } = settings;
    const ref = parseModelRef(model);
    if (ref === null)
      throw new StepFailure('model_missing', 'No model is chosen.', 'Choose one in the settings of the step.');
    const wanted = schemaFrom(schema);
    const parameters = parametersFrom(temperature === undefined ? {} : { temperature });
    const input: AgentInput = {
      ...{ model: ref, instructions, task, maxTurns, maxCalls, parameters },
      tools: rowsOf(tools).map(toolFrom),
      maxTokens: maxTokens ?? null,
      ...(wanted === null ? {} : { schema: wanted as NonNullable<AgentInput['schema']> }),
    };
    return { kind: 'agent', input, requires: { cores: 0, ramMb: 0 }, runSeconds: seconds, label: name };
  },
  fromResult(result, { schema }) {
    if (!Check(AgentResult, result))
      throw new StepFailure('result_wrong', 'What came back is not the answer of an agent.');
    const { text, json, calls, usage } = result;
    return schema.trim() === '' ? { text, calls, usage } : { text, json, calls, usage };
  },
});

function toolFrom(row: Row): AgentTool {
  const { name, description, base, methods, url, allowed, flowId } = row;
  const headers = row.headers.filter((header) => header.name.trim() !== '');
  switch (row.kind) {
    case 'mcp':
      return { type: 'mcp', name, server: { url, headers }, allowed: namesIn(allowed) };
    case 'flow':
      return { type: 'flow', name, description, flowId };
    default:
      return {
        type: 'http',
        name,
        description,
        methods: [...(methodSets[methods] ?? ['GET'])],
        base: base.trim(),
        headers,
      };
  }
}

const namesIn = (text: string) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

function toolsInWords(count: number): string {
  return count === 0 ? '' : ` · ${count} ${count === 1 ? 'tool' : 'tools'}`;
}

interface Problem {
  readonly field: string;
  readonly message: string;
}

function toolProblems(rows: readonly Row[]): Problem[] {
  return rows.flatMap((row, index) => {
    const at = (field: string, message: string): Problem => ({ field: `tools/${index}/${field}`, message });
    const twice = rows.findIndex(({ name }) => name === row.name) < index;
    return [
      ...(/^[a-zA-Z0-9_-]{1,48}$/.test(row.name) ? [] : [at('name', 'Give it a name of letters, digits, _ and -')]),
      ...(twice ? [at('name', `Another tool is called "${row.name}" too`)] : []),
      ...kindProblems(row, at),
    ];
  });
}

function kindProblems(row: Row, at: (field: string, message: string) => Problem): Problem[] {
  switch (row.kind) {
    case 'mcp':
      return row.url === '' ? [at('url', 'There is no URL yet')] : [];
    case 'flow':
      return row.flowId === '' ? [at('flowId', 'Choose a flow')] : [];
    default:
      return baseProblems(row, at);
  }
}

/** Where a tool may go anywhere, nothing of ours goes along: the model may be told by what it reads where to send it. */
function baseProblems({ base, headers }: Row, at: (field: string, message: string) => Problem): Problem[] {
  const wrong = base.trim() === '' ? null : wrongBase(base);
  if (wrong !== null) return [at('base', wrong)];
  const isOpen = base.trim() === '' && headers.some(({ name }) => name.trim() !== '');
  return isOpen ? [at('base', 'With headers, say which addresses they may be sent to')] : [];
}
