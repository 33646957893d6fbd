import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corners, type Piece, toRows } from './rows.ts';

const piece = (text: string, along: number, across: number, angle = 0, width = 60): Piece => ({
  text,
  score: 0.9,
  box: {
    x: along * Math.cos(angle) - across * Math.sin(angle),
    y: along * Math.sin(angle) + across * Math.cos(angle),
    width,
    height: 20,
    angle,
    score: 0.9,
  },
});

describe('toRows', () => {
  it('gives the same rows for any order of pieces and any small skew', () => {
    const angle = fc.double({ min: -0.08, max: 0.08, noNaN: true });
    fc.assert(
      fc.property(angle, fc.integer({ min: 1, max: 8 }), fc.infiniteStream(fc.nat()), (skew, count, keys) => {
        const pieces = Array.from({ length: count }, (_, row) => [
          piece(`name${row}`, 100, row * 26, skew),
          piece(`price${row}`, 700, row * 26, skew),
        ]).flat();
        const shuffled = pieces.map((item) => ({ item, key: keys.next().value })).sort((a, b) => a.key - b.key);
        const rows = toRows(shuffled.map(({ item }) => item));
        expect(rows.map((row) => row.text)).toEqual(
          Array.from({ length: count }, (_, row) => `name${row} price${row}`),
        );
      }),
    );
  });

  it('pieces that lie over each other are not of one row', () => {
    expect(toRows([piece('a', 100, 0), piece('b', 100, 4)]).map((row) => row.text)).toEqual(['a', 'b']);
  });

  it('the box of a row holds its pieces', () => {
    const [row] = toRows([piece('a', 100, 0), piece('b', 300, 2)]);
    expect(row?.box).toMatchObject({ x: 200, width: 260, height: 22 });
  });
});

it('corners go clockwise from the top left, in pixels of the image', () => {
  expect(corners({ x: 100, y: 50, width: 40, height: 20, angle: 0, score: 1 }, 2)).toEqual([
    [40, 20],
    [60, 20],
    [60, 30],
    [40, 30],
  ]);
});
