/**
 * The chat and embeddings API that OpenAI made and most model servers speak (https://platform.openai.com/docs/api-reference):
 * what is sent, how a stream of answers is folded into one, how refusals are told apart. Pure; whoever calls does the HTTP.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ChatInput, EmbeddingsInput, MessagePart, TokenUsage } from '../model/inference.ts';
import type { FileValue } from '../model/values.ts';
import type { Answer, AnswerFold } from './answer.ts';
import { InferenceFault } from './fault.ts';

/** An image as `data:` URL; the caller has read it. */
export type ImageUrl = (image: FileValue) => string;

/** The body of `POST /chat/completions`, streamed, with the usage at the end of the stream. */
export function chatBody(input: ChatInput, imageUrl: ImageUrl): Record<string, unknown> {
  const { parameters = {}, schema } = input;
  return {
    model: input.model,
    messages: input.messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? content : content.map((part) => wirePart(part, imageUrl)),
    })),
    stream: true,
    stream_options: { include_usage: true },
    ...defined({
      temperature: parameters.temperature,
      top_p: parameters.topP,
      max_tokens: parameters.maxTokens,
      stop: parameters.stop,
      seed: parameters.seed,
    }),
    ...(schema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: false } } }),
  };
}

function wirePart(part: MessagePart, imageUrl: ImageUrl): unknown {
  if (part.type === 'text') return part;
  return { type: 'image_url', image_url: { url: imageUrl(part.image) } };
}

const ChatEvent = Type.Object({
  model: Type.Optional(Type.String()),
  choices: Type.Optional(
    Type.Array(
      Type.Object({
        delta: Type.Optional(
          Type.Object({
            content: Type.Optional(Type.Union([Type.String(), Type.Null()])),
            refusal: Type.Optional(Type.Union([Type.String(), Type.Null()])),
          }),
        ),
        finish_reason: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      }),
    ),
  ),
  usage: Type.Optional(
    Type.Union([
      Type.Object({
        prompt_tokens: Type.Integer({ minimum: 0 }),
        completion_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
      }),
      Type.Null(),
    ]),
  ),
  error: Type.Optional(Type.Unknown()),
});

/** Folds the `data:` of one event of a chat stream. Answers the text that it adds. Throws an InferenceFault. */
export function foldChatEvent(fold: AnswerFold, data: string): string {
  if (data === '[DONE]') {
    fold.ended = true;
    return '';
  }
  const event = parse(ChatEvent, data);
  if (event.error !== undefined && event.error !== null) throw refusal(200, event, null);
  if (event.model !== undefined) fold.model = event.model;
  if (event.usage != null) fold.usage = usageOf(event.usage);
  const [choice] = event.choices ?? [];
  if (choice?.finish_reason != null) {
    fold.finishReason = finishReason(choice.finish_reason);
    fold.ended = true;
  }
  if (choice?.delta?.refusal != null && choice.delta.refusal !== '') fold.finishReason = 'refused';
  return choice?.delta?.content ?? choice?.delta?.refusal ?? '';
}

function usageOf(usage: { prompt_tokens: number; completion_tokens?: number }): TokenUsage {
  return { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens ?? 0 };
}

function finishReason(reason: string): Answer['finishReason'] {
  if (reason === 'stop' || reason === 'length') return reason;
  return reason === 'content_filter' ? 'refused' : 'other';
}

export function embeddingsBody({ model, texts, dimensions }: EmbeddingsInput): Record<string, unknown> {
  return { model, input: texts, ...defined({ dimensions }) };
}

const EmbeddingsAnswer = Type.Object({
  data: Type.Array(Type.Object({ index: Type.Optional(Type.Integer()), embedding: Type.Array(Type.Number()) })),
  model: Type.Optional(Type.String()),
  usage: Type.Optional(Type.Object({ prompt_tokens: Type.Integer({ minimum: 0 }) })),
});

