import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Room } from '../../shared/room.ts';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;
const room = (cores: number, ramMb: number, gpus: number[] = []): Room => ({ cores, ramMb, storageMb: 0, gpus });

describe('slots', () => {
  it('S8: never gives out more than is shared, whatever comes and goes', async () => {
    const need = fc.record({ cores: fc.constantFrom(0, 0.5, 1, 2), ramMb: fc.integer({ min: 0, max: 600 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(need, fc.boolean()), { maxLength: 40 }), async (steps) => {
        const slots = createSlots(room(3, 1_000));
        const held: (() => void)[] = [];
        for (const [wanted, giveBack] of steps) {
          if (giveBack) held.shift()?.();
          const release = await slots.take(wanted, 0, never);
          if (release !== null) held.push(release);
          expect(slots.taken.cores).toBeLessThanOrEqual(3 + 1e-6);
          expect(slots.taken.ramMb).toBeLessThanOrEqual(1_000);
        }
        for (const release of held) release();
        expect(slots.taken).toEqual(room(0, 0));
      }),
    );
  });

  it('S8: GPU memory is never promised twice, whatever comes and goes, and each job has one GPU', async () => {
    const need = fc.record({ gpuMemoryMb: fc.integer({ min: 1, max: 12_000 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(need, fc.boolean()), { maxLength: 40 }), async (steps) => {
        const shared = [24_000, 8_000, 0];
        const slots = createSlots(room(100, 100_000, shared));
        const held: (() => void)[] = [];
        for (const [{ gpuMemoryMb }, giveBack] of steps) {
          if (giveBack) held.shift()?.();
          const release = await slots.take({ cores: 0, ramMb: 0, gpuMemoryMb }, 0, never);
          if (release !== null) held.push(release);
          for (const [gpu, memory] of shared.entries()) {
            expect(slots.taken.gpus[gpu] ?? 0).toBeLessThanOrEqual(memory);
          }
        }
        for (const release of held) release();
        expect(slots.taken.gpus.every((taken) => taken === 0)).toBe(true);
      }),
    );
  });

  it('S8: a GPU that its owner takes back gets nothing new', async () => {
    const slots = createSlots(room(1, 100, [24_000]));
    const need = { cores: 0, ramMb: 0, gpuMemoryMb: 1_000 };
    expect(await slots.take(need, 0, never)).not.toBeNull();
    slots.resize(room(1, 100, [0]));
    expect(await slots.take(need, 0, never)).toBeNull();
  });

  it('waits for room that is just given back', async () => {
    const slots = createSlots(room(1, 100));
    const first = await slots.take({ cores: 1, ramMb: 50 }, 0, never);
    const second = slots.take({ cores: 1, ramMb: 50 }, 5_000, never);
    first?.();
    expect(await second).not.toBeNull();
  });

  it('refuses at once what can never fit, and what is cancelled while it waits', async () => {
    const slots = createSlots(room(1, 100));
    expect(await slots.take({ cores: 2, ramMb: 1 }, 60_000, never)).toBeNull();
    await slots.take({ cores: 1, ramMb: 1 }, 0, never);
    const stop = new AbortController();
    const waiting = slots.take({ cores: 1, ramMb: 1 }, 60_000, stop.signal);
    stop.abort();
    expect(await waiting).toBeNull();
  });

  it('giving back twice gives back once', async () => {
    const slots = createSlots(room(2, 100));
    const one = await slots.take({ cores: 1, ramMb: 10 }, 0, never);
    await slots.take({ cores: 1, ramMb: 10 }, 0, never);
    one?.();
    one?.();
    expect(slots.taken).toEqual(room(1, 10));
  });

  it('S8: new limits hold for the next job and wake who waits', async () => {
    const slots = createSlots(room(1, 100));
    await slots.take({ cores: 1, ramMb: 10 }, 0, never);
    const waiting = slots.take({ cores: 1, ramMb: 10 }, 5_000, never);
    slots.resize(room(2, 100));
    expect(await waiting).not.toBeNull();
    slots.resize(room(0, 100));
    expect(await slots.take({ cores: 1, ramMb: 10 }, 0, never)).toBeNull();
  });
});
