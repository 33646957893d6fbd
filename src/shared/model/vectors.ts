/** Named collections of texts with their embeddings, per workspace; the input and result of `vectors` jobs of the host. */
import { type Static, Type } from 'typebox';
import { Json, Timestamp } from './values.ts';

export const vectorLimits = {
  dimensions: 16_384,
  itemsPerJob: 20_000,
  textLength: 200_000,
  collections: 1_000,
  top: 200,
} as const;

export const CollectionName = Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z0-9][A-Za-z0-9 _.-]*$' });
const Vector = Type.Array(Type.Number(), { minItems: 1, maxItems: vectorLimits.dimensions });
const Metadata = Type.Record(Type.String({ maxLength: 80 }), Json);

export const Collection = Type.Object(
  {
    name: CollectionName,
    items: Type.Integer({ minimum: 0 }),
    /** Numbers per embedding. */
    dimensions: Type.Integer({ minimum: 1 }),
    /** What its texts and embeddings take; without indexes and free pages. */
    bytes: Type.Integer({ minimum: 0 }),
    createdAt: Timestamp,
  },
  { $id: 'Collection' },
);
export type Collection = Static<typeof Collection>;

export const vectorComparisons = ['is', 'is_not', 'contains', 'more', 'at_least', 'less', 'at_most'] as const;
export const VectorFilter = Type.Object({
  /** A field of the metadata, or `source`. */
  field: Type.String({ minLength: 1, maxLength: 80, pattern: '^[A-Za-z_][A-Za-z0-9_]*$' }),
  is: Type.Enum(vectorComparisons),
  value: Json,
});
export type VectorFilter = Static<typeof VectorFilter>;

export const VectorUpsert = Type.Object({
  task: Type.Literal('upsert'),
  collection: CollectionName,
  /** Where the items come from, such as a file's name; what was there of the same source before is replaced. */
  source: Type.Optional(Type.String({ maxLength: 500 })),
  items: Type.Array(
    Type.Object({ text: Type.String({ maxLength: vectorLimits.textLength }), vector: Vector, metadata: Metadata }),
    { maxItems: vectorLimits.itemsPerJob },
  ),
});
export type VectorUpsert = Static<typeof VectorUpsert>;

export const distances = ['cosine', 'euclidean'] as const;
export const VectorSearch = Type.Object({
  task: Type.Literal('search'),
  collection: CollectionName,
  vector: Vector,
  top: Type.Integer({ minimum: 1, maximum: vectorLimits.top }),
  distance: Type.Enum(distances),
  /** What lies further away is left out. */
  within: Type.Optional(Type.Number({ minimum: 0 })),
  filter: Type.Optional(Type.Array(VectorFilter, { maxItems: 20 })),
});
export type VectorSearch = Static<typeof VectorSearch>;

export const VectorsInput = Type.Union([VectorUpsert, VectorSearch]);

export const VectorMatch = Type.Object({
  text: Type.String(),
  /** 0 is the same; cosine: up to 2. */
  distance: Type.Number(),
  source: Type.Union([Type.String(), Type.Null()]),
  metadata: Metadata,
});
export type VectorMatch = Static<typeof VectorMatch>;
export const SearchResult = Type.Object({ matches: Type.Array(VectorMatch) });
export const UpsertResult = Type.Object({ written: Type.Integer({ minimum: 0 }), collection: Collection });
