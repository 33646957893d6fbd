import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparableText, sideBySide } from './side-lines.ts';

test('what was changed faces what it was changed to, the rest faces itself', () => {
  expect(sideBySide('a\nb\nc', 'a\nB\nB2\nc')).toEqual([
    { left: 'a', right: 'a', same: true },
    { left: 'b', right: 'B', same: false },
    { left: null, right: 'B2', same: false },
    { left: 'c', right: 'c', same: true },
  ]);
});

test('each side is whole, whatever the texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (left, right) => {
      const pairs = sideBySide(left, right) ?? expect.fail();
      const side = (of: 'left' | 'right') => pairs.flatMap((pair) => pair[of] ?? []).join('\n');
      expect([side('left'), side('right')]).toEqual([left, right]);
      for (const pair of pairs) if (pair.same) expect(pair.left).toBe(pair.right);
    }),
  );
});

test('the order of keys is no difference, and what is too long is not compared', () => {
  expect(comparableText({ b: 1, a: [{ d: 2, c: 3 }] })).toBe(comparableText({ a: [{ c: 3, d: 2 }], b: 1 }));
  expect(sideBySide('x'.repeat(150_000), 'y'.repeat(150_000))).toBeNull();
});
