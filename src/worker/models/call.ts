/** One request for a chat or for embeddings to a model server of this machine. */
import { type Answer, addText, answerOf, estimateTexts, newFold } from '../../shared/inference/answer.ts';
import { InferenceFault } from '../../shared/inference/fault.ts';
import { createLineReader, createSseReader } from '../../shared/inference/lines.ts';
import {
  chatBody,
  embeddingsBody,
  foldChatEvent,
  readEmbeddings,
  refusal,
  retryAfterMs,
} from '../../shared/inference/openai-wire.ts';
import type { ChatInput, ChatMessage, EmbeddingsInput, EmbeddingsResult } from '../../shared/model/inference.ts';
import type { FileValue } from '../../shared/model/values.ts';
import { askServer, type ModelResponse, wholeText } from './http.ts';
import { foldOllamaLine, ollamaBody } from './ollama.ts';
import { type ModelServer, serverNames } from './servers.ts';

export interface CallContext {
  signal: AbortSignal;
  /** Shown as it comes; resolves when there is room for more (N9). */
  token(text: string): Promise<void>;
  /** The images of the messages in base64, by hash. */
  images: ReadonlyMap<string, string>;
}

/** Has one chat request answered, token by token. Rejects with an InferenceFault, or what the signal says. */
export async function callChat(
  server: ModelServer,
  input: ChatInput,
  messages: readonly ChatMessage[],
  context: CallContext,
): Promise<Answer> {
  const base64 = (file: FileValue) => context.images.get(file.sha256) ?? '';
  const asked = { ...input, messages: [...messages] };
  const native = server.kind === 'ollama';
  const body = native
    ? ollamaBody(input, messages, base64)
    : chatBody(asked, (file) => `data:${file.mime};base64,${base64(file)}`);
  const response = await post(server, native ? '/api/chat' : '/v1/chat/completions', body, context.signal);
  const fold = newFold();
  for await (const piece of native ? lines(response) : events(response)) {
    const text = native ? foldOllamaLine(fold, piece) : foldChatEvent(fold, piece);
    if (text === '') continue;
    addText(fold, text);
    await context.token(text);
  }
  return answerOf(fold, asked);
}

/** Turns texts into vectors; every server here speaks OpenAI's form of it. */
export async function callEmbeddings(
  server: ModelServer,
  input: EmbeddingsInput,
  signal: AbortSignal,
): Promise<Omit<EmbeddingsResult, 'ms'>> {
  const response = await post(server, '/v1/embeddings', embeddingsBody(input), signal);
  const { vectors, model, usage } = readEmbeddings(await wholeText(response, mostVectors), input.texts.length);
  return { vectors, model: model ?? input.model, usage: usage ?? estimateTexts(input.texts) };
}

const mostVectors = 256 * 1024 * 1024;

async function post(server: ModelServer, path: string, body: unknown, signal: AbortSignal): Promise<ModelResponse> {
  const response = await askServer({ method: 'POST', url: server.url + path, body, signal }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new InferenceFault('provider_unreachable', `${serverNames[server.kind]} on this machine does not answer.`);
  });
  if (response.status === 200) return response;
  const text = await wholeText(response, 64 * 1024).catch(() => '');
  throw refusal(response.status, text, retryAfterMs(response.headers['retry-after'], Date.now()));
}

async function* events(response: ModelResponse): AsyncGenerator<string> {
  const reader = createSseReader();
  for await (const part of unbroken(response)) for (const { data } of reader.push(part)) yield data;
  for (const { data } of reader.end()) yield data;
}

async function* lines(response: ModelResponse): AsyncGenerator<string> {
  const reader = createLineReader();
  for await (const part of unbroken(response)) yield* reader.push(part);
  yield* reader.end();
}

/** The text that came before the connection broke is read like any other; that it broke shows in the answer. */
async function* unbroken({ text }: ModelResponse): AsyncGenerator<string> {
  try {
    yield* text;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
  }
}
