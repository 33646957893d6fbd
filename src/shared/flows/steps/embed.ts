import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { EmbeddingsResult } from '../../model/inference.ts';
import { modelField, modelInWords, modelJob, modelProblems, tokensInWords } from '../model-choice.ts';
import { defineJob, StepFailure } from '../step-type.ts';
import { asText } from '../template-filters.ts';

const config = Type.Object({
  model: modelField('embeddings'),
  dimensions: Type.Optional(
    Type.Integer({
      title: 'Numbers per text',
      description: 'Where the model lets one choose; empty leaves it to the model',
      widget: 'number',
      minimum: 1,
      maximum: 16_384,
    }),
  ),
});

export const embed = defineJob({
  type: 'embed',
  name: 'Embed',
  description: 'Turns texts into numbers that lie close where the meaning does, to search by meaning.',
  icon: 'waypoints',
  category: 'ai',
  config,
  defaults: { model: '' },
  inputs: [{ name: 'texts', title: 'Texts', type: 'any', required: true, description: 'A text or a list of texts' }],
  outputs: [
    { name: 'embeddings', title: 'Embeddings', type: 'list<embedding>' },
    { name: 'embedding', title: 'First embedding', type: 'embedding' },
    { name: 'usage', title: 'Usage', type: 'json' },
  ],
  executes: 'job',
  sideEffects: false,
  size: { width: 208 },
  problems: ({ model }) => modelProblems(model),
  describe: ({ model }) => modelInWords(model),
  summary: ({ embeddings, usage }) =>
    Array.isArray(embeddings) && embeddings.length > 1 ? `${embeddings.length} embeddings` : tokensInWords(usage),
  job({ model, dimensions }, { texts }, { name }) {
    const all = (Array.isArray(texts) ? texts : [texts]).map(asText);
    if (all.length === 0) throw new StepFailure('input_missing', 'There is no text to embed.', 'Wire at least one.');
    const input = { task: 'embeddings' as const, texts: all };
    return modelJob(model, dimensions === undefined ? input : { ...input, dimensions }, name);
  },
  fromResult(result) {
    if (!Check(EmbeddingsResult, result)) throw new StepFailure('result_wrong', 'What came back are not embeddings.');
    const { vectors, usage } = result;
    return { embeddings: vectors, embedding: vectors[0], usage };
  },
});
