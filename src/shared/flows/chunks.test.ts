import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChunkPlan, chunksOf } from './chunks.ts';

const plan: fc.Arbitrary<ChunkPlan> = fc
  .record({
    by: fc.constantFrom('characters' as const, 'sentences' as const, 'paragraphs' as const),
    size: fc.integer({ min: 4, max: 60 }),
    part: fc.double({ min: 0, max: 0.9, noNaN: true }),
  })
  .map(({ by, size, part }) => ({ by, size, overlap: Math.floor((size - 2) * part) }));
const word = fc.constantFrom('bee', 'Hive.', 'honey', '🐝', '\n\n', '蜜蜂。', 'a', '!', '  ', 'antidisestablishment');
const text = fc.array(word, { maxLength: 80 }).map((words) => words.join(' '));
const letters = (of: string) => of.replaceAll(/\s/g, '');

describe('S10: pieces of a text', () => {
  test('none is empty or too long, none breaks a character, and nothing is lost', () => {
    fc.assert(
      fc.property(text, plan, (whole, cut) => {
        const pieces = chunksOf(whole, cut);
        let covered = 0;
        const all = letters(whole);
        for (const piece of pieces) {
          expect(piece.trim()).toBe(piece);
          expect(piece.length).toBeGreaterThan(0);
          expect(piece.length).toBeLessThanOrEqual(cut.size);
          expect(piece.isWellFormed()).toBe(true);
          // Each piece begins at or before where the last one ended, so the pieces together are the text.
          const mine = letters(piece);
          const at = [...Array(covered + 1).keys()].reverse().find((from) => all.startsWith(mine, from));
          expect(at).toBeDefined();
          covered = Math.max(covered, (at ?? 0) + mine.length);
        }
        expect(covered).toBe(all.length);
      }),
    );
  });

  test('sentences stay whole where they fit, and the last are repeated', () => {
    const story = 'One bee flew. Two bees flew. Three bees flew. Four bees flew.';
    expect(chunksOf(story, { by: 'sentences', size: 32, overlap: 0 })).toEqual([
      'One bee flew. Two bees flew.',
      'Three bees flew. Four bees flew.',
    ]);
    expect(chunksOf(story, { by: 'sentences', size: 46, overlap: 20 })).toEqual([
      'One bee flew. Two bees flew. Three bees flew.',
      'Three bees flew. Four bees flew.',
    ]);
  });

  test('paragraphs end at blank lines', () => {
    expect(chunksOf('a b\n\nc d\n \ne f', { by: 'paragraphs', size: 8, overlap: 0 })).toEqual(['a b', 'c d', 'e f']);
  });

  test('characters overlap by so many', () => {
    expect(chunksOf('abcdefgh', { by: 'characters', size: 4, overlap: 2 })).toEqual(['abcd', 'cdef', 'efgh']);
  });

  test('F10: a megabyte is cut within moments', () => {
    const long = 'A sentence about bees. '.repeat(45_000);
    const begun = performance.now();
    expect(chunksOf(long, { by: 'sentences', size: 1_000, overlap: 200 }).length).toBeGreaterThan(1_000);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
