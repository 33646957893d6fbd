import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunDetail } from '../../../shared/model/run.ts';
import { firstOf, windowItems, windowsOf, windowWords } from './item-window.ts';

const counts = (total: number, done: number) => ({ total, done, failed: 0, running: 0 });

test('F4: a page holds a bounded number of instances, however many items and steps there are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (inside, maps) => {
      const items = windowItems(inside, maps);
      expect(items).toBeGreaterThanOrEqual(10);
      expect(items).toBeLessThanOrEqual(100);
      if (items > 10) expect(items * inside * maps).toBeLessThanOrEqual(300);
    }),
  );
});

test('F4: while a Map goes on the window is where the work is; a chosen one stays', () => {
  expect(firstOf(counts(10_000, 4321), 200, null, false)).toBe(4200);
  expect(firstOf(counts(10_000, 10_000), 200, null, false)).toBe(9800);
  expect(firstOf(counts(10_000, 10_000), 200, null, true)).toBe(0);
  expect(firstOf(counts(10_000, 4321), 200, 650, false)).toBe(600);
  expect(firstOf(counts(30, 0), 200, 650, false)).toBe(0);
});

test('F4: Maps at the top level have a window each, once they have begun', () => {
  const detail = {
    run: { finishedAt: null },
    file: { steps: [{ id: 'each' }, { id: 'work', parent: 'each' }, { id: 'other' }, { id: 'more', parent: 'other' }] },
    steps: [
      { stepId: 'each', path: '', state: 'running', items: counts(10_000, 250) },
      { stepId: 'other', path: '', state: 'waiting' },
    ],
  } as unknown as RunDetail;
  const [window, ...others] = windowsOf(detail, new Map());
  expect(window).toEqual({ under: 'each', mapPath: '', first: 200, items: 100, total: 10_000 });
  expect(others).toEqual([]);
  if (window !== undefined)
    expect(windowWords(window, (count) => count.toLocaleString('en'))).toBe('Items 201–300 of 10,000');
});
