/**
 * The API of OpenAI, and of the many that speak it: vLLM, llama.cpp, LM Studio, Ollama.
 * https://platform.openai.com/docs/api-reference/chat, …/embeddings, …/models
 */
import { type Static, Type } from 'typebox';
import { Check } from 'typebox/value';
import type { TokenUsage } from '../../shared/model/inference.ts';
import { broken, call, json } from './call.ts';
import { fault, streamedRefusal } from './faults.ts';
import type { ChatAnswer, ChatRequest, Message, Part, ProviderApi, Target, Told } from './provider.ts';
import { serverEvents } from './sse.ts';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Optional(Type.Union([type, Type.Null()]));

const Models = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String({ minLength: 1, maxLength: 200 }),
      /** vLLM. */
      max_model_len: Nullable(Type.Integer({ minimum: 1 })),
      /** OpenRouter, LM Studio. */
      context_length: Nullable(Type.Integer({ minimum: 1 })),
    }),
  ),
});
const Usage = Type.Object({ prompt_tokens: Type.Integer(), completion_tokens: Type.Optional(Type.Integer()) });
const Chunk = Type.Object({
  model: Nullable(Type.String()),
  choices: Type.Optional(
    Type.Array(
      Type.Object({
        delta: Nullable(Type.Object({ content: Nullable(Type.String()), refusal: Nullable(Type.String()) })),
        message: Nullable(Type.Object({ content: Nullable(Type.String()), refusal: Nullable(Type.String()) })),
        finish_reason: Nullable(Type.String()),
      }),
    ),
  ),
  usage: Nullable(Usage),
  error: Type.Optional(Type.Unknown()),
});
type Chunk = Static<typeof Chunk>;
const Embeddings = Type.Object({
  model: Nullable(Type.String()),
  data: Type.Array(Type.Object({ index: Type.Integer({ minimum: 0 }), embedding: Type.Array(Type.Number()) })),
  usage: Nullable(Usage),
});

/** Texts of one request; several servers take no more. */
const textsAtOnce = 128;

const headersOf = ({ secret }: Target): Record<string, string> =>
  secret === '' ? {} : { authorization: `Bearer ${secret}` };

export const openAiCompatible: ProviderApi = {
  async models(target, signal) {
    const answer = await json(await call(target, '/models', headersOf(target), undefined, signal), target, signal);
    if (!Check(Models, answer)) throw fault('answer_unreadable', 'The list of models does not have the expected form');
    return answer.data.map(({ id, max_model_len, context_length }) => {
      const contextLength = max_model_len ?? context_length;
      return { id, ...(contextLength == null ? {} : { contextLength }) };
    });
  },

  async chat(target, request, signal, told) {
    const response = await call(target, '/chat/completions', headersOf(target), chatBody(target, request), signal);
    const reading = createReading(target, request.model, told);
    if (response.headers.get('content-type')?.includes('application/json') === true) {
      // A server that does not stream answers at once.
      reading.take(await json(response, target, signal));
      return reading.end();
    }
    try {
      for await (const { data } of serverEvents(response.body ?? empty())) {
        if (data === '[DONE]') reading.done();
        else reading.take(parsed(data));
      }
    } catch (error) {
      throw broken(error, target, signal);
    }
    return reading.end();
  },

  async embed(target, { model, texts, dimensions }, signal) {
    const vectors: number[][] = [];
    let inputTokens: number | null = 0;
    let named = model;
    for (let at = 0; at < texts.length; at += textsAtOnce) {
      const input = texts.slice(at, at + textsAtOnce);
      const body = { model, input, ...(dimensions === undefined ? {} : { dimensions }) };
      const answer = await json(await call(target, '/embeddings', headersOf(target), body, signal), target, signal);
      if (!Check(Embeddings, answer) || answer.data.length !== input.length)
        throw fault('answer_unreadable', 'The embeddings do not have the expected form');
      vectors.push(...answer.data.toSorted((one, other) => one.index - other.index).map(({ embedding }) => embedding));
      inputTokens = answer.usage == null || inputTokens === null ? null : inputTokens + answer.usage.prompt_tokens;
      named = answer.model ?? named;
    }
    return { vectors, inputTokens, model: named };
  },
};

function chatBody(target: Target, { model, messages, parameters, schema }: ChatRequest): object {
  const { temperature, topP, maxTokens, stop, seed } = parameters;
  // OpenAI's own reasoning models refuse the older name; others know only that.
  const limit = new URL(target.baseUrl).hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens';
  return {
    model,
    messages: messages.map(({ role, parts }) => ({ role, content: contentOf(parts) })),
    stream: true,
    stream_options: { include_usage: true },
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { [limit]: maxTokens }),
    ...(stop === undefined ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
    ...(schema === null
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: false } } }),
  };
}

function contentOf(parts: Message['parts']): string | object[] {
  if (parts.every((part) => part.type === 'text'))
    return parts.map((part) => (part as { text: string }).text).join('\n');
  return parts.map((part: Part) =>
    part.type === 'text'
      ? { type: 'text', text: part.text }
      : { type: 'image_url', image_url: { url: `data:${part.mime};base64,${part.data}` } },
  );
}

/** Gathers an answer from its pieces. */
function createReading(target: Target, asked: string, told: Told) {
  let text = '';
  let usage: TokenUsage | null = null;
  let finish: string | null = null;
  let model = asked;
  let isDone = false;
  let refused = false;
  const takeText = (more: string | null | undefined) => {
    if (more == null || more === '') return;
    text += more;
    told.text(more);
  };
  return {
    take(value: unknown) {
      if (!Check(Chunk, value))
        throw fault('answer_unreadable', 'A piece of the answer does not have the expected form');
      const chunk: Chunk = value;
      if (chunk.error !== undefined) throw streamedRefusal(chunk.error, target.secret);
      model = chunk.model ?? model;
      if (chunk.usage != null) {
        usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens ?? 0 };
        told.usage(usage);
      }
      for (const { delta, message, finish_reason } of chunk.choices ?? []) {
        takeText(delta?.content ?? message?.content);
        const said = delta?.refusal ?? message?.refusal;
        if (said != null && said !== '') refused = true;
        takeText(said);
        finish = finish_reason ?? finish;
      }
    },
    done() {
      isDone = true;
    },
    end(): ChatAnswer {
      if (finish === null && !isDone) throw fault('stream_broken', 'The answer broke off before its end');
      return { text, usage, finishReason: refused ? 'refused' : reasonOf(finish), model };
    },
  };
}

function reasonOf(finish: string | null): ChatAnswer['finishReason'] {
  if (finish === 'stop' || finish === null) return 'stop';
  if (finish === 'length') return 'length';
  return finish === 'content_filter' ? 'refused' : 'other';
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw fault('answer_unreadable', 'A piece of the answer is not JSON');
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}
