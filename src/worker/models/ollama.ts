/**
 * Ollama's own API (https://github.com/ollama/ollama/blob/main/docs/api.md): what it has, what is loaded, chat as lines of
 * JSON, fetching and removing models. Its own, because only there it says what is loaded and does not cut long prompts silently.
 */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type AnswerFold, addCall } from '../../shared/inference/answer.ts';
import { InferenceFault } from '../../shared/inference/fault.ts';
import { refusal } from '../../shared/inference/openai-wire.ts';
import type { ChatInput, ChatMessage } from '../../shared/model/inference.ts';
import type { NodeModel } from '../../shared/model/node.ts';
import type { FileValue } from '../../shared/model/values.ts';
import { peek, peekWith } from './http.ts';

const name = Type.String({ minLength: 1, maxLength: 200 });
const Tags = Type.Object({
  models: Type.Array(Type.Object({ name, size: Type.Optional(Type.Number()), digest: Type.Optional(Type.String()) })),
});
const Loaded = Type.Object({
  models: Type.Array(Type.Object({ name, context_length: Type.Optional(Type.Integer({ minimum: 1 })) })),
});
const Shown = Type.Object({
  capabilities: Type.Optional(Type.Array(Type.String())),
  model_info: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});

type Facts = Pick<NodeModel, 'context' | 'kind' | 'images'>;
/** What never changes about a model, by its digest; bounded, the oldest goes. */
const factsOf = new Map<string, Facts>();
const mostFacts = 500;

/** The models of an Ollama server, with what is loaded. */
export async function listOllama(url: string, patience: number): Promise<NodeModel[]> {
  const [tags, loaded] = await Promise.all([peek(`${url}/api/tags`, patience), peek(`${url}/api/ps`, patience)]);
  if (!Value.Check(Tags, tags)) return [];
  const inMemory = new Map(Value.Check(Loaded, loaded) ? loaded.models.map((model) => [model.name, model]) : []);
  return Promise.all(
    tags.models.slice(0, 1_000).map(async ({ name, size, digest }) => ({
      name,
      loaded: inMemory.has(name),
      ...(size === undefined ? {} : { size_mb: Math.round(size / 1024 / 1024) }),
      ...(await facts(url, name, digest ?? name, patience)),
    })),
  );
}

async function facts(url: string, model: string, digest: string, patience: number): Promise<Facts> {
  const known = factsOf.get(digest);
  if (known !== undefined) return known;
  const shown = await peekWith(`${url}/api/show`, { model }, patience);
  if (!Value.Check(Shown, shown)) return {};
  const found = readFacts(shown);
  factsOf.set(digest, found);
  const [oldest] = factsOf.keys();
  if (factsOf.size > mostFacts && oldest !== undefined) factsOf.delete(oldest);
  return found;
}

function readFacts({ capabilities, model_info: info = {} }: Static<typeof Shown>): Facts {
  const length = Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1];
  const context = typeof length === 'number' && Number.isInteger(length) && length > 0 ? { context: length } : {};
  if (capabilities === undefined) return context;
  const kind = capabilities.includes('embedding') && !capabilities.includes('completion') ? 'embeddings' : 'chat';
  return { ...context, kind, images: capabilities.includes('vision') };
}

/** The body of `POST /api/chat`. `image` gives the content in base64. */
export function ollamaBody(
  input: ChatInput,
  messages: readonly ChatMessage[],
  image: (file: FileValue) => string,
): Record<string, unknown> {
  const { temperature, topP, maxTokens, stop, seed } = input.parameters ?? {};
  const options = { temperature, top_p: topP, num_predict: maxTokens, stop, seed };
  return {
    model: input.model,
    messages: messages.map((message) => ollamaMessage(message, image)),
    stream: true,
    // Without these it cuts what does not fit, and nobody learns of it.
    truncate: false,
    shift: false,
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    ...(input.schema === undefined ? {} : { format: input.schema }),
    ...(input.tools === undefined ? {} : { tools: input.tools.map((tool) => ({ type: 'function', function: tool })) }),
  };
}

function ollamaMessage({ role, content, toolCalls, name }: ChatMessage, image: (file: FileValue) => string) {
  const called = toolCalls?.map((call) => ({ function: { name: call.name, arguments: objectIn(call.arguments) } }));
  const tools = {
    ...(called === undefined || called.length === 0 ? {} : { tool_calls: called }),
    ...(name === undefined ? {} : { tool_name: name }),
  };
  if (typeof content === 'string') return { role, content, ...tools };
  const images = content.flatMap((part) => (part.type === 'image' ? [image(part.image)] : []));
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  return { role, content: text, ...(images.length === 0 ? {} : { images }), ...tools };
}

/** Ollama takes arguments as an object, and gives them as one. */
function objectIn(words: string): unknown {
  try {
    const value: unknown = JSON.parse(words);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

const ChatLine = Type.Object({
  model: Type.Optional(Type.String()),
  message: Type.Optional(
    Type.Object({
      content: Type.Optional(Type.String()),
      tool_calls: Type.Optional(
        Type.Array(
          Type.Object({
            function: Type.Object({ name: Type.String(), arguments: Type.Optional(Type.Unknown()) }),
          }),
        ),
      ),
    }),
  ),
  done: Type.Optional(Type.Boolean()),
  done_reason: Type.Optional(Type.String()),
  prompt_eval_count: Type.Optional(Type.Integer({ minimum: 0 })),
  eval_count: Type.Optional(Type.Integer({ minimum: 0 })),
  error: Type.Optional(Type.Unknown()),
});

/** Folds one line of a chat stream. Answers the text that it adds. Throws an InferenceFault. */
export function foldOllamaLine(fold: AnswerFold, line: string): string {
  if (line.trim() === '') return '';
  const event = readLine(line);
  if (event.error !== undefined) throw refusal(200, event, null);
  if (event.model !== undefined) fold.model = event.model;
  for (const { function: called } of event.message?.tool_calls ?? [])
    addCall(fold, fold.calls.length, { name: called.name, words: JSON.stringify(called.arguments ?? {}) });
  if (event.done === true) {
    fold.ended = true;
    fold.finishReason = event.done_reason === 'length' ? 'length' : event.done_reason === 'stop' ? 'stop' : 'other';
    if (event.eval_count !== undefined)
      fold.usage = { inputTokens: event.prompt_eval_count ?? 0, outputTokens: event.eval_count };
  }
  return event.message?.content ?? '';
}

function readLine(line: string): Static<typeof ChatLine> {
  try {
    const value: unknown = JSON.parse(line);
    if (Value.Check(ChatLine, value)) return value;
  } catch {}
  throw new InferenceFault('answer_unreadable', 'Ollama answered something that is not its API.');
}
