/**
 * What a language model is asked, and what it answers: the input and result of `provider` jobs (the host calls a provider
 * with a key) and of `inference` jobs (a node asks a model server of its own). Both say the same, so a step does not mind.
 */
import { type Static, Type } from 'typebox';
import { FileValue, Id, Json } from './values.ts';

/** Where a model is reached: behind a provider key of the workspace, or on its nodes. */
export const ModelRef = Type.Union(
  [
    Type.Object({ at: Type.Literal('key'), keyId: Id, model: Type.String({ minLength: 1, maxLength: 200 }) }),
    Type.Object({ at: Type.Literal('node'), model: Type.String({ minLength: 1, maxLength: 200 }) }),
  ],
  { $id: 'ModelRef' },
);
export type ModelRef = Static<typeof ModelRef>;

/** As settings of steps hold it: `key:<key id>:<model>` or `node:<model>`. */
export function modelRefText(ref: ModelRef): string {
  return ref.at === 'key' ? `key:${ref.keyId}:${ref.model}` : `node:${ref.model}`;
}

/** Null for a text that names no model. */
export function parseModelRef(text: string): ModelRef | null {
  const key = /^key:([A-Za-z0-9_.-]+):(.+)$/s.exec(text);
  if (key !== null) return { at: 'key', keyId: key[1] ?? '', model: key[2] ?? '' };
  const node = /^node:(.+)$/s.exec(text);
  return node === null ? null : { at: 'node', model: node[1] ?? '' };
}

export const TextPart = Type.Object({ type: Type.Literal('text'), text: Type.String() });
export const ImagePart = Type.Object({ type: Type.Literal('image'), image: FileValue });
export const MessagePart = Type.Union([TextPart, ImagePart]);
export type MessagePart = Static<typeof MessagePart>;

/** A tool that the model may call. What it is called with should satisfy `parameters`, a JSON schema of an object. */
export const ToolOffer = Type.Object({
  name: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,64}$' }),
  description: Type.String({ maxLength: 10_000 }),
  parameters: Type.Record(Type.String(), Json),
});
export type ToolOffer = Static<typeof ToolOffer>;

/** A call that the model asks for. `arguments` is what it wrote, which should be JSON and need not be. */
export const ToolCall = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 200 }),
  name: Type.String({ maxLength: 200 }),
  arguments: Type.String(),
});
export type ToolCall = Static<typeof ToolCall>;

/** `tool` answers the call `callId` of the assistant's message before it. */
export const ChatMessage = Type.Object({
  role: Type.Union([Type.Literal('system'), Type.Literal('user'), Type.Literal('assistant'), Type.Literal('tool')]),
  content: Type.Union([Type.String(), Type.Array(MessagePart, { maxItems: 100 })]),
  toolCalls: Type.Optional(Type.Array(ToolCall, { maxItems: 100 })),
  callId: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  /** `tool`: the name of the tool that was called. */
  name: Type.Optional(Type.String({ maxLength: 200 })),
});
export type ChatMessage = Static<typeof ChatMessage>;

export const ChatParameters = Type.Object({
  temperature: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
  topP: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  maxTokens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  stop: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 8 })),
  seed: Type.Optional(Type.Integer()),
});
export type ChatParameters = Static<typeof ChatParameters>;

/** `keyId` names the provider key of a `provider` job; an `inference` job has none. */
export const ChatInput = Type.Object(
  {
    task: Type.Literal('chat'),
    keyId: Type.Optional(Id),
    model: Type.String({ minLength: 1, maxLength: 200 }),
    messages: Type.Array(ChatMessage, { minItems: 1, maxItems: 500 }),
    parameters: Type.Optional(ChatParameters),
    /** A JSON schema that the answer must satisfy; the answer then comes in `json` too. */
    schema: Type.Optional(Type.Record(Type.String(), Json)),
    /** The model may answer with calls of these. */
    tools: Type.Optional(Type.Array(ToolOffer, { minItems: 1, maxItems: 128 })),
    /** How often the model is shown what was wrong with its JSON, and asked again; 0 when left out. */
    repairs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3 })),
  },
  { $id: 'ChatInput' },
);
export type ChatInput = Static<typeof ChatInput>;

export const EmbeddingsInput = Type.Object(
  {
    task: Type.Literal('embeddings'),
    keyId: Type.Optional(Id),
    model: Type.String({ minLength: 1, maxLength: 200 }),
    texts: Type.Array(Type.String(), { minItems: 1, maxItems: 10_000 }),
    /** Numbers per vector, where the model lets one choose. */
    dimensions: Type.Optional(Type.Integer({ minimum: 1, maximum: 16_384 })),
  },
  { $id: 'EmbeddingsInput' },
);
export type EmbeddingsInput = Static<typeof EmbeddingsInput>;

