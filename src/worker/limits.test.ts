import { expect, it } from 'vitest';
import { parseCpuList, sharedProcessors } from './limits.ts';

it('S8: binds jobs to as many processors as are shared', () => {
  expect(sharedProcessors([0, 1, 2, 3], 2)).toEqual([2, 3]);
  expect(sharedProcessors([0, 1, 2, 3], 1.5)).toEqual([2, 3]);
  expect(sharedProcessors([0, 1, 2, 3], 0)).toEqual([3]);
  expect(sharedProcessors([0, 1], 2)).toBeUndefined();
  expect(sharedProcessors([], 2)).toBeUndefined();
});

it('reads the lists of the kernel', () => {
  expect(parseCpuList('0-3,8,10-11')).toEqual([0, 1, 2, 3, 8, 10, 11]);
  expect(parseCpuList('')).toEqual([]);
});
