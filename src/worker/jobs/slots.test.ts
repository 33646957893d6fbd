import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;

describe('slots', () => {
  it('S8: never gives out more than is shared, whatever comes and goes', async () => {
    const need = fc.record({ cores: fc.constantFrom(0, 0.5, 1, 2), ramMb: fc.integer({ min: 0, max: 600 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(need, fc.boolean()), { maxLength: 40 }), async (steps) => {
        const slots = createSlots({ cores: 3, ramMb: 1_000 });
        const held: (() => void)[] = [];
        for (const [wanted, giveBack] of steps) {
          if (giveBack) held.shift()?.();
          const release = await slots.take(wanted, 0, never);
          if (release !== null) held.push(release);
          expect(slots.taken.cores).toBeLessThanOrEqual(3 + 1e-6);
          expect(slots.taken.ramMb).toBeLessThanOrEqual(1_000);
        }
        for (const release of held) release();
        expect(slots.taken).toEqual({ cores: 0, ramMb: 0 });
      }),
    );
  });

  it('waits for room that is just given back', async () => {
    const slots = createSlots({ cores: 1, ramMb: 100 });
    const first = await slots.take({ cores: 1, ramMb: 50 }, 0, never);
    const second = slots.take({ cores: 1, ramMb: 50 }, 5_000, never);
    first?.();
    expect(await second).not.toBeNull();
  });

  it('refuses at once what can never fit, and what is cancelled while it waits', async () => {
    const slots = createSlots({ cores: 1, ramMb: 100 });
    expect(await slots.take({ cores: 2, ramMb: 1 }, 60_000, never)).toBeNull();
    await slots.take({ cores: 1, ramMb: 1 }, 0, never);
    const stop = new AbortController();
    const waiting = slots.take({ cores: 1, ramMb: 1 }, 60_000, stop.signal);
    stop.abort();
    expect(await waiting).toBeNull();
  });

  it('giving back twice gives back once', async () => {
    const slots = createSlots({ cores: 2, ramMb: 100 });
    const one = await slots.take({ cores: 1, ramMb: 10 }, 0, never);
    await slots.take({ cores: 1, ramMb: 10 }, 0, never);
    one?.();
    one?.();
    expect(slots.taken).toEqual({ cores: 1, ramMb: 10 });
  });

  it('S8: new limits hold for the next job and wake who waits', async () => {
    const slots = createSlots({ cores: 1, ramMb: 100 });
    await slots.take({ cores: 1, ramMb: 10 }, 0, never);
    const waiting = slots.take({ cores: 1, ramMb: 10 }, 5_000, never);
    slots.resize({ cores: 2, ramMb: 100 });
    expect(await waiting).not.toBeNull();
    slots.resize({ cores: 0, ramMb: 100 });
    expect(await slots.take({ cores: 1, ramMb: 10 }, 0, never)).toBeNull();
  });
});
