/** Jobs of the kind `agent`: a model works on a task with tools, turn by turn, until it has the answer or meets a bound. */
import { Compile } from 'typebox/compile';
import { Check } from 'typebox/value';
import type { Clock } from '../../shared/clock.ts';
import { jsonIn, mistakesIn } from '../../shared/inference/structured.ts';
import { type AgentErrorCode, AgentInput, type AgentResult, agentErrors } from '../../shared/model/agent.ts';
import {
  type ChatMessage,
  ChatResult,
  type TokenUsage,
  type ToolCall,
  type ToolOffer,
} from '../../shared/model/inference.ts';
import type { JsonValue } from '../../shared/model/values.ts';
import { type HostContext, type HostExecutor, HostFault } from '../host-executors/host-executor.ts';
import { createDiary, type Diary } from './diary.ts';
import type { FlowRuns } from './flow-runs.ts';
import type { PartJobs } from './part-jobs.ts';
import { faultOf, openToolbox, type Tool, type ToolAnswer } from './toolbox.ts';
import { turnJob } from './turn-job.ts';

const isInput = Compile(AgentInput);

export interface AgentExecutorDeps {
  readonly parts: PartJobs;
  readonly flows: FlowRuns;
  readonly clock: Clock;
}

export function createAgentExecutor(deps: AgentExecutorDeps): HostExecutor {
  return {
    kind: 'agent',
    // An agent mostly waits, also for agents in flows that it calls: what works for it has bounds of its own.
    atOnce: 2_000,
    atOncePerLane: 500,
    lane: () => null,
    async execute(input, context) {
      if (!isInput.Check(input)) throw new HostFault('input_wrong', 'This is no task for an agent.');
      const diary = createDiary(context.write, deps.clock.now);
      const tools = await openToolbox({ ...deps, context }, input.tools);
      return work({ ...deps, context, input, diary, tools });
    },
  };
}

interface Agent extends AgentExecutorDeps {
  readonly context: HostContext;
  readonly input: AgentInput;
  readonly diary: Diary;
  readonly tools: ReadonlyMap<string, Tool>;
}

/** Calls of one turn that are done at the same time. */
const callsAtOnce = 4;
/** How often an answer is asked for again that has not the form it should have. */
const mostRepairs = 2;

async function work(agent: Agent): Promise<AgentResult> {
  const { input, diary, tools } = agent;
  const offers = [...tools.values()].map(({ offer }) => offer);
  const messages = beginning(input);
  let usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  let calls = 0;
  let repairs = 0;
  for (let turn = 1; turn <= input.maxTurns; turn += 1) {
    const answer = await ask(agent, turn, messages, offers);
    usage = sum(usage, answer.usage);
    const asked = answer.toolCalls ?? [];
    if (asked.length === 0) {
      const read = readAnswer(answer.text, input.schema);
      if (read.ok) return { text: answer.text, ...read.found, calls: diary.calls(), usage, turns: turn };
      if (repairs === mostRepairs) throw new HostFault('schema_not_satisfied', `${read.wrong} Loosen the schema.`);
      repairs += 1;
      messages.push({ role: 'assistant', content: answer.text || '(nothing)' });
      messages.push({
        role: 'user',
        content: `${read.wrong} Answer again, with the whole corrected JSON and nothing else.`,
      });
      continue;
    }
    const { maxTokens, maxCalls } = input;
    if (maxTokens !== null && usage.inputTokens + usage.outputTokens > maxTokens)
      throw bound('agent_too_many_tokens', `The agent has used more than ${maxTokens} tokens without an answer.`);
    if (calls + asked.length > maxCalls)
      throw bound('agent_too_many_calls', `The agent wants to call tools more than ${maxCalls} times.`);
    messages.push({ role: 'assistant', content: answer.text, toolCalls: asked });
    messages.push(...(await callAll(agent, turn, asked, calls)));
    calls += asked.length;
  }
  throw bound('agent_too_many_turns', `The agent has no answer after ${input.maxTurns} turns.`);
}

const bound = (code: AgentErrorCode, what: string) => new HostFault(code, `${what} ${agentErrors[code]}`);

function beginning({ instructions, task, schema }: AgentInput): ChatMessage[] {
  const form =
    schema === undefined
      ? []
      : [
          `Your last answer must be JSON only, without any other word, that satisfies this schema:\n${JSON.stringify(schema)}`,
        ];
  const system = [...(instructions.trim() === '' ? [] : [instructions]), ...form].join('\n\n');
  return [...(system === '' ? [] : [{ role: 'system' as const, content: system }]), { role: 'user', content: task }];
}

