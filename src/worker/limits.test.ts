import { expect, it } from 'vitest';
import { parseCpuList, sharedProcessors, sharedRoom } from './limits.ts';

it('S8: shares what the owner allows of what the machine has', () => {
  const machine = { node_id: 'n', cpu: { cores: 8 }, memory: { total_mb: 16_000 } };
  expect(sharedRoom(machine, {})).toEqual({ cores: 8, ramMb: 16_000 });
  expect(sharedRoom(machine, { cpuCores: 3, ramPercent: 25 })).toEqual({ cores: 3, ramMb: 4_000 });
  expect(sharedRoom(machine, { cpuCores: 64 }).cores).toBe(8);
  expect(sharedRoom({ node_id: 'n' }, {})).toEqual({ cores: 1, ramMb: 1_024 });
});

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
