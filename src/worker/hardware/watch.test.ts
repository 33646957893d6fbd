import { expect, test, vi } from 'vitest';
import type { Capabilities } from '../../shared/model/node.ts';
import { isOther, watchHardware } from './watch.ts';

const machine = (fields: Partial<Capabilities> = {}): Capabilities => ({
  node_id: 'node-a',
  cpu: { cores: 8 },
  memory: { total_mb: 16_000 },
  gpus: [{ id: 'gpu-1', model: 'one', memory_mb: 8_000 }],
  drives: [{ mount: '/', total_gb: 100, free_gb: 50 }],
  ...fields,
});

test.each<[string, Partial<Capabilities>, boolean]>([
  ['nothing', {}, false],
  ['its name', { name: 'other' }, false],
  ['a little free space', { drives: [{ mount: '/', total_gb: 100, free_gb: 47 }] }, false],
  ['much free space', { drives: [{ mount: '/', total_gb: 100, free_gb: 30 }] }, true],
  ['another drive', { drives: [{ mount: '/data', total_gb: 100, free_gb: 50 }] }, true],
  ['no GPU any more', { gpus: [] }, true],
  ['a larger GPU', { gpus: [{ id: 'gpu-1', model: 'one', memory_mb: 16_000 }] }, true],
  ['fewer cores', { cpu: { cores: 4 } }, true],
  ['less memory', { memory: { total_mb: 8_000 } }, true],
])('capabilities_changed: %s', (_what, fields, expected) => {
  expect(isOther(machine(), machine(fields))).toBe(expected);
});

test('capabilities_changed: a change is told once, a failed look is looked again, and nothing after the end', async () => {
  vi.useFakeTimers();
  try {
    let known = machine();
    const told: Capabilities[] = [];
    const looks = [machine(), null, machine({ gpus: [] }), machine({ gpus: [] })];
    const detect = async () => {
      const found = looks.shift() ?? null;
      if (found === null) throw new Error('unreadable');
      return found;
    };
    const stop = watchHardware(
      () => known,
      detect,
      (found) => {
        known = found;
        told.push(found);
      },
      1_000,
    );
    for (let look = 0; look < 5; look += 1) await vi.advanceTimersByTimeAsync(1_000);
    stop();
    looks.push(machine());
    await vi.advanceTimersByTimeAsync(5_000);
    expect([told.map(({ gpus }) => gpus?.length), looks.length]).toEqual([[0], 1]);
  } finally {
    vi.useRealTimers();
  }
});
