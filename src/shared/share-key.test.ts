import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatShareKey, parseShareKey } from './share-key.ts';

const fiveBytes = fc.uint8Array({ minLength: 5, maxLength: 5 });

test('a share key has 8 characters, and different bytes give different keys', () => {
  fc.assert(
    fc.property(fiveBytes, fiveBytes, (left, right) => {
      expect(formatShareKey(left)).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
      expect(formatShareKey(left) === formatShareKey(right)).toBe(left.join() === right.join());
    }),
  );
});

test('what a person types is forgiven: case, spaces, hyphens, look-alikes', () => {
  expect(parseShareKey(' ab3x-7k9m ')).toBe('AB3X7K9M');
  expect(parseShareKey('oOiIlL00')).toBe('00111100');
});

test.each(['', 'AB3X7K9', 'AB3X7K9MM', 'AB3X7K9U', 'AB3X7K9!', 'ÄB3X7K9M'])('%j is no share key', (typed) => {
  expect(parseShareKey(typed)).toBeNull();
});
