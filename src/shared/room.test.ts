import { expect, test } from 'vitest';
import { sharedRoom } from './room.ts';

test('S8: what is shared: the least of machine and limits; missing values are normal', () => {
  expect(sharedRoom({ node_id: 'n' }, {})).toEqual({ cores: 1, ramMb: 1024, storageMb: 0, gpus: [] });
  const machine = {
    node_id: 'n',
    cpu: { cores: 8 },
    memory: { total_mb: 1000 },
    gpus: [
      { id: 'a', model: 'x', memory_mb: 24_000 },
      { id: 'b', model: 'x', memory_mb: 24_000 },
      { id: 'c', model: 'x' },
      { id: 'd', model: 'x', memory_mb: 24_000, other_mb: 20_000 },
    ],
  };
  const limits = { cpuCores: 64, ramPercent: 25, gpus: { a: { memoryPercent: 50 }, b: { enabled: false } } };
  expect(sharedRoom(machine, limits)).toEqual({ cores: 8, ramMb: 250, storageMb: 0, gpus: [12_000, 0, 0, 4_000] });
  const drive = (mount: string, free_gb: number) => ({ mount, total_gb: 1000, free_gb });
  const drives = [drive('/', 20), drive('/data', 300)];
  const storage = (limits: Parameters<typeof sharedRoom>[1]) => sharedRoom({ ...machine, drives }, limits).storageMb;
  expect([{}, { storagePath: '/home' }, { storagePath: '/data/x', storageGb: 100 }].map(storage)).toEqual([
    300 * 1024,
    20 * 1024,
    100 * 1024,
  ]);
});
