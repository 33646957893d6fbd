import fc from 'fast-check';
import { expect, it } from 'vitest';
import { columns } from './arrange.ts';

const size = { width: 208, height: 120 };

it('puts a step to the right of what it waits for', () => {
  const places = columns(new Map(['a', 'b', 'c'].map((id) => [id, size])), [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'a', to: 'c' },
  ]);
  const xs = ['a', 'b', 'c'].map((id) => places.get(id)?.x ?? 0);
  expect(xs).toEqual([...xs].sort((one, other) => one - other));
  expect(new Set(xs).size).toBe(3);
});

it('never puts two steps on each other, circles included', () => {
  const link = fc.record({ from: fc.integer({ min: 0, max: 9 }), to: fc.integer({ min: 0, max: 9 }) });
  fc.assert(
    fc.property(fc.array(link, { maxLength: 30 }), (links) => {
      const ids = Array.from({ length: 10 }, (_, index) => `s${index}`);
      const named = links
        .map(({ from, to }) => ({ from: `s${from}`, to: `s${to}` }))
        .filter(({ from, to }) => from !== to);
      const places = [...columns(new Map(ids.map((id) => [id, size])), named).values()];
      for (const one of places)
        for (const other of places)
          if (one !== other) expect(Math.abs(one.x - other.x) >= 208 || Math.abs(one.y - other.y) >= 120).toBe(true);
    }),
  );
});
