import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createIdSource, idPrefixes } from './ids.ts';

test('ids carry their prefix and rise even when the clock stands still or goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 50 }), (steps) => {
      let now = 1_800_000_000_000;
      const ids = createIdSource({ now: () => now }, () => 0.5);
      const made = steps.map((step) => {
        now += step;
        return ids.next('run');
      });
      expect(made).toEqual([...new Set(made)].sort());
      for (const id of made) expect(id.startsWith(`${idPrefixes.run}-`)).toBe(true);
    }),
  );
});