/** Reads the answer of `POST /embeddings`: one vector per text, in the order of the texts. Throws an InferenceFault. */
export function readEmbeddings(text: string, count: number) {
  const answer = parse(EmbeddingsAnswer, text);
  if (answer.data.length !== count) {
    throw new InferenceFault(
      'answer_unreadable',
      `The server answered ${answer.data.length} vectors for ${count} texts.`,
    );
  }
  const ordered = [...answer.data].sort((left, right) => (left.index ?? 0) - (right.index ?? 0));
  return {
    vectors: ordered.map(({ embedding }) => embedding),
    model: answer.model,
    usage: answer.usage === undefined ? undefined : usageOf(answer.usage),
  };
}

const ModelList = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String({ minLength: 1, maxLength: 200 }),
      owned_by: Type.Optional(Type.String()),
      max_model_len: Type.Optional(Type.Integer({ minimum: 1 })),
      meta: Type.Optional(
        Type.Union([
          Type.Object({
            n_ctx_train: Type.Optional(Type.Integer({ minimum: 1 })),
            n_ctx: Type.Optional(Type.Integer({ minimum: 1 })),
            size: Type.Optional(Type.Number({ minimum: 0 })),
          }),
          Type.Null(),
        ]),
      ),
    }),
    { maxItems: 10_000 },
  ),
});
export type ListedModel = Static<typeof ModelList>['data'][number];

/** Reads the answer of `GET /models`. Throws an InferenceFault. */
export function readModelList(text: string): ListedModel[] {
  return parse(ModelList, text).data;
}

/** The largest part of a server's own words that is passed on. */
const mostWords = 400;

/**
 * What an answer that is no success means. `body` is the answer's text or its parsed JSON; servers differ in where they put
 * the code, so the words are looked at too. Never holds what was sent.
 */
export function refusal(status: number, body: unknown, retryAfterMs: number | null): InferenceFault {
  const { code, words } = serverWords(body);
  const said = words === '' ? `It answered ${status}.` : `It says: ${words}`;
  const text = `${code} ${words}`.toLowerCase();
  if (/insufficient_quota|billing|credit balance/.test(text))
    return new InferenceFault('provider_quota_spent', `The provider's quota is spent. ${said}`);
  if (
    /context_length|context length|context window|context size|too many tokens|prompt is too long|exceed_context/.test(
      text,
    )
  )
    return new InferenceFault('context_too_long', `The text is longer than the model's context. ${said}`);
  if (status === 429)
    return new InferenceFault(
      'provider_rate_limited',
      `The server takes no more requests just now. ${said}`,
      retryAfterMs,
    );
  if (status === 401 || status === 403)
    return new InferenceFault('provider_refused_key', `The key was refused. ${said}`);
  if (status === 404 || /model_not_found|model .*not found/.test(text))
    return new InferenceFault('model_missing', `The server does not have this model. ${said}`);
  if (/image/.test(text) && /support|invalid|not/.test(text))
    return new InferenceFault('images_not_taken', `The model takes no such image. ${said}`);
  if (status >= 500 || status === 408 || status === 200)
    return new InferenceFault('provider_failed', `The server failed. ${said}`, retryAfterMs);
  return new InferenceFault('provider_refused', `The server refused the request. ${said}`);
}

function serverWords(body: unknown): { code: string; words: string } {
  const parsed = typeof body === 'string' ? tryJson(body) : body;
  if (typeof parsed !== 'object' || parsed === null) return { code: '', words: '' };
  const holder = 'error' in parsed ? parsed.error : parsed;
  if (typeof holder === 'string') return { code: '', words: holder.slice(0, mostWords) };
  if (typeof holder !== 'object' || holder === null) return { code: '', words: '' };
  const word = (name: string) => {
    const value = (holder as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : '';
  };
  return { code: `${word('code')} ${word('type')}`.trim(), words: word('message').slice(0, mostWords) };
}

function parse<Schema extends TSchema>(schema: Schema, text: string): Static<Schema> {
  const value = tryJson(text);
  if (Value.Check(schema, value)) return value as Static<Schema>;
  throw new InferenceFault(
    'answer_unreadable',
    'The server answered something that is not the API it is said to speak.',
  );
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** How long `Retry-After` asks to wait (RFC 9110, 10.2.3): seconds or a date; null where it says nothing. Milliseconds. */
export function retryAfterMs(header: string | null | undefined, now: number): number | null {
  if (header == null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
