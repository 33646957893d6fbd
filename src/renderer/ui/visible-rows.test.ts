import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleRows } from './visible-rows.ts';

test('interface.md speed: of a long list only what is in sight stands in the page, and the rest keeps its room', () => {
  const heights = Array.from({ length: 500 }, () => 32);
  expect(visibleRows(heights, 3200, 3840, 2)).toEqual({ from: 97, to: 123, before: 97 * 32, after: (500 - 123) * 32 });
});

test('interface.md speed: the height of the list never changes with what is shown, and what is in sight is shown', () => {
  const rows = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(
      rows,
      fc.integer({ min: -500, max: 20_000 }),
      fc.integer({ min: 0, max: 2000 }),
      (heights, top, high) => {
        const { from, to, before, after } = visibleRows(heights, top, top + high, 0);
        const whole = heights.reduce((sum, height) => sum + height, 0);
        const shown = heights.slice(from, to).reduce((sum, height) => sum + height, 0);
        expect(before + shown + after).toBe(whole);
        const middle = top + high / 2;
        if (middle > 0 && middle < whole) {
          expect(before).toBeLessThanOrEqual(middle);
          expect(before + shown).toBeGreaterThanOrEqual(middle);
        }
      },
    ),
  );
});
