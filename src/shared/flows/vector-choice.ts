/** What the steps share that use a collection of texts and embeddings. */
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { CollectionName } from '../model/vectors.ts';
import { StepFailure } from './step-type.ts';

export const collectionField = Type.String({
  title: 'Collection',
  description: 'Its name in this workspace',
  widget: 'text',
  templated: true,
  default: '',
  maxLength: 200,
  placeholder: 'documents',
});

const form = 'Letters, digits, spaces, dots, hyphens and underlines, up to 80';

export function collectionProblems(collection: string): { field: string; message: string }[] {
  if (collection.trim() === '') return [{ field: 'collection', message: 'No collection is named' }];
  if (collection.includes('{{') || Check(CollectionName, collection)) return [];
  return [{ field: 'collection', message: form }];
}

/** Throws a StepFailure where a template gave no name. */
export function collectionOf(collection: string): string {
  if (!Check(CollectionName, collection))
    throw new StepFailure('collection_wrong', `"${String(collection).slice(0, 80)}" names no collection.`, `${form}.`);
  return collection;
}
