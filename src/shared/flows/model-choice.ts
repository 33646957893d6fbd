/** What the steps share that ask a language model: choosing it, what goes into the prompt, the job it becomes. */
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import {
  type ChatInput,
  ChatResult,
  type EmbeddingsInput,
  type MessagePart,
  parseModelRef,
} from '../model/inference.ts';
import { FileValue } from '../model/values.ts';
import { type Port, StepFailure, type StepJob } from './step-type.ts';
import { readTemplate, usesOf } from './template.ts';

export const modelField = (taking: 'chat' | 'embeddings') =>
  Type.String({
    title: 'Model',
    description: 'One behind a key, or one on the machines of the workspace',
    widget: 'model',
    taking,
    default: '',
    maxLength: 300,
  });

export const inputRows = Type.Array(
  Type.Object({
    name: Type.String({ title: 'Name', widget: 'text', pattern: '^[a-z][a-zA-Z0-9_]{0,39}$', maxLength: 40 }),
  }),
  {
    title: 'Inputs',
    description: 'Ports to wire; the texts use them by name',
    widget: 'rows',
    rowName: 'Input',
    maxItems: 32,
  },
);

export const temperatureField = Type.Optional(
  Type.Number({
    title: 'Temperature',
    description: '0 is the steadiest; empty leaves it to the model',
    widget: 'number',
    minimum: 0,
    maximum: 2,
  }),
);
export const maxTokensField = Type.Optional(
  Type.Integer({
    title: 'Most tokens',
    description: 'Of the answer; empty leaves it to the model',
    widget: 'number',
    minimum: 1,
    maximum: 1_000_000,
  }),
);

/** One port for each row; needed where one of the texts uses it. */
export function inputPorts(inputs: readonly { readonly name: string }[], ...texts: readonly string[]): Port[] {
  const used = new Set(texts.flatMap(namesIn));
  return inputs.map(({ name }) => ({ name, title: name, type: 'any', required: used.has(name) }));
}

function namesIn(text: string): unknown[] {
  try {
    return usesOf(readTemplate(text)).flatMap(({ segments, optional }) => (optional ? [] : [segments[0]]));
  } catch {
    return [];
  }
}

const noModel = 'No model is chosen. Add a key on the page Keys, or start Ollama on a node, and choose one here';

export function modelProblems(model: string): { field: string; message: string }[] {
  return parseModelRef(model) === null ? [{ field: 'model', message: noModel }] : [];
}

/** The model's name, for the foot of a step. */
export function modelInWords(model: string): string {
  return parseModelRef(model)?.model ?? 'No model chosen';
}

/** A job for whoever has the model: the host for one behind a key, a node that has it for a local one. */
export function modelJob(
  model: string,
  input: Omit<ChatInput, 'model' | 'keyId'> | Omit<EmbeddingsInput, 'model' | 'keyId'>,
  label: string,
): StepJob {
  const ref = parseModelRef(model);
  if (ref === null)
    throw new StepFailure('model_missing', 'No model is chosen.', 'Choose one in the settings of the step.');
  const common = { runSeconds: 600, label };
  return ref.at === 'key'
    ? {
        ...common,
        kind: 'provider',
        input: { ...input, keyId: ref.keyId, model: ref.model },
        requires: { cores: 0, ramMb: 0 },
      }
    : {
        ...common,
        kind: 'inference',
        input: { ...input, model: ref.model },
        requires: { cores: 1, ramMb: 256, model: ref.model },
      };
}

export function parametersFrom({ temperature, maxTokens }: { temperature?: number; maxTokens?: number }) {
  return { ...(temperature === undefined ? {} : { temperature }), ...(maxTokens === undefined ? {} : { maxTokens }) };
}

/** Text with the images that are wired: one, or a list. */
export function partsOf(text: string, images: unknown): string | MessagePart[] {
  const all = images === undefined || images === null ? [] : Array.isArray(images) ? images : [images];
  if (all.length === 0) return text;
  return [
    { type: 'text', text },
    ...all.map((image): MessagePart => {
      if (!Check(FileValue, image))
        throw new StepFailure('input_wrong', 'Images: an image or a list of images is needed.');
      return { type: 'image', image };
    }),
  ];
}

export function chatResult(result: unknown): ChatResult {
  if (Check(ChatResult, result)) return result;
  throw new StepFailure('result_wrong', 'What came back is not the answer of a model.');
}

/** A JSON schema that somebody typed in; null for none. Throws a StepFailure where it is not one. */
export function schemaFrom(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return null;
  const schema = parsed(text);
  if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as Record<string, unknown>;
  throw new StepFailure('schema_wrong', 'The schema is not a JSON object.', 'Correct it in the settings of the step.');
}

export function schemaProblems(field: string, text: string): { field: string; message: string }[] {
  try {
    schemaFrom(text);
    return [];
  } catch (error) {
    return [{ field, message: error instanceof Error ? error.message : 'This is not a schema' }];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** "1,204 tokens", for the foot of a step that has answered. */
export function tokensInWords(usage: unknown): string {
  const { inputTokens, outputTokens } = (usage ?? {}) as { inputTokens?: number; outputTokens?: number };
  if (inputTokens === undefined || outputTokens === undefined) return '';
  return `${(inputTokens + outputTokens).toLocaleString('en-US')} tokens`;
}