async function ask(
  { context, input, diary, parts }: Agent,
  turn: number,
  messages: readonly ChatMessage[],
  offers: readonly ToolOffer[],
): Promise<ChatResult> {
  const number = diary.begin({ turn, what: 'model', name: input.model.model });
  const { job, earlier } = await parts.done(context, {
    name: `turn-${turn}`,
    job: turnJob(input, messages, offers, `Agent, turn ${turn}`),
    againAfterFailure: true,
    onText(text, again) {
      if (again) context.write('log', 'The model is asked again\n');
      context.write('token', text);
    },
    onJob: (jobId) => diary.note(number, { jobId }),
  });
  if (job.state !== 'succeeded' || !Check(ChatResult, job.result)) {
    const fault = faultOf(job.error, 'The turn of the model was ended.');
    diary.end(number, { error: fault });
    throw fault;
  }
  const { text, usage } = job.result;
  if (earlier) context.write('token', text);
  diary.end(number, { result: text, usage, earlier });
  return job.result;
}

/** What the tools answer, in the order in which they were asked. */
async function callAll(agent: Agent, turn: number, asked: readonly ToolCall[], before: number): Promise<ChatMessage[]> {
  const messages: ChatMessage[] = [];
  for (let at = 0; at < asked.length; at += callsAtOnce) {
    const some = asked.slice(at, at + callsAtOnce);
    const answers = some.map((call, index) => callTool(agent, turn, call, before + at + index + 1));
    messages.push(...(await Promise.all(answers)));
  }
  return messages;
}

/** Characters of an answer that the model is shown. */
const mostShown = 32_000;

async function callTool(
  { context, diary, tools }: Agent,
  turn: number,
  { id, name, arguments: text }: ToolCall,
  call: number,
): Promise<ChatMessage> {
  const number = diary.begin({ turn, what: 'tool', name, arguments: text });
  const { text: said, error, earlier } = await answerOf();
  diary.end(number, error === undefined ? { result: said, earlier } : { result: '', error, earlier });
  context.signal.throwIfAborted();
  return {
    role: 'tool',
    callId: id,
    name: name.slice(0, 200),
    content: shown(error === undefined ? said : `Error: ${error.message}`),
  };

  async function answerOf(): Promise<ToolAnswer> {
    const tool = tools.get(name);
    if (tool === undefined) {
      const known = [...tools.keys()].join(', ') || 'none';
      return wrong('tool_unknown', `There is no tool "${name.slice(0, 100)}". Those there are: ${known}.`);
    }
    const words = objectIn(text);
    if (words === null)
      return wrong('tool_arguments_wrong', 'The arguments are not a JSON object. Call it again with one.');
    const mistakes = argumentMistakes(tool, words);
    if (mistakes !== '') return wrong('tool_arguments_wrong', `The arguments are wrong: ${mistakes}.`);
    return tool.use({
      part: `call-${call}`,
      words,
      onJob: (jobId) => diary.note(number, { jobId }),
      onRun: (runId) => diary.note(number, { runId }),
    });
  }
}

const wrong = (code: string, message: string): ToolAnswer => ({
  text: message,
  error: { code, message },
  earlier: false,
});

/** Models write nothing where a tool takes nothing. */
function objectIn(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** A schema that cannot be checked is left to the tool. */
function argumentMistakes({ offer }: Tool, words: Record<string, unknown>): string {
  try {
    return mistakesIn(offer.parameters, words).join('; ');
  } catch {
    return '';
  }
}

function shown(text: string): string {
  if (text.length <= mostShown) return text === '' ? '(nothing)' : text;
  return `${text.slice(0, mostShown)}\n[cut after ${mostShown} of ${text.length} characters]`;
}

type Read = { ok: true; found: { json?: JsonValue } } | { ok: false; wrong: string };

function readAnswer(text: string, schema: AgentInput['schema']): Read {
  if (schema === undefined) return { ok: true, found: {} };
  const json = jsonIn(text);
  if (json === undefined) return { ok: false, wrong: 'The answer is not JSON.' };
  const mistakes = mistakesIn(schema, json);
  if (mistakes.length === 0) return { ok: true, found: { json } };
  return { ok: false, wrong: `The answer does not satisfy the schema: ${mistakes.join('; ')}.` };
}

function sum(one: TokenUsage, other: TokenUsage): TokenUsage {
  const estimated = one.estimated === true || other.estimated === true;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(estimated ? { estimated } : {}),
  };
}
