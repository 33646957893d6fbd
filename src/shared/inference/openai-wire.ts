/**
 * The chat and embeddings API that OpenAI made and most model servers speak (https://platform.openai.com/docs/api-reference):
 * what is sent, how a stream of answers is folded into one, how refusals are told apart. Pure; whoever calls does the HTTP.
 */
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ChatInput, ChatMessage, EmbeddingsInput, TokenUsage } from '../model/inference.ts';
import type { FileValue } from '../model/values.ts';
import { type Answer, type AnswerFold, addCall } from './answer.ts';
import { InferenceFault } from './fault.ts';

/** An image as `data:` URL; the caller has read it. */
export type ImageUrl = (image: FileValue) => string;

/** What of a chat is sent; where it is sent to does not matter. */
export type Asked = Pick<ChatInput, 'model' | 'messages' | 'parameters' | 'schema' | 'tools'>;

/**
 * The body of `POST /chat/completions`, streamed, with the usage at the end of the stream. `limit` is what the server calls
 * the largest number of tokens: OpenAI's own reasoning models refuse the older name, others know only that.
 */
export function chatBody(
  input: Asked,
  imageUrl: ImageUrl,
  limit: 'max_tokens' | 'max_completion_tokens' = 'max_tokens',
): Record<string, unknown> {
  const { parameters = {}, schema, tools } = input;
  return {
    model: input.model,
    messages: input.messages.map((message) => wireMessage(message, imageUrl)),
    stream: true,
    stream_options: { include_usage: true },
    ...defined({
      temperature: parameters.temperature,
      top_p: parameters.topP,
      [limit]: parameters.maxTokens,
      stop: parameters.stop,
      seed: parameters.seed,
    }),
    ...(tools === undefined ? {} : { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
    ...(schema === undefined
      ? {}
      : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: false } } }),
  };
}

function wireMessage({ role, content, toolCalls, callId }: ChatMessage, imageUrl: ImageUrl): unknown {
  const said = wireContent(content, imageUrl);
  if (role === 'tool') return { role, tool_call_id: callId ?? '', content: said };
  if (toolCalls === undefined || toolCalls.length === 0) return { role, content: said };
  const tool_calls = toolCalls.map(({ id, name, arguments: words }) => ({
    id,
    type: 'function',
    function: { name, arguments: words },
  }));
  return { role, content: said === '' ? null : said, tool_calls };
}

/** Text alone goes as text, which every server understands. */
function wireContent(content: ChatMessage['content'], imageUrl: ImageUrl): unknown {
  if (typeof content === 'string') return content;
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (texts.length === content.length) return texts.join('\n');
  return content.map((part) =>
    part.type === 'text' ? part : { type: 'image_url', image_url: { url: imageUrl(part.image) } },
  );
}

const Nullable = <T extends TSchema>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));
/** A piece of an answer, or the whole where a server does not stream. */
const Said = Type.Object({
  content: Nullable(Type.String()),
  refusal: Nullable(Type.String()),
  tool_calls: Nullable(
    Type.Array(
      Type.Object({
        index: Type.Optional(Type.Integer({ minimum: 0 })),
        id: Nullable(Type.String()),
        function: Nullable(Type.Object({ name: Nullable(Type.String()), arguments: Type.Optional(Type.Unknown()) })),
      }),
    ),
  ),
});
type Said = Static<typeof Said>;
const Usage = Type.Object({
  prompt_tokens: Type.Integer({ minimum: 0 }),
  completion_tokens: Nullable(Type.Integer({ minimum: 0 })),
});
const ChatEvent = Type.Object({
  model: Nullable(Type.String()),
  choices: Nullable(
    Type.Array(Type.Object({ delta: Nullable(Said), message: Nullable(Said), finish_reason: Nullable(Type.String()) })),
  ),
  usage: Nullable(Usage),
  error: Type.Optional(Type.Unknown()),
});

