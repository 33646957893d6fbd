import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastSize, placeFor } from './window-place.ts';

const display = { x: 0, y: 0, width: 1920, height: 1080 };

test('a window opens where it was, and in the middle where its display is gone', () => {
  const before = { x: 2000, y: 100, width: 1000, height: 700, maximized: false };
  const second = { x: 1920, y: 0, width: 1920, height: 1080 };
  expect(placeFor(before, [display, second])).toEqual({ x: 2000, y: 100, width: 1000, height: 700 });
  expect(placeFor(before, [display])).toEqual({ width: 1000, height: 700 });
  expect(placeFor(null, [display])).toEqual({ width: 1440, height: 900 });
});

test('wherever it was: it can be got hold of, is never smaller than its least size nor larger than a display that has room', () => {
  const place = fc.record({
    x: fc.integer({ min: -5000, max: 5000 }),
    y: fc.integer({ min: -5000, max: 5000 }),
    width: fc.integer({ min: 1, max: 9000 }),
    height: fc.integer({ min: 1, max: 9000 }),
    maximized: fc.boolean(),
  });
  fc.assert(
    fc.property(place, (before) => {
      const { x, y, width, height } = placeFor(before, [display]);
      expect(width).toBeGreaterThanOrEqual(leastSize.width);
      expect(height).toBeGreaterThanOrEqual(leastSize.height);
      expect(width).toBeLessThanOrEqual(display.width);
      expect(height).toBeLessThanOrEqual(display.height);
      if (x === undefined || y === undefined) return;
      expect(Math.min(x + before.width, 1920) - Math.max(x, 0)).toBeGreaterThanOrEqual(100);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(980);
    }),
  );
});
