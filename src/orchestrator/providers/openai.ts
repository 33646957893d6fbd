/** The API of OpenAI, and of the many that speak it: vLLM, llama.cpp, LM Studio, Ollama. Its wire: shared/inference/openai-wire.ts */
import { addText, answerOf, newFold } from '../../shared/inference/answer.ts';
import { InferenceFault } from '../../shared/inference/fault.ts';
import {
  chatBody,
  embeddingsBody,
  foldChatEvent,
  readEmbeddings,
  readModelList,
} from '../../shared/inference/openai-wire.ts';
import { HostFault } from '../host-executors/host-executor.ts';
import { broken, call, wholeText } from './call.ts';
import { hide } from './faults.ts';
import type { ProviderApi, Target } from './provider.ts';
import { serverEvents } from './sse.ts';

/** Texts of one request; several servers take no more. */
const textsAtOnce = 128;

const headersOf = ({ secret }: Target): Record<string, string> =>
  secret === '' ? {} : { authorization: `Bearer ${secret}` };

export const openAiCompatible: ProviderApi = {
  async models(target, signal) {
    const text = await wholeText(await call(target, '/models', headersOf(target), undefined, signal), target, signal);
    return read(target, () => readModelList(text)).map(({ id, max_model_len, context_length }) => {
      const contextLength = max_model_len ?? context_length;
      return { id, ...(contextLength == null ? {} : { contextLength }) };
    });
  },

  async chat(target, request, signal, told) {
    // OpenAI's own reasoning models refuse the older name of the limit; others know only that.
    const limit = new URL(target.baseUrl).hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens';
    const body = chatBody(request, (file) => dataUrl(request.image(file)), limit);
    const response = await call(target, '/chat/completions', headersOf(target), body, signal);
    const fold = newFold();
    const take = (data: string) => {
      const text = read(target, () => foldChatEvent(fold, data));
      if (fold.usage !== null) told.usage(fold.usage);
      if (text === '') return;
      read(target, () => addText(fold, text));
      told.text(text);
    };
    if (response.headers.get('content-type')?.includes('application/json') === true) {
      // A server that does not stream answers at once.
      take(await wholeText(response, target, signal));
      fold.ended = true;
    } else {
      try {
        for await (const { data } of serverEvents(response.body ?? empty())) take(data);
      } catch (error) {
        throw broken(error, target, signal);
      }
    }
    const { usage } = fold;
    return { ...read(target, () => answerOf(fold, request)), usage };
  },

  async embed(target, { model, texts, dimensions }, signal) {
    const vectors: number[][] = [];
    let inputTokens: number | null = 0;
    let named = model;
    for (let at = 0; at < texts.length; at += textsAtOnce) {
      const some = texts.slice(at, at + textsAtOnce);
      const body = embeddingsBody({ model, texts: some, ...(dimensions === undefined ? {} : { dimensions }) });
      const text = await wholeText(await call(target, '/embeddings', headersOf(target), body, signal), target, signal);
      const answer = read(target, () => readEmbeddings(text, some.length));
      vectors.push(...answer.vectors);
      inputTokens = answer.usage === undefined || inputTokens === null ? null : inputTokens + answer.usage.inputTokens;
      named = answer.model ?? named;
    }
    return { vectors, inputTokens, model: named };
  },
};

const dataUrl = ({ mime, data }: { mime: string; data: string }) => `data:${mime};base64,${data}`;

/** What the wire says of an answer, as a fault of the host's; a provider may repeat the key in its words. */
function read<Value>({ secret }: Target, reading: () => Value): Value {
  try {
    return reading();
  } catch (error) {
    if (!(error instanceof InferenceFault)) throw error;
    throw new HostFault(error.code, hide(error.message, secret), error.fault, error.retryAfterMs);
  }
}

async function* empty(): AsyncGenerator<Uint8Array> {}
