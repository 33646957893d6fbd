import { describe, expect, it } from 'vitest';
import type { FileValue } from '../../model/values.ts';
import { stepType } from '../registry.ts';
import type { InlineStep, JobStep } from '../step-type.ts';

const context = { stepId: 's', runInputs: {}, startedAt: 1_800_000_000_000, name: 'It' };
const job = (type: string, inputs: object, config: object = {}) => {
  const known = stepType(type) as JobStep;
  return known.job({ ...known.defaults, ...config }, { ...inputs }, context);
};
const chunk = (text: unknown, config: object = {}) => {
  const known = stepType('chunk') as InlineStep;
  return known.run(context, { text }, { ...known.defaults, ...config });
};
const file: FileValue = { fileId: 'file-1', name: 'a.pdf', mime: 'application/pdf', size: 9, sha256: '0'.repeat(64) };

describe('Chunk', () => {
  it('keeps the pages of what it cuts, and counts through', () => {
    const pages = [
      { page: 1, text: 'One. Two.' },
      { page: 2, text: 'Three.' },
    ];
    expect(chunk(pages, { size: 20, overlap: 0 })).toEqual({
      chunks: [
        { text: 'One. Two.', page: 1, index: 0 },
        { text: 'Three.', page: 2, index: 1 },
      ],
      texts: ['One. Two.', 'Three.'],
    });
  });

  it('S10: what is no text, too long, or too many pieces is refused in words', () => {
    expect(() => chunk([{ page: 1 }])).toThrow('the pages of a document');
    expect(() => chunk('x'.repeat(5_000_000))).toThrow('can be cut');
    expect(() => chunk('ab '.repeat(300_000), { size: 20, overlap: 0 })).toThrow('pieces');
  });
});

describe('Vector upsert and search', () => {
  it('pieces become items: what they have beside their text is metadata', () => {
    const texts = [{ text: 'a', index: 0, page: 3 }, 'b'];
    const inputs = { texts, embeddings: [[1], [2]], metadata: { by: 'ana' } };
    expect(job('vector_upsert', inputs, { collection: 'notes', source: 'a.pdf' })).toMatchObject({
      kind: 'vectors',
      input: {
        task: 'upsert',
        collection: 'notes',
        source: 'a.pdf',
        items: [
          { text: 'a', vector: [1], metadata: { index: 0, page: 3, by: 'ana' } },
          { text: 'b', vector: [2], metadata: { by: 'ana' } },
        ],
      },
    });
  });

  it('a wrong number of embeddings, and a name that is none, are said', () => {
    expect(() => job('vector_upsert', { texts: ['a'], embeddings: [] })).toThrow('1 texts and 0 embeddings');
    expect(() => job('vector_search', { embedding: [1] }, { collection: '../x' })).toThrow('names no collection');
  });

  it('a typed number is one where numbers are compared', () => {
    const filter = [
      { field: 'page', is: 'more', value: '2' },
      { field: 'kind', is: 'is', value: '2' },
    ];
    expect(job('vector_search', { embedding: [1] }, { filter }).input).toMatchObject({
      filter: [{ value: 2 }, { value: '2' }],
    });
  });
});

describe('files', () => {
  it('Document text and File read name the file; what is none is refused', () => {
    expect(job('document_text', { file })).toMatchObject({
      kind: 'document',
      input: { file },
      requires: { ramMb: 512 },
    });
    expect(job('file_read', { file }, { as: 'lines' }).input).toEqual({ task: 'read', file, as: 'lines' });
    expect(() => job('file_read', { file: 'a.txt' })).toThrow('a file is needed');
  });

  it('File write writes values as JSON, and keeps slashes out of names', () => {
    expect(job('file_write', { value: { a: 1 } }, { name: 'a.json' }).input).toMatchObject({ text: '{\n  "a": 1\n}' });
    expect(job('file_write', { value: 'x' }, { name: '../a/b.txt' }).input).toMatchObject({ name: '.._a_b.txt' });
  });
});
