/** llama.cpp itself, as its binding for Node gives it; only what the server needs of it. */
import { createRequire } from 'node:module';

/** One token of an answer. */
interface Piece {
  readonly token?: string;
}

export interface Completion {
  readonly text: string;
  readonly stopped_limit: boolean;
  readonly context_full: boolean;
  /** Tokens that were written. */
  readonly tokens_predicted: number;
  /** Tokens of the prompt: read now, and known from the prompt before. */
  readonly timings: { readonly prompt_n: number; readonly cache_n: number };
}

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
}

export interface CompletionOptions {
  readonly messages: readonly ChatMessage[];
  readonly jinja: true;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly n_predict?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  /** The schema becomes a grammar, which llama.cpp holds the model to. */
  readonly response_format?: unknown;
}

export interface Engine {
  getModelInfo(): { nEmbd: number; nParams: number; size: number; metadata: Readonly<Record<string, string>> };
  getFormattedChat(messages: readonly ChatMessage[]): { prompt: string };
  tokenize(text: string): Promise<{ tokens: Int32Array }>;
  embedding(text: string): Promise<{ embedding: Float32Array }>;
  /** Otherwise what two prompts begin with is read once, and misses in the embedding of the second. */
  clearCache(): void;
  readonly parallel: {
    enable(slots: { n_parallel: number; n_batch: number }): Promise<boolean>;
    completion(
      options: CompletionOptions,
      onPiece: (request: number, piece: Piece) => void,
    ): Promise<{ promise: Promise<Completion>; stop(): void }>;
  };
}

interface Binding {
  loadModel(options: Readonly<Record<string, unknown>>): Promise<Engine>;
}

/** Reads so many tokens at once at most, and of embeddings as long a text. */
export const batch = 512;

/** Loads a model file: for answers, or for embeddings alone, which are means of length 1. */
export async function loadEngine(model: string, context: number, embeddings: boolean): Promise<Engine> {
  // Its types are sources, which would be checked by our rules.
  const { loadModel } = createRequire(import.meta.url)('@fugood/llama.node') as Binding;
  const common = { model, n_ctx: context, n_batch: batch, n_gpu_layers: 0, n_parallel: 1 };
  if (embeddings) return loadModel({ ...common, embedding: true, pooling_type: 'mean', embd_normalize: 2 });
  const engine = await loadModel(common);
  await engine.parallel.enable({ n_parallel: 1, n_batch: batch });
  return engine;
}
