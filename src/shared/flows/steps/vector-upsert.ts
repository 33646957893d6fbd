import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { UpsertResult, type VectorUpsert, vectorLimits } from '../../model/vectors.ts';
import { defineJob, StepFailure } from '../step-type.ts';
import { collectionField, collectionOf, collectionProblems } from '../vector-choice.ts';

const config = Type.Object({
  collection: collectionField,
  source: Type.String({
    title: 'Source',
    description: 'Where the texts come from; what was there of it before is replaced. Empty only adds',
    widget: 'text',
    templated: true,
    default: '',
    maxLength: 500,
    placeholder: '{{ inputs.document.name }}',
  }),
});

export const vectorUpsert = defineJob({
  type: 'vector_upsert',
  name: 'Vector upsert',
  description: 'Keeps texts with their embeddings in a collection of the workspace, to search by meaning.',
  icon: 'database',
  category: 'ai',
  config,
  defaults: { collection: 'documents', source: '' },
  inputs: [
    { name: 'texts', title: 'Texts', type: 'any', required: true, description: 'Texts, or the pieces of Chunk' },
    {
      name: 'embeddings',
      title: 'Embeddings',
      type: 'list<embedding>',
      required: true,
      description: 'One for each text',
    },
    { name: 'metadata', title: 'Metadata', type: 'json', description: 'Fields that each text gets, to filter by' },
  ],
  outputs: [
    { name: 'collection', title: 'Collection', type: 'json', description: 'Its name, items and size' },
    { name: 'written', title: 'Written', type: 'number' },
  ],
  executes: 'job',
  sideEffects: true,
  size: { width: 220 },
  problems: ({ collection }) => collectionProblems(collection),
  describe: ({ collection }) => collection || 'No collection named',
  summary: ({ written }) => (typeof written === 'number' ? `${written} written` : ''),
  job({ collection, source }, { texts, embeddings, metadata }, { name }) {
    const all: unknown[] = Array.isArray(texts) ? texts : [texts];
    const vectors = embeddings as number[][];
    if (all.length !== vectors.length)
      throw new StepFailure(
        'input_wrong',
        `There are ${all.length} texts and ${vectors.length} embeddings.`,
        'Embed the same texts.',
      );
    if (all.length > vectorLimits.itemsPerJob)
      throw new StepFailure('too_many_items', `${all.length} texts are too many at once.`, 'Write them in a Map.');
    const common = fieldsOf(metadata);
    const items = all.map((one, index) => itemOf(one, vectors[index] ?? [], common));
    const from = source.trim() === '' ? {} : { source };
    const input: VectorUpsert = { task: 'upsert', collection: collectionOf(collection), ...from, items };
    return { kind: 'vectors', input, requires: { cores: 0, ramMb: 0 }, runSeconds: 600, label: name };
  },
  fromResult(result) {
    if (!Check(UpsertResult, result)) throw new StepFailure('result_wrong', 'The collection answered something else.');
    return { collection: result.collection, written: result.written };
  },
});

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** What a piece has beside its text becomes metadata. */
function itemOf(one: unknown, vector: number[], common: Record<string, unknown>): VectorUpsert['items'][number] {
  if (typeof one === 'string') return { text: one, vector, metadata: common };
  const { text, ...more } = fieldsOf(one);
  if (typeof text !== 'string')
    throw new StepFailure('input_wrong', 'Texts: texts, or objects with a text, are needed.');
  return { text, vector, metadata: { ...more, ...common } };
}
