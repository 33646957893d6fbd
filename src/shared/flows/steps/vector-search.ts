import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { SearchResult, type VectorFilter, type VectorSearch, vectorLimits } from '../../model/vectors.ts';
import { defineJob, StepFailure } from '../step-type.ts';
import { collectionField, collectionOf, collectionProblems } from '../vector-choice.ts';

const config = Type.Object({
  collection: collectionField,
  top: Type.Integer({ title: 'At most', widget: 'number', default: 5, minimum: 1, maximum: vectorLimits.top }),
  distance: Type.String({
    title: 'Distance',
    widget: 'select',
    default: 'cosine',
    maxLength: 20,
    choices: [
      { value: 'cosine', title: 'Cosine (by direction)' },
      { value: 'euclidean', title: 'Euclidean (by length too)' },
    ],
  }),
  within: Type.Optional(
    Type.Number({
      title: 'Within a distance of',
      description: '0 is the same; empty takes the nearest, however far',
      widget: 'number',
      minimum: 0,
    }),
  ),
  filter: Type.Array(
    Type.Object({
      field: Type.String({ title: 'Field', widget: 'text', maxLength: 80, pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
      is: Type.String({
        title: 'Comparison',
        widget: 'select',
        default: 'is',
        maxLength: 20,
        choices: [
          { value: 'is', title: 'is' },
          { value: 'is_not', title: 'is not' },
          { value: 'contains', title: 'contains' },
          { value: 'more', title: 'is more than' },
          { value: 'at_least', title: 'is at least' },
          { value: 'less', title: 'is less than' },
          { value: 'at_most', title: 'is at most' },
        ],
      }),
      value: Type.Unknown({ title: 'Value', widget: 'text', templated: true }),
    }),
    {
      title: 'Only where',
      description: 'Fields of the metadata, or source',
      widget: 'rows',
      rowName: 'Condition',
      maxItems: 20,
    },
  ),
});

const ordering: ReadonlySet<string> = new Set(['more', 'at_least', 'less', 'at_most']);

export const vectorSearch = defineJob({
  type: 'vector_search',
  name: 'Vector search',
  description: 'Finds the texts of a collection that lie nearest to an embedding.',
  icon: 'search',
  category: 'ai',
  config,
  defaults: { collection: 'documents', top: 5, distance: 'cosine', filter: [] },
  inputs: [{ name: 'embedding', title: 'Embedding', type: 'embedding', required: true }],
  outputs: [
    {
      name: 'matches',
      title: 'Matches',
      type: 'list<json>',
      description: 'Each with text, distance, source and metadata',
    },
    { name: 'texts', title: 'Texts', type: 'list<text>' },
  ],
  executes: 'job',
  // What it gives depends on more than its inputs: it is never taken from the cache.
  sideEffects: true,
  size: { width: 220 },
  problems: ({ collection }) => collectionProblems(collection),
  describe: ({ collection, top }) => (collection === '' ? 'No collection named' : `${top} nearest of ${collection}`),
  summary: ({ matches }) => (Array.isArray(matches) ? `${matches.length} found` : ''),
  job({ collection, top, distance, within, filter }, { embedding }, { name }) {
    const input: VectorSearch = {
      task: 'search',
      collection: collectionOf(collection),
      vector: embedding as number[],
      top,
      distance: distance as VectorSearch['distance'],
      ...(within === undefined ? {} : { within }),
      filter: filter.map(({ field, is, value }) => ({ field, is: is as VectorFilter['is'], value: typed(is, value) })),
    };
    return { kind: 'vectors', input, requires: { cores: 0, ramMb: 0 }, runSeconds: 120, label: name };
  },
  fromResult(result) {
    if (!Check(SearchResult, result)) throw new StepFailure('result_wrong', 'The collection answered something else.');
    return { matches: result.matches, texts: result.matches.map(({ text }) => text) };
  },
});

/** More and less are about numbers, where the value is one. */
function typed(is: string, value: unknown): unknown {
  if (!ordering.has(is) || typeof value !== 'string' || value.trim() === '') return value;
  return Number.isFinite(Number(value)) ? Number(value) : value;
}
