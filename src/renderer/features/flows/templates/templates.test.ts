import { expect, test } from 'vitest';
import type { ReachableModel } from '../../../../shared/model/inference.ts';
import type { SampleSummary } from '../../../../shared/model/sample.ts';
import { findTemplates, templateOfSample } from './templates.ts';

const ask: SampleSummary = {
  id: 'ask',
  name: 'Ask your documents',
  description: 'Answers with citations.',
  steps: 9,
  needs: [
    { kind: 'chat', words: 'A language model.' },
    { kind: 'embeddings', words: 'An embedding model.' },
  ],
  picture: { boxes: [], lines: [] },
};
const model = (kind: ReachableModel['kind'], online: boolean): ReachableModel => ({
  ref: { at: 'node', model: `${kind}-1` },
  name: `${kind}-1`,
  nodes: [{ nodeId: 'node-1', name: 'one', online, loaded: null, sizeBytes: null }],
  kind,
  contextLength: null,
});

test('a template says what it needs, and of that what the workspace does not have now', () => {
  const template = templateOfSample(ask, [model('chat', true), model('embeddings', false)]);
  expect(template.missing.map(({ kind }) => kind)).toEqual(['embeddings']);
  expect(template.words).toBe('9 steps');
  const unknown = templateOfSample(ask, undefined);
  expect([unknown.words, unknown.missing]).toEqual(['9 steps, needs a language model and an embedding model', []]);
});

test('templates are found by their names, what they do and what they need', () => {
  const templates = [templateOfSample(ask, []), templateOfSample({ ...ask, id: 'a', name: 'Receipts', needs: [] }, [])];
  const found = (asked: string) => findTemplates(templates, asked).map(({ name }) => name);
  expect(found('')).toEqual(['Ask your documents', 'Receipts']);
  expect(found('CITATIONS receipts')).toEqual(['Receipts']);
  expect(found('embedding')).toEqual(['Ask your documents']);
  expect(found('nothing')).toEqual([]);
});
