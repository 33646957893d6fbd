import { Type } from 'typebox';
import { type ChunkBorder, chunksOf } from '../chunks.ts';
import { defineInline, StepFailure } from '../step-type.ts';

const config = Type.Object({
  by: Type.String({
    title: 'Cut at',
    widget: 'select',
    default: 'sentences',
    maxLength: 20,
    choices: [
      { value: 'sentences', title: 'Ends of sentences' },
      { value: 'paragraphs', title: 'Ends of paragraphs' },
      { value: 'characters', title: 'So many characters' },
    ],
  }),
  size: Type.Integer({
    title: 'Longest piece (characters)',
    widget: 'number',
    default: 1000,
    minimum: 20,
    maximum: 100_000,
  }),
  overlap: Type.Integer({
    title: 'Overlap (characters)',
    description: 'What a piece repeats of the one before at most',
    widget: 'number',
    default: 150,
    minimum: 0,
    maximum: 50_000,
  }),
});

/** A step of the host has moments only (F10). */
const longestText = 4 * 1024 * 1024;
const mostPieces = 20_000;

export const chunk = defineInline({
  type: 'chunk',
  name: 'Chunk',
  description: 'Cuts a text into pieces that fit a model, with their pages.',
  icon: 'scissors',
  category: 'text',
  config,
  defaults: { by: 'sentences', size: 1000, overlap: 150 },
  inputs: [
    { name: 'text', title: 'Text', type: 'any', required: true, description: 'A text, or the pages of a document' },
  ],
  outputs: [
    { name: 'chunks', title: 'Pieces', type: 'list<json>', description: 'Each with text, index and, of a page, page' },
    { name: 'texts', title: 'Texts', type: 'list<text>' },
  ],
  executes: 'inline',
  sideEffects: false,
  size: { width: 208 },
  problems: ({ size, overlap }) =>
    overlap > size / 2 ? [{ field: 'overlap', message: 'At most half of the longest piece' }] : [],
  describe: ({ size, overlap }) => `${size} characters, ${overlap} overlap`,
  summary: ({ texts }) => (Array.isArray(texts) ? `${texts.length} piece${texts.length === 1 ? '' : 's'}` : ''),
  run(_context, { text }, { by, size, overlap }) {
    const pages = pagesIn(text);
    const length = pages.reduce((sum, page) => sum + page.text.length, 0);
    if (length > longestText)
      throw new StepFailure(
        'text_too_long',
        `The text has ${length} characters; ${longestText} can be cut.`,
        'Split it.',
      );
    const plan = { by: by as ChunkBorder, size, overlap: Math.min(overlap, Math.floor(size / 2)) };
    const pieces = pages.flatMap(({ text: whole, ...of }) =>
      chunksOf(whole, plan).map((piece) => ({ text: piece, ...of })),
    );
    if (pieces.length > mostPieces)
      throw new StepFailure('too_many_chunks', `These are ${pieces.length} pieces.`, 'Make the pieces longer.');
    return { chunks: pieces.map((piece, index) => ({ ...piece, index })), texts: pieces.map((piece) => piece.text) };
  },
});

interface Page {
  readonly text: string;
  readonly page?: number;
}

/** A text, a list of texts, or pages of a document. */
function pagesIn(value: unknown): Page[] {
  return (Array.isArray(value) ? value : [value]).map((one: unknown) => {
    if (typeof one === 'string') return { text: one };
    const { text, page } = (one ?? {}) as { text?: unknown; page?: unknown };
    if (typeof text !== 'string')
      throw new StepFailure('input_wrong', 'Text: a text, or the pages of a document, is needed');
    return typeof page === 'number' ? { text, page } : { text };
  });
}