export const InferenceInput = Type.Union([ChatInput, EmbeddingsInput]);
export type InferenceInput = Static<typeof InferenceInput>;

export const TokenUsage = Type.Object(
  {
    inputTokens: Type.Integer({ minimum: 0 }),
    outputTokens: Type.Integer({ minimum: 0 }),
    /** True when the model's server did not say, and these are counted from the length of the text. */
    estimated: Type.Optional(Type.Boolean()),
  },
  { $id: 'TokenUsage' },
);
export type TokenUsage = Static<typeof TokenUsage>;

/** `tools`: it waits for what the tools answer that it calls. */
export const finishReasons = ['stop', 'length', 'refused', 'tools', 'other'] as const;

export const ChatResult = Type.Object(
  {
    text: Type.String(),
    json: Type.Optional(Json),
    toolCalls: Type.Optional(Type.Array(ToolCall, { maxItems: 100 })),
    usage: TokenUsage,
    finishReason: Type.Enum(finishReasons),
    /** The model as its server names it. */
    model: Type.String(),
    /** Milliseconds from the request to the end of the answer. */
    ms: Type.Integer({ minimum: 0 }),
  },
  { $id: 'ChatResult' },
);
export type ChatResult = Static<typeof ChatResult>;

export const EmbeddingsResult = Type.Object(
  {
    vectors: Type.Array(Type.Array(Type.Number())),
    usage: TokenUsage,
    model: Type.String(),
    ms: Type.Integer({ minimum: 0 }),
  },
  { $id: 'EmbeddingsResult' },
);
export type EmbeddingsResult = Static<typeof EmbeddingsResult>;

/**
 * Why a model gave no answer: whose fault it is (J4: a node's faults are retried), and what to do. Codes of `JobError`s of
 * `provider` and `inference` jobs.
 */
export const inferenceErrors = {
  context_too_long: { fault: 'job', next: 'Send less text, or choose a model with a larger context.' },
  model_missing: { fault: 'job', next: 'Choose another model, or make this one available where it should run.' },
  provider_rate_limited: {
    fault: 'node',
    next: 'It is tried again; ask the provider for a higher limit if this stays.',
  },
  provider_quota_spent: { fault: 'job', next: 'Add credit at the provider, or use another key.' },
  provider_refused_key: { fault: 'job', next: 'Put in a fresh key on the page Keys.' },
  provider_refused: { fault: 'job', next: 'Change the step as the provider says.' },
  provider_unreachable: { fault: 'node', next: 'Check that it runs, and its address.' },
  provider_failed: { fault: 'node', next: 'Try again later; the provider has a fault of its own.' },
  stream_broken: { fault: 'node', next: 'Run the step again; the connection ended before the answer did.' },
  answer_unreadable: { fault: 'job', next: 'Check that its address is that of the API it is said to speak.' },
  answer_too_large: { fault: 'job', next: 'Ask for less, or set a limit of tokens.' },
  output_not_json: { fault: 'job', next: 'Say in the prompt that only JSON is wanted, or choose a stronger model.' },
  schema_not_satisfied: { fault: 'job', next: 'Loosen the schema, or choose a stronger model.' },
  images_not_taken: { fault: 'job', next: 'Choose a model that reads images, and JPEG, PNG, WebP or GIF files.' },
  tools_not_taken: { fault: 'job', next: 'Choose a model that can use tools.' },
  embeddings_not_offered: { fault: 'job', next: 'Use a key of a provider that offers embeddings.' },
  key_missing: { fault: 'job', next: 'Choose another key in the settings of the step.' },
  key_disabled: { fault: 'job', next: 'Enable the key on the page Keys, or choose another.' },
} as const satisfies Record<string, { fault: 'node' | 'job'; next: string }>;
export type InferenceErrorCode = keyof typeof inferenceErrors;

/** A model that the workspace can reach, and where. */
export const ReachableModel = Type.Object(
  {
    ref: ModelRef,
    /** As its server names it. */
    name: Type.String(),
    /** Behind a key: who asks whom. */
    key: Type.Optional(Type.Object({ id: Id, name: Type.String(), provider: Type.String(), enabled: Type.Boolean() })),
    /** On nodes: which have it. `loaded` is null where its server does not say. */
    nodes: Type.Array(
      Type.Object({
        nodeId: Id,
        name: Type.String(),
        online: Type.Boolean(),
        loaded: Type.Union([Type.Boolean(), Type.Null()]),
        sizeBytes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
      }),
    ),
    kind: Type.Union([Type.Literal('chat'), Type.Literal('embeddings'), Type.Literal('unknown')]),
    /** Tokens; null where nobody says. */
    contextLength: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
  },
  { $id: 'ReachableModel' },
);
export type ReachableModel = Static<typeof ReachableModel>;
