import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  around,
  type Box,
  bodyHeight,
  contains,
  freePlace,
  grid,
  mapLayout,
  snapPoint,
  stepSize,
  zoomLevel,
} from './geometry.ts';

const box = fc.record({
  x: fc.integer({ min: 0, max: 2000 }),
  y: fc.integer({ min: 0, max: 2000 }),
  width: fc.integer({ min: 1, max: 400 }),
  height: fc.integer({ min: 1, max: 400 }),
});
const apart = (one: Box, other: Box) =>
  one.x >= other.x + other.width ||
  other.x >= one.x + one.width ||
  one.y >= other.y + other.height ||
  other.y >= one.y + one.height;

describe('geometry of the canvas', () => {
  it('snaps to the grid of 24', () => {
    expect(snapPoint({ x: 35, y: -13 })).toEqual({ x: 24, y: -24 });
  });

  it('a step grows with its ports and its body', () => {
    const bare = stepSize(208, 1, { kind: 'none' });
    expect(stepSize(208, 2, { kind: 'none' }).height - bare.height).toBe(24);
    expect(stepSize(208, 1, { kind: 'say', text: 'x', mono: false }).height - bare.height).toBe(27);
    expect(bodyHeight({ kind: 'fail', message: 'x'.repeat(1000) }, 208)).toBe(4 * 17 + 10);
  });

  it('a Map reaches around everything inside it', () => {
    fc.assert(
      fc.property(fc.array(box, { maxLength: 12 }), (inner) => {
        const layout = mapLayout(1, 0, inner);
        for (const one of inner) {
          expect(one.x + one.width).toBeLessThanOrEqual(layout.wellSize.width);
          expect(one.y + one.height).toBeLessThanOrEqual(layout.wellSize.height);
        }
        expect(layout.width).toBeGreaterThanOrEqual(304);
      }),
    );
  });

  it('a new step is put where nothing stands yet', () => {
    fc.assert(
      fc.property(fc.array(box, { maxLength: 20 }), box, (taken, wanted) => {
        const size = { width: 208, height: 120 };
        const place = freePlace(wanted, size, taken);
        expect([Math.abs(place.x % grid), Math.abs(place.y % grid)]).toEqual([0, 0]);
        for (const other of taken) expect(apart({ ...place, ...size }, other)).toBe(true);
      }),
    );
  });

  it('the box around others contains all their corners', () => {
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 10 }), (boxes) => {
        const all = around(boxes);
        expect(boxes.every((one) => all !== null && contains(all, one))).toBe(true);
      }),
    );
    expect(around([])).toBeNull();
  });

  it('shows less the further one is away', () => {
    expect([1, 0.7, 0.69, 0.35, 0.34].map(zoomLevel)).toEqual(['near', 'near', 'mid', 'mid', 'far']);
  });
});
