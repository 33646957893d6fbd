import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { Capabilities } from '../../shared/model/node.ts';
import { detectCapabilities, memoryMb } from './capabilities.ts';
import { describeDrives } from './drives.ts';
import { countOthers, describeGpus } from './gpus.ts';

describe('detectCapabilities', () => {
  it('describes this very machine in the form of the protocol', async () => {
    const found = await detectCapabilities('node-1');
    expect([...Compile(Capabilities).Errors(found)]).toEqual([]);
    expect(found.cpu?.cores).toBeGreaterThan(0);
    expect(found.memory?.total_mb).toBeGreaterThan(100);
  });

  it('a driver that hangs or fails takes nothing but its own facts', async () => {
    const sources = { gpus: () => new Promise<never>(() => undefined), drives: () => Promise.reject(new Error('no')) };
    const found = await detectCapabilities('node-1', sources, 20);
    expect(found).toMatchObject({ node_id: 'node-1', gpus: [] });
    expect(found).not.toHaveProperty('drives');
    expect(found).not.toHaveProperty('storage');
  });
});

describe('describeGpus', () => {
  it('no controller is normal', () => {
    expect(describeGpus([])).toEqual([]);
  });

  it('gives ids by the place on the bus, whatever the order', () => {
    const one = { vendor: 'NVIDIA', model: 'RTX 4090', pciBus: '0000:01:00.0', memoryTotal: 24_564, vram: 24_000 };
    const other = { ...one, pciBus: '0000:02:00.0' };
    const ids = (list: (typeof one)[]) => describeGpus(list).map(({ id }) => id);
    expect(ids([one, other])).toEqual(['pci-0000-01-00-0', 'pci-0000-02-00-0']);
    expect(ids([other, one])).toEqual(['pci-0000-02-00-0', 'pci-0000-01-00-0']);
    expect(describeGpus([one])[0]).toMatchObject({ model: 'RTX 4090', vendor: 'NVIDIA', memory_mb: 24_564 });
  });

  it('missing values are left out, and ids are still unique', () => {
    const unknown = { vendor: '', model: '', bus: '', vram: null, vramDynamic: false };
    expect(describeGpus([unknown, unknown])).toEqual([
      { id: 'graphics-controller', model: 'Graphics controller' },
      { id: 'graphics-controller-2', model: 'Graphics controller' },
    ]);
  });
});

describe('countOthers', () => {
  const gpu = { id: 'gpu', model: 'RTX 4090', memory_mb: 24_000 };
  const others = (used: number, reserved: number, before = 0) =>
    countOthers([{ ...gpu, used_mb: used }], [{ ...gpu, other_mb: before }], [reserved])[0]?.other_mb;

  it('S8: what others use is counted, and what jobs use is not counted twice', () => {
    expect(others(9_000, 0)).toBe(9_000);
    expect(others(9_000, 8_000, 1_000)).toBe(1_000);
    expect(others(12_000, 8_000, 1_000)).toBe(4_000);
  });

  it('S8: memory that a job has reserved and not yet taken is not given away', () => {
    expect(others(1_000, 8_000, 1_000)).toBe(1_000);
  });

  it('a driver that does not say how much is in use says nothing of others', () => {
    expect(countOthers([gpu], [], [4_000])).toEqual([gpu]);
  });
});

describe('describeDrives', () => {
  const disk = { fs: '/dev/sda1', type: 'ext4', size: 500e9, available: 125.04e9, mount: '/' };

  it('keeps drives, and of one file system the shortest mount', () => {
    const systems = [
      { ...disk, mount: '/home/data' },
      disk,
      { ...disk, fs: 'tmpfs', type: 'tmpfs', mount: '/run/lock' },
      { ...disk, fs: '/dev/sdb1', mount: '/boot/efi' },
      { ...disk, fs: 'C:', type: 'NTFS', size: 0, mount: 'C:' },
    ];
    expect(describeDrives(systems)).toEqual([{ mount: '/', kind: 'ext4', total_gb: 500, free_gb: 125 }]);
  });
});

it('memory is what the container allows', () => {
  expect(memoryMb(8 * 2 ** 30, 2 * 2 ** 30)).toBe(2048);
  expect(memoryMb(8 * 2 ** 30, 0)).toBe(8192);
  expect(memoryMb(8 * 2 ** 30, undefined)).toBe(8192);
  expect(memoryMb(8 * 2 ** 30, 2 ** 63)).toBe(8192);
});
