/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages, and its events: …/messages-streaming */
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { addCall, addText, answerOf, newFold } from '../../shared/inference/answer.ts';
import { InferenceFault } from '../../shared/inference/fault.ts';
import type { ChatMessage, ToolCall } from '../../shared/model/inference.ts';
import { HostFault } from '../host-executors/host-executor.ts';
import { broken, call, json } from './call.ts';
import { fault, streamedRefusal } from './faults.ts';
import type { ChatAnswer, ChatRequest, ProviderApi, Target, Told } from './provider.ts';
import { serverEvents } from './sse.ts';

const Models = Type.Object({
  data: Type.Array(
    Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }), display_name: Type.Optional(Type.String()) }),
  ),
});
const Usage = Type.Object({
  input_tokens: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  output_tokens: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  cache_creation_input_tokens: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  cache_read_input_tokens: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
});
/** Every event that matters here; others are passed over, as the documentation asks. */
const StreamEvent = Type.Object({
  type: Type.String(),
  message: Type.Optional(Type.Object({ model: Type.Optional(Type.String()), usage: Type.Optional(Usage) })),
  /** Which part of the answer a piece belongs to. */
  index: Type.Optional(Type.Integer({ minimum: 0 })),
  content_block: Type.Optional(
    Type.Object({ type: Type.String(), id: Type.Optional(Type.String()), name: Type.Optional(Type.String()) }),
  ),
  delta: Type.Optional(
    Type.Object({
      type: Type.Optional(Type.String()),
      text: Type.Optional(Type.String()),
      partial_json: Type.Optional(Type.String()),
      stop_reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    }),
  ),
  usage: Type.Optional(Usage),
  error: Type.Optional(Type.Unknown()),
});
type StreamEvent = Static<typeof StreamEvent>;

/** The API asks for a limit; this is for steps that set none. */
const usualMaxTokens = 4_096;
const imageTypes: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

const headersOf = ({ secret }: Target) => ({ 'x-api-key': secret, 'anthropic-version': '2023-06-01' });

export const anthropic: ProviderApi = {
  async models(target, signal) {
    const response = await call(target, '/models?limit=1000', headersOf(target), undefined, signal);
    const answer = await json(response, target, signal);
    if (!Check(Models, answer)) throw fault('answer_unreadable', 'The list of models does not have the expected form');
    return answer.data.map(({ id, display_name }) => ({
      id,
      ...(display_name === undefined ? {} : { name: display_name }),
    }));
  },

  async chat(target, request, signal, told) {
    const response = await call(target, '/messages', headersOf(target), chatBody(request), signal);
    const reading = createReading(target, request, told);
    try {
      for await (const { data } of serverEvents(response.body ?? empty())) reading.take(parsed(data));
    } catch (error) {
      throw broken(error, target, signal);
    }
    return reading.end();
  },

  embed() {
    throw fault('embeddings_not_offered', 'Anthropic offers no embeddings');
  },
};

function chatBody(request: ChatRequest): object {
  const { model, messages, parameters = {} } = request;
  const { temperature, topP, maxTokens, stop } = parameters;
  const system = messages.filter(({ role }) => role === 'system').flatMap((message) => partsOf(message, request));
  return {
    model,
    max_tokens: maxTokens ?? usualMaxTokens,
    messages: conversation(request),
    stream: true,
    ...(system.length === 0 ? {} : { system }),
    ...(temperature === undefined ? {} : { temperature: Math.min(1, temperature) }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined ? {} : { stop_sequences: stop }),
    ...toolsOf(request),
  };
}

/** An answer in a given form is asked for as the arguments of a tool that must be used, where there are no others. */
function toolsOf({ schema, tools }: ChatRequest): object {
  if (tools !== undefined) {
    return {
      tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters })),
    };
  }
  if (schema?.['type'] !== 'object') return {};
  return {
    tools: [{ name: 'answer', description: 'Gives the answer', input_schema: schema }],
    tool_choice: { type: 'tool', name: 'answer' },
  };
}

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: object[];
}

/** What tools answered comes from the user here, all that belongs to one turn in one message. */
function conversation(request: ChatRequest): Turn[] {
  const turns: Turn[] = [];
  for (const message of request.messages) {
    if (message.role === 'system') continue;
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const before = turns.at(-1);
    const content = message.role === 'tool' ? [toolResult(message)] : partsOf(message, request);
    if (message.role === 'tool' && before?.role === 'user') before.content.push(...content);
    else turns.push({ role, content: [...content, ...(message.toolCalls ?? []).map(toolUse)] });
  }
  return turns;
}

