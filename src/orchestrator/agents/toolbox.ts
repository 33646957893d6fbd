/** The tools of an agent: what the model is offered, and how each is called. */

import { Check } from 'typebox/value';
import type { AgentTool, FlowTool, HttpTool, McpToolSource } from '../../shared/model/agent.ts';
import { type HttpMethod, type HttpRequest, HttpResult } from '../../shared/model/http-request.ts';
import type { ToolOffer } from '../../shared/model/inference.ts';
import type { Job, JobError } from '../../shared/model/job.ts';
import { McpAnswer, type McpInput, McpListed, type McpTool } from '../../shared/model/mcp.ts';
import { type HostContext, HostFault } from '../host-executors/host-executor.ts';
import type { FlowRuns } from './flow-runs.ts';
import type { Part, PartJobs } from './part-jobs.ts';

/** What a tool answered; `error` where it failed, which the model is told too. */
export interface ToolAnswer {
  readonly text: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly earlier: boolean;
}

/** One call, with the name under which it is found again by a later attempt. */
export interface ToolUse {
  readonly part: string;
  readonly words: Record<string, unknown>;
  onJob(jobId: string, earlier: boolean): void;
  onRun(runId: string): void;
}

export interface Tool {
  readonly offer: ToolOffer;
  use(use: ToolUse): Promise<ToolAnswer>;
}

export interface ToolboxDeps {
  readonly parts: PartJobs;
  readonly flows: FlowRuns;
  readonly context: HostContext;
}

/** Rejects HostFaults: `agent_tools_wrong`, and those of an MCP server that does not say what it has. */
export async function openToolbox(deps: ToolboxDeps, tools: readonly AgentTool[]): Promise<ReadonlyMap<string, Tool>> {
  const found = await Promise.all(tools.map((tool, index) => toolsOf(deps, tool, index)));
  const byName = new Map<string, Tool>();
  for (const tool of found.flat()) {
    const { name } = tool.offer;
    if (byName.has(name)) throw toolsWrong(`Two tools have the name ${name}.`);
    byName.set(name, tool);
  }
  if (byName.size > mostOffers)
    throw toolsWrong(`There are ${byName.size} tools, and a model is offered ${mostOffers}.`);
  return byName;
}

const mostOffers = 128;
const toolsWrong = (what: string) =>
  new HostFault('agent_tools_wrong', `${what} Change the tools in the settings of the step.`);

async function toolsOf(deps: ToolboxDeps, tool: AgentTool, index: number): Promise<Tool[]> {
  switch (tool.type) {
    case 'http':
      return [httpTool(deps, tool)];
    case 'mcp':
      return mcpTools(deps, tool, index);
    case 'flow':
      return [await flowTool(deps, tool)];
  }
}

// ---- HTTP ----

const largestHttpAnswer = 2 * 1024 * 1024;
const withBody = new Set<HttpMethod>(['POST', 'PUT', 'PATCH', 'DELETE']);

function httpTool({ parts, context }: ToolboxDeps, tool: HttpTool): Tool {
  const { methods, base, headers } = tool;
  // The model may be told by what it reads where to send them.
  if (base === '' && headers.length > 0) throw toolsWrong(`The tool ${tool.name} may send its headers anywhere.`);
  const takesBody = methods.some((method) => withBody.has(method));
  const where = base === '' ? 'The whole URL' : `The whole URL; it must begin with ${base}`;
  return {
    offer: {
      name: tool.name,
      description: tool.description,
      parameters: {
        type: 'object',
        properties: {
          url: { type: 'string', description: where },
          ...(methods.length > 1 ? { method: { type: 'string', enum: [...methods] } } : {}),
          ...(takesBody ? { body: { description: 'Sent as JSON' } } : {}),
        },
        required: methods.length > 1 ? ['url', 'method'] : ['url'],
      },
    },
    async use({ part, words, onJob }) {
      const request = requestOf(tool, words);
      if (typeof request === 'string') return refused('tool_arguments_wrong', request);
      const job = { kind: 'http', input: request, requires: { cores: 0, ramMb: 0 }, runSeconds: 120, label: tool.name };
      return answerOf(await parts.done(context, { ...partOf(part, job), onJob }), (result) => {
        if (!Check(HttpResult, result)) return null;
        const body = typeof result.body === 'string' ? result.body : JSON.stringify(result.body);
        return { text: `Status ${result.status}\n${body}` };
      });
    },
  };
}

