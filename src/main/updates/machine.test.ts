import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FoundUpdate, UpdateChoices, UpdateState } from '../../shared/model/updates.ts';
import { firstState, step, type UpdateEvent } from './machine.ts';

const update: FoundUpdate = { version: '1.1.0', older: false, notes: '', size: 9 };
const older: FoundUpdate = { ...update, version: '0.9.0', older: true };
const fault = { code: 'update_cut', message: 'm', next: 'n', during: 'download' } as const;
const choices: UpdateChoices = { enabled: true, channel: 'stable', atQuit: true };

const events = fc.oneof(
  fc.record({ event: fc.constant('check'), by: fc.constantFrom('clock', 'hand'), older: fc.boolean() }),
  fc.record({ event: fc.constant('found'), update: fc.constantFrom(update, older) }),
  fc.record({ event: fc.constantFrom('nothing', 'downloaded', 'install') }),
  fc.record({ event: fc.constant('progress'), percent: fc.integer({ min: 0, max: 100 }), bytesPerSecond: fc.nat() }),
  fc.record({ event: fc.constant('failed'), fault: fc.constant(fault) }),
  fc.record({
    event: fc.constant('chosen'),
    choices: fc.record({ enabled: fc.boolean(), channel: fc.constantFrom('stable', 'beta'), atQuit: fc.boolean() }),
    before: fc.constant(choices),
  }),
) as fc.Arbitrary<UpdateEvent>;

describe('what the app does about updates', () => {
  test('S12: an older version is downloaded only right after a person asked for one', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (sequence) => {
        let state: UpdateState = firstState(null);
        let asked = false;
        for (const event of sequence) {
          const next = step(state, event);
          if (next.deeds.includes('check-older')) asked = event.event === 'check' && event.by === 'hand';
          else if (next.deeds.includes('check')) asked = false;
          if (next.state.state === 'downloading' && next.state.update.older) expect(asked).toBe(true);
          state = next.state;
        }
      }),
    );
  });

  test('nothing is installed that was not ready, and only when asked', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 40 }), (sequence) => {
        let state: UpdateState = firstState(null);
        for (const event of sequence) {
          const next = step(state, event);
          if (next.deeds.includes('install')) expect([state.state, event.event]).toEqual(['ready', 'install']);
          state = next.state;
        }
      }),
    );
  });

  test('what stands in the way for ever is not moved by anything', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 20 }), (sequence) => {
        const off = firstState('checkout');
        for (const event of sequence) expect(step(off, event)).toEqual({ state: off, deeds: [] });
      }),
    );
  });

  test('another channel ends a download and looks again; switched off ends it', () => {
    const downloading: UpdateState = { state: 'downloading', update, percent: 5, bytesPerSecond: 1 };
    const beta = step(downloading, { event: 'chosen', choices: { ...choices, channel: 'beta' }, before: choices });
    expect(beta).toEqual({ state: { state: 'checking', older: false }, deeds: ['cancel', 'check'] });
    const off = step(downloading, { event: 'chosen', choices: { ...choices, enabled: false }, before: choices });
    expect(off).toEqual({ state: { state: 'off', because: 'switched-off' }, deeds: ['cancel'] });
    const same = step(downloading, { event: 'chosen', choices: { ...choices, atQuit: false }, before: choices });
    expect(same).toEqual({ state: downloading, deeds: [] });
  });
});