function toolResult({ callId = '', content }: ChatMessage): object {
  return { type: 'tool_result', tool_use_id: callId, content: typeof content === 'string' ? content : '' };
}

function toolUse({ id, name, arguments: words }: ToolCall): object {
  return { type: 'tool_use', id, name, input: objectIn(words) };
}

/** What the model wrote itself, which it is shown again; the API takes nothing but an object. */
function objectIn(words: string): object {
  try {
    const value: unknown = JSON.parse(words);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/** The API takes no empty text. */
function partsOf({ content }: ChatMessage, request: ChatRequest): object[] {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return parts.flatMap((part): object[] => {
    if (part.type === 'text') return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    const { mime, data } = request.image(part.image);
    if (!imageTypes.includes(mime)) throw fault('images_not_taken', `Anthropic does not read ${mime}`);
    return [{ type: 'image', source: { type: 'base64', media_type: mime, data } }];
  });
}

/** Gathers an answer from its events. */
function createReading(target: Target, asked: ChatRequest, told: Told) {
  const fold = newFold();
  let stopReason: string | null = null;
  const tokens = { input: null as number | null, output: null as number | null };
  const takeUsage = (usage: Static<typeof Usage> | undefined) => {
    if (usage === undefined) return;
    const { input_tokens, output_tokens, cache_creation_input_tokens: written, cache_read_input_tokens: read } = usage;
    if (input_tokens != null) tokens.input = input_tokens + (written ?? 0) + (read ?? 0);
    tokens.output = output_tokens ?? tokens.output;
    if (tokens.input !== null) told.usage({ inputTokens: tokens.input, outputTokens: tokens.output ?? 0 });
  };
  /** Places of calls by the part of the answer that they are. */
  const places = new Map<number, number>();
  const takeText = (more: string | undefined) => {
    if (more === undefined || more === '') return;
    inWords(() => addText(fold, more));
    told.text(more);
  };
  const beginPart = ({ index = 0, content_block: part }: StreamEvent) => {
    if (part?.type !== 'tool_use' || asked.tools === undefined) return;
    places.set(index, places.size);
    inWords(() => addCall(fold, places.get(index), { id: part.id, name: part.name }));
  };
  const takePiece = ({ index = 0, delta }: StreamEvent) => {
    const place = places.get(index);
    if (place === undefined) takeText(delta?.text ?? delta?.partial_json);
    else inWords(() => addCall(fold, place, { words: delta?.partial_json }));
  };
  const takeEvent = (event: StreamEvent) => {
    switch (event.type) {
      case 'message_start':
        fold.model = event.message?.model ?? fold.model;
        takeUsage(event.message?.usage);
        return;
      case 'content_block_start':
        beginPart(event);
        return;
      case 'content_block_delta':
        takePiece(event);
        return;
      case 'message_delta':
        stopReason = event.delta?.stop_reason ?? stopReason;
        takeUsage(event.usage);
        return;
      case 'message_stop':
        fold.ended = true;
        return;
      case 'error':
        throw streamedRefusal(event.error, target.secret);
      default:
    }
  };
  return {
    take(value: unknown) {
      if (!Check(StreamEvent, value)) throw fault('answer_unreadable', 'An event does not have the expected form');
      takeEvent(value);
    },
    end(): ChatAnswer {
      if (!fold.ended) throw fault('stream_broken', 'The answer broke off before its end');
      const usage =
        tokens.input === null || tokens.output === null
          ? null
          : { inputTokens: tokens.input, outputTokens: tokens.output };
      fold.finishReason = reasonOf(stopReason);
      return { ...answerOf(fold, asked), usage };
    },
  };
}

/** Bounds that the answer runs into, as faults of the host's. */
function inWords(take: () => void): void {
  try {
    take();
  } catch (error) {
    if (!(error instanceof InferenceFault)) throw error;
    throw new HostFault(error.code, error.message, error.fault);
  }
}

function reasonOf(stop: string | null): ChatAnswer['finishReason'] {
  if (stop === 'end_turn' || stop === 'stop_sequence' || stop === 'tool_use') return 'stop';
  if (stop === 'max_tokens') return 'length';
  return stop === 'refusal' ? 'refused' : 'other';
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw fault('answer_unreadable', 'An event is not JSON');
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}
