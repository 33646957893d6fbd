/** Anthropic's Messages API: https://docs.anthropic.com/en/api/messages, and its events: …/messages-streaming */
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import { broken, call, json } from './call.ts';
import { fault, streamedRefusal } from './faults.ts';
import type { ChatAnswer, ChatRequest, Part, ProviderApi, Target, Told } from './provider.ts';
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
    const reading = createReading(target, request.model, told);
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

function chatBody({ model, messages, parameters, schema }: ChatRequest): object {
  const { temperature, topP, maxTokens, stop } = parameters;
  const system = messages.filter(({ role }) => role === 'system').flatMap(({ parts }) => parts.map(contentOf));
  const isObject = schema !== null && schema['type'] === 'object';
  return {
    model,
    max_tokens: maxTokens ?? usualMaxTokens,
    messages: messages
      .filter(({ role }) => role !== 'system')
      .map(({ role, parts }) => ({ role, content: parts.map(contentOf) })),
    stream: true,
    ...(system.length === 0 ? {} : { system }),
    ...(temperature === undefined ? {} : { temperature: Math.min(1, temperature) }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined ? {} : { stop_sequences: stop }),
    // An answer in a given form is asked for as the arguments of a tool that must be used.
    ...(isObject
      ? {
          tools: [{ name: 'answer', description: 'Gives the answer', input_schema: schema }],
          tool_choice: { type: 'tool', name: 'answer' },
        }
      : {}),
  };
}

function contentOf(part: Part): object {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (!imageTypes.includes(part.mime)) throw fault('images_not_taken', `Anthropic does not read ${part.mime}`);
  return { type: 'image', source: { type: 'base64', media_type: part.mime, data: part.data } };
}

/** Gathers an answer from its events. */
function createReading(target: Target, asked: string, told: Told) {
  let text = '';
  let model = asked;
  let stopReason: string | null = null;
  let isOver = false;
  const tokens = { input: null as number | null, output: null as number | null };
  const takeUsage = (usage: Static<typeof Usage> | undefined) => {
    if (usage === undefined) return;
    const { input_tokens, output_tokens, cache_creation_input_tokens: written, cache_read_input_tokens: read } = usage;
    if (input_tokens != null) tokens.input = input_tokens + (written ?? 0) + (read ?? 0);
    tokens.output = output_tokens ?? tokens.output;
    if (tokens.input !== null) told.usage({ inputTokens: tokens.input, outputTokens: tokens.output ?? 0 });
  };
  const takeText = (more: string | undefined) => {
    if (more === undefined || more === '') return;
    text += more;
    told.text(more);
  };
  const takeEvent = (event: StreamEvent) => {
    switch (event.type) {
      case 'message_start':
        model = event.message?.model ?? model;
        takeUsage(event.message?.usage);
        return;
      case 'content_block_delta':
        takeText(event.delta?.text ?? event.delta?.partial_json);
        return;
      case 'message_delta':
        stopReason = event.delta?.stop_reason ?? stopReason;
        takeUsage(event.usage);
        return;
      case 'message_stop':
        isOver = true;
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
      if (!isOver) throw fault('stream_broken', 'The answer broke off before its end');
      const usage =
        tokens.input === null || tokens.output === null
          ? null
          : { inputTokens: tokens.input, outputTokens: tokens.output };
      return { text, usage, finishReason: reasonOf(stopReason), model };
    },
  };
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
