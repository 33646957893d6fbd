/**
 * The part of llama.cpp's own server (https://github.com/ggml-org/llama.cpp/tree/master/tools/server) that a worker talks
 * to, over the real engine: one model, one slot, OpenAI's wire, refusals in that server's words.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { batch, type ChatMessage, type Completion, type Engine, loadEngine } from './engine.ts';

export interface LlamaOptions {
  /** The model file. */
  readonly model: string;
  /** What it is listed as. */
  readonly alias: string;
  /** Tokens that a request and its answer take together. */
  readonly context: number;
  /** Serves embeddings, and nothing else. */
  readonly embeddings: boolean;
}

const Text = Type.Union([Type.String(), Type.Array(Type.Object({ type: Type.Literal('text'), text: Type.String() }))]);
const ChatRequest = Type.Object({
  messages: Type.Array(Type.Object({ role: Type.String(), content: Text }), { minItems: 1 }),
  stream: Type.Optional(Type.Boolean()),
  temperature: Type.Optional(Type.Number()),
  top_p: Type.Optional(Type.Number()),
  max_tokens: Type.Optional(Type.Integer()),
  seed: Type.Optional(Type.Integer()),
  stop: Type.Optional(Type.Array(Type.String())),
  response_format: Type.Optional(Type.Unknown()),
});
type ChatRequest = Static<typeof ChatRequest>;
const EmbeddingsRequest = Type.Object({ input: Type.Union([Type.String(), Type.Array(Type.String())]) });

/** A refusal as this server words it. */
class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly more: object;

  constructor(status: number, type: string, message: string, more: object = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.more = more;
  }
}

/** Serves on a free port of this machine; resolves with the origin when the model is loaded. */
export async function startLlamaServer(options: LlamaOptions): Promise<string> {
  const engine = await loadEngine(options.model, options.context, options.embeddings);
  const server = createServer((message, response) => {
    void serve(message, response).catch((error: unknown) => refuse(response, error));
  });
  const serve = async (message: IncomingMessage, response: ServerResponse) => {
    const route = `${message.method} ${message.url}`;
    if (route === 'GET /health') return json(response, { status: 'ok' });
    if (route === 'GET /v1/models') return json(response, models(engine, options));
    if (route === 'GET /props') return json(response, props(engine, options));
    if (route === 'POST /v1/chat/completions') return chat(engine, options, await body(message, ChatRequest), response);
    if (route === 'POST /v1/embeddings')
      return json(response, await embed(engine, options, await body(message, EmbeddingsRequest)));
    throw new Refusal(404, 'not_found_error', 'File Not Found');
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function models(engine: Engine, { alias }: LlamaOptions): object {
  const { nEmbd, nParams, size, metadata } = engine.getModelInfo();
  const meta = {
    n_vocab: Number(metadata['llama.vocab_size']),
    n_ctx_train: Number(metadata['llama.context_length']),
    ...{ n_embd: nEmbd, n_params: nParams, size },
  };
  const created = Math.floor(Date.now() / 1_000);
  return { object: 'list', data: [{ id: alias, object: 'model', created, owned_by: 'llamacpp', meta }] };
}

function props(engine: Engine, { model, alias, context }: LlamaOptions): object {
  return {
    default_generation_settings: { n_ctx: context },
    total_slots: 1,
    model_alias: alias,
    model_path: model,
    modalities: { vision: false, audio: false },
    chat_template: engine.getModelInfo().metadata['tokenizer.chat_template'],
  };
}

async function chat(engine: Engine, options: LlamaOptions, asked: ChatRequest, response: ServerResponse) {
  if (options.embeddings) {
    const words = 'This server does not support completions. Start it without `--embeddings` or `--reranking`';
    throw new Refusal(501, 'not_supported_error', words);
  }
  const messages = asked.messages.map(({ role, content }) => ({ role, content: plain(content) }));
  await mustFit(engine, messages, options.context);
  const write = asked.stream === true ? events(response, options.alias) : null;
  const { promise, stop } = await engine.parallel.completion(
    {
      messages,
      jinja: true,
      ...given({ temperature: asked.temperature, top_p: asked.top_p, seed: asked.seed, stop: asked.stop }),
      ...given({ n_predict: asked.max_tokens, response_format: asked.response_format }),
    },
    (_request, { token }) => {
      if (token !== undefined) write?.({ choices: [{ index: 0, delta: { content: token }, finish_reason: null }] });
    },
  );
  response.on('close', () => {
    if (!response.writableEnded) stop();
  });
  end(response, options.alias, await promise, write);
}

/** Only a request that fits is begun. */
async function mustFit(engine: Engine, messages: readonly ChatMessage[], context: number): Promise<void> {
  const { tokens } = await engine.tokenize(engine.getFormattedChat(messages).prompt);
  if (tokens.length < context) return;
  const words = `request (${tokens.length} tokens) exceeds the available context size (${context} tokens), try increasing it`;
  throw new Refusal(400, 'exceed_context_size_error', words, { n_prompt_tokens: tokens.length, n_ctx: context });
}

/** The head of a stream, and what writes an event of it. */
function events(response: ServerResponse, model: string): (event: object) => void {
  const common = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model };
  const write = (event: object) => void response.write(`data: ${JSON.stringify({ ...common, ...event })}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  write({ choices: [{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }] });
  return write;
}

function end(
  response: ServerResponse,
  model: string,
  completion: Completion,
  write: ((event: object) => void) | null,
): void {
  const { timings, tokens_predicted: written, text: content } = completion;
  const read = timings.prompt_n + timings.cache_n;
  const usage = { completion_tokens: written, prompt_tokens: read, total_tokens: read + written };
  const finish_reason = completion.stopped_limit || completion.context_full ? 'length' : 'stop';
  if (write === null) {
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason }];
    json(response, { object: 'chat.completion', model, choices, usage });
  } else {
    write({ choices: [{ index: 0, delta: {}, finish_reason }] });
    write({ choices: [], usage });
    response.end('data: [DONE]\n\n');
  }
}

async function embed(engine: Engine, { embeddings, alias }: LlamaOptions, { input }: Static<typeof EmbeddingsRequest>) {
  if (!embeddings) {
    const words = 'This server does not support embeddings. Start it with `--embeddings`';
    throw new Refusal(501, 'not_supported_error', words);
  }
  let read = 0;
  const data: object[] = [];
  for (const [index, text] of [input].flat().entries()) {
    const { tokens } = await engine.tokenize(text);
    if (tokens.length > batch) {
      const words = `input (${tokens.length} tokens) is too large to process. increase the physical batch size (current batch size: ${batch})`;
      throw new Refusal(500, 'server_error', words);
    }
    read += tokens.length;
    engine.clearCache();
    data.push({ object: 'embedding', index, embedding: [...(await engine.embedding(text)).embedding] });
  }
  return { object: 'list', model: alias, data, usage: { prompt_tokens: read, total_tokens: read } };
}

const plain = (content: Static<typeof Text>) =>
  typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');

type Given<Fields> = { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
const given = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;

async function body<Schema extends typeof ChatRequest | typeof EmbeddingsRequest>(
  message: IncomingMessage,
  schema: Schema,
): Promise<Static<Schema>> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  if (!Value.Check(schema, value)) throw new Refusal(400, 'invalid_request_error', 'Unsupported request');
  return value as Static<Schema>;
}

function json(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, type, message, more } =
    error instanceof Refusal ? error : new Refusal(500, 'server_error', String(error));
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code: status, message, type, ...more } }));
}