/** The request, or what is wrong with the arguments. */
function requestOf({ methods, base, headers }: HttpTool, words: Record<string, unknown>): HttpRequest | string {
  const { url, body } = words;
  const [only = 'GET'] = methods;
  const method = methods.find((one) => one === (words['method'] ?? only));
  if (typeof url !== 'string' || url === '') return 'The argument "url" is missing.';
  if (method === undefined) return `The argument "method" must be one of ${methods.join(', ')}.`;
  const sends = body !== undefined && body !== null && withBody.has(method);
  return {
    ...{ method, url, headers, query: [] },
    body: sends ? { type: 'json', text: JSON.stringify(body) } : null,
    response: 'text',
    maxBytes: largestHttpAnswer,
    maxRedirects: 5,
    // What a server says with an error helps the model to do better.
    failOnStatus: false,
    ...(base === '' ? {} : { below: base }),
  };
}

// ---- MCP ----

async function mcpTools(deps: ToolboxDeps, source: McpToolSource, index: number): Promise<Tool[]> {
  const { parts, context } = deps;
  const { job } = await parts.done(context, {
    ...partOf(`tools-${index + 1}`, mcpJob({ task: 'list', server: source.server }, `Tools of ${source.name}`)),
    againAfterFailure: true,
  });
  if (job.state !== 'succeeded') throw faultOf(job.error, `The tools of ${source.name} are not known.`);
  if (!Check(McpListed, job.result)) throw toolsWrong(`The server ${source.name} lists something else than tools.`);
  const { tools } = job.result;
  const missing = source.allowed.filter((name) => tools.every((tool) => tool.name !== name));
  if (missing.length > 0) throw toolsWrong(`${source.name} has no tool ${missing.join(', ')}.`);
  return tools
    .filter(({ name }) => source.allowed.length === 0 || source.allowed.includes(name))
    .map((tool) => mcpTool(deps, source, tool));
}

function mcpTool({ parts, context }: ToolboxDeps, { name, server }: McpToolSource, tool: McpTool): Tool {
  const offered = `${name}_${tool.name}`.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64);
  return {
    offer: { name: offered, description: tool.description.slice(0, 10_000), parameters: objectSchema(tool.parameters) },
    async use({ part, words, onJob }) {
      const job = mcpJob({ task: 'call', server, tool: tool.name, arguments: words as never }, offered);
      return answerOf(await parts.done(context, { ...partOf(part, job), onJob }), (result) => {
        if (!Check(McpAnswer, result)) return null;
        const { text, failed } = result;
        return failed ? { text, error: { code: 'tool_failed', message: text } } : { text };
      });
    },
  };
}

function mcpJob(input: McpInput, label: string): Part['job'] {
  return { kind: 'mcp', input: input as never, requires: { cores: 0, ramMb: 0 }, runSeconds: 300, label };
}

/** Providers take nothing but objects there, and some want their properties said. */
function objectSchema(schema: McpTool['parameters']): ToolOffer['parameters'] {
  return { properties: {}, ...schema, type: 'object' };
}

// ---- flows ----

async function flowTool({ flows, context }: ToolboxDeps, { name, description, flowId }: FlowTool): Promise<Tool> {
  const flow = await flows.look(context.workspaceId, flowId);
  if (flow === null) throw toolsWrong(`The flow of the tool ${name} is not there any more.`);
  return {
    offer: { name, description: description === '' ? flow.name : description, parameters: flow.parameters },
    async use({ part, words, onRun }) {
      const { ending, earlier } = await flows.run(context, { part, flowId, inputs: words, onRun });
      if (ending.by === 'failure') return { text: ending.error.message, error: ending.error, earlier };
      return { text: JSON.stringify(ending.outputs), earlier };
    },
  };
}

// ---- what they share ----

const partOf = (name: string, job: Part['job']): Part => ({ name, job, againAfterFailure: false });

const refused = (code: string, message: string): ToolAnswer => ({
  text: message,
  error: { code, message },
  earlier: false,
});

function answerOf(
  { job, earlier }: { job: Job; earlier: boolean },
  read: (result: unknown) => Omit<ToolAnswer, 'earlier'> | null,
): ToolAnswer {
  if (job.state !== 'succeeded') {
    const { code = 'tool_failed', message = 'It was ended before it answered.' } = job.error ?? {};
    return { text: message, error: { code, message }, earlier };
  }
  const answer = read(job.result);
  return { ...(answer ?? refused('result_wrong', 'The tool gave something that is no answer.')), earlier };
}

/** A failed part's error as that of the whole; it was tried as often as its own policy says. */
export function faultOf(error: JobError | undefined, otherwise: string): HostFault {
  return new HostFault(error?.code ?? 'job_cancelled', error?.message ?? otherwise);
}
