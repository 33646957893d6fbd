/** Model servers on this machine: which there are, and what each has. */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { type ListedModel, readModelList } from '../../shared/inference/openai-wire.ts';
import type { NodeModel } from '../../shared/model/node.ts';
import { peek } from './http.ts';
import { listOllama } from './ollama.ts';

export const serverKinds = ['ollama', 'llama_cpp', 'lm_studio', 'vllm', 'openai'] as const;
export type ServerKind = (typeof serverKinds)[number];

/** A server that answers; `url` is its origin, without a slash at the end. */
export interface ModelServer {
  readonly kind: ServerKind;
  readonly url: string;
}

export const serverNames: Readonly<Record<ServerKind, string>> = {
  ollama: 'Ollama',
  llama_cpp: 'llama.cpp',
  lm_studio: 'LM Studio',
  vllm: 'vLLM',
  openai: 'OpenAI-compatible server',
};

/** Where these programs listen unless told otherwise: Ollama, llama.cpp's server, LM Studio, vLLM. */
export const usualServers: readonly string[] = [11_434, 8_080, 1_234, 8_000].map((port) => `http://127.0.0.1:${port}`);

/** A server on this machine answers at once, or is busy; either way nobody waits for it long. */
const patience = 3_000;

const OllamaVersion = Type.Object({ version: Type.String() });
const LmStudioModels = Type.Object({
  data: Type.Array(
    Type.Object({
      id: Type.String({ minLength: 1, maxLength: 200 }),
      type: Type.Optional(Type.String()),
      state: Type.Optional(Type.String()),
      max_context_length: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    { maxItems: 1_000 },
  ),
});

export interface FoundServer {
  readonly server: ModelServer;
  readonly models: readonly NodeModel[];
}

/** Asks what serves models at an address, and which; null where nothing that we know answers. */
export async function lookAt(url: string): Promise<FoundServer | null> {
  const found = (kind: ServerKind, models: readonly NodeModel[]): FoundServer => ({
    server: { kind, url },
    models: models.map((model) => ({ ...model, server: serverNames[kind] })),
  });
  if (Value.Check(OllamaVersion, await peek(`${url}/api/version`, patience)))
    return found('ollama', await listOllama(url, patience));
  const studio = await peek(`${url}/api/v0/models`, patience);
  if (Value.Check(LmStudioModels, studio)) return found('lm_studio', studio.data.map(studioModel));
  const list = await listed(url);
  if (list === null) return null;
  const kind = kindOf(list);
  const context = kind === 'llama_cpp' ? await llamaContext(url) : undefined;
  return found(
    kind,
    list.map((model) => ({ ...plainModel(model, kind), ...(context === undefined ? {} : { context }) })),
  );
}

const LlamaProps = Type.Object({
  default_generation_settings: Type.Object({ n_ctx: Type.Integer({ minimum: 1 }) }),
});

/** What llama.cpp was started with; its list of models says only what the model was made for. */
async function llamaContext(url: string): Promise<number | undefined> {
  const props = await peek(`${url}/props`, patience);
  return Value.Check(LlamaProps, props) ? props.default_generation_settings.n_ctx : undefined;
}

async function listed(url: string): Promise<ListedModel[] | null> {
  const answer = await peek(`${url}/v1/models`, patience);
  try {
    return answer === null ? null : readModelList(JSON.stringify(answer));
  } catch {
    return null;
  }
}

function kindOf(list: readonly ListedModel[]): ServerKind {
  if (list.some((model) => model.owned_by === 'llamacpp')) return 'llama_cpp';
  return list.some((model) => model.owned_by === 'vllm') ? 'vllm' : 'openai';
}

/** llama.cpp and vLLM serve what they have loaded; of others nobody knows. */
function plainModel({ id, max_model_len, meta }: ListedModel, kind: ServerKind): NodeModel {
  const context = max_model_len ?? meta?.n_ctx ?? meta?.n_ctx_train;
  return {
    name: id,
    ...(kind === 'openai' ? {} : { loaded: true }),
    ...(context === undefined ? {} : { context }),
    ...(meta?.size === undefined ? {} : { size_mb: Math.round(meta.size / 1024 / 1024) }),
  };
}

function studioModel({ id, type, state, max_context_length: context }: Static<typeof LmStudioModels>['data'][number]) {
  return {
    name: id,
    loaded: state === 'loaded',
    kind: type === 'embeddings' ? ('embeddings' as const) : ('chat' as const),
    ...(type === undefined ? {} : { images: type === 'vlm' }),
    ...(context === undefined ? {} : { context }),
  };
}