/**
 * Folds the `data:` of one event of a chat stream, or the whole answer of a server that does not stream. Answers the text
 * that it adds, which the caller adds to the fold. Throws an InferenceFault.
 */
export function foldChatEvent(fold: AnswerFold, data: string): string {
  if (data === '[DONE]') {
    fold.ended = true;
    return '';
  }
  const event = parse(ChatEvent, data);
  if (event.error !== undefined && event.error !== null) throw streamedRefusal(event);
  if (event.model != null) fold.model = event.model;
  if (event.usage != null) fold.usage = usageOf(event.usage);
  return (event.choices ?? [])
    .map(({ delta, message, finish_reason }) => {
      const said = delta ?? message ?? {};
      if (finish_reason != null) {
        fold.finishReason = fold.finishReason === 'refused' ? 'refused' : finishReason(finish_reason);
        fold.ended = true;
      }
      if (said.refusal != null && said.refusal !== '') fold.finishReason = 'refused';
      foldCalls(fold, said);
      return `${said.content ?? ''}${said.refusal ?? ''}`;
    })
    .join('');
}

function foldCalls(fold: AnswerFold, { tool_calls }: Said): void {
  for (const { index, id, function: called } of tool_calls ?? []) {
    const words = called?.arguments;
    addCall(fold, index, {
      ...{ id: id ?? undefined, name: called?.name ?? undefined },
      words: typeof words === 'string' ? words : words == null ? '' : JSON.stringify(words),
    });
  }
}

function usageOf(usage: { prompt_tokens: number; completion_tokens?: number | null }): TokenUsage {
  return { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens ?? 0 };
}

function finishReason(reason: string): Answer['finishReason'] {
  if (reason === 'stop' || reason === 'length') return reason;
  if (reason === 'tool_calls' || reason === 'function_call') return 'tools';
  return reason === 'content_filter' ? 'refused' : 'other';
}

export function embeddingsBody({ model, texts, dimensions }: Omit<EmbeddingsInput, 'task'>): Record<string, unknown> {
  return { model, input: texts, ...defined({ dimensions }) };
}

const EmbeddingsAnswer = Type.Object({
  data: Type.Array(Type.Object({ index: Type.Optional(Type.Integer()), embedding: Type.Array(Type.Number()) })),
  model: Nullable(Type.String()),
  usage: Nullable(Usage),
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
    model: answer.model ?? undefined,
    usage: answer.usage == null ? undefined : usageOf(answer.usage),
  };
}

const ModelList = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String({ minLength: 1, maxLength: 200 }),
      owned_by: Type.Optional(Type.String()),
      /** vLLM. */
      max_model_len: Nullable(Type.Integer({ minimum: 1 })),
      /** OpenRouter, LM Studio. */
      context_length: Nullable(Type.Integer({ minimum: 1 })),
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
  if (/tool|function call/.test(text) && /support/.test(text))
    return new InferenceFault('tools_not_taken', `The model cannot use tools. ${said}`);
  if (/image/.test(text) && /support|invalid|not/.test(text))
    return new InferenceFault('images_not_taken', `The model takes no such image. ${said}`);
  // A server that lacks a function (501) lacks it however often it is asked.
  if (status === 501) return new InferenceFault('provider_refused', `The server does not offer this. ${said}`);
  if (status >= 500 || status === 408 || status === 200)
    return new InferenceFault('provider_failed', `The server failed. ${said}`, retryAfterMs);
  return new InferenceFault('provider_refused', `The server refused the request. ${said}`);
}

/** What an error means that comes in the middle of a stream, where there is no status: errors have a type instead. */
export function streamedRefusal(event: unknown): InferenceFault {
  const { code } = serverWords(event);
  if (/rate_limit/.test(code)) return refusal(429, event, null);
  if (/authentication|permission/.test(code)) return refusal(401, event, null);
  return refusal(/invalid_request|not_found/.test(code) ? 400 : 200, event, null);
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
