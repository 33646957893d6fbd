import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBoxes, type ProbabilityMap } from './boxes.ts';

/** A map on which bars of text lie, turned by `angle` about the middle. */
function bars(angle: number, offsets: readonly number[], length = 160, thickness = 8): ProbabilityMap {
  const width = 320;
  const height = 320;
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = (x - 160) * Math.cos(angle) + (y - 160) * Math.sin(angle);
      const across = (y - 160) * Math.cos(angle) - (x - 160) * Math.sin(angle);
      const inside = offsets.some(
        (offset) => Math.abs(across - offset) <= thickness / 2 && Math.abs(along) <= length / 2,
      );
      if (inside) values[y * width + x] = 0.9;
    }
  }
  return { values, width, height };
}

describe('findBoxes', () => {
  it('finds each bar once, with its direction, whatever the skew of the page', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.2, max: 0.2, noNaN: true }),
        fc.uniqueArray(fc.integer({ min: -4, max: 4 }), { minLength: 1 }),
        (angle, places) => {
          const boxes = findBoxes(
            bars(
              angle,
              places.map((place) => place * 24),
            ),
          );
          expect(boxes).toHaveLength(places.length);
          for (const box of boxes) {
            expect(box.angle).toBeCloseTo(angle, 1);
            expect(box.width).toBeGreaterThan(160);
            expect(box.width / box.height).toBeGreaterThan(5);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('grows boxes by what the detector leaves out', () => {
    const [box] = findBoxes(bars(0, [0]));
    expect(box?.height).toBeGreaterThan(12);
    expect(box?.height).toBeLessThan(30);
    expect(box).toMatchObject({ angle: 0 });
  });

  it('takes faint and tiny regions for nothing', () => {
    const faint = bars(0, [0]);
    expect(findBoxes({ ...faint, values: faint.values.map((value) => value * 0.4) })).toEqual([]);
    expect(findBoxes(bars(0, [0], 160, 1))).toEqual([]);
    expect(findBoxes({ values: new Float32Array(100), width: 10, height: 10 })).toEqual([]);
  });
});
