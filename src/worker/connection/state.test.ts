import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCloseCodes } from '../../shared/protocol/node.ts';
import { heartbeatDelay, reconnectDelay } from './backoff.ts';
import { type LinkEffect, type LinkEvent, type LinkState, stepLink } from './state.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('reconnectDelay', () => {
  it('N6: lies between half of and the whole of min(60 s, 1 s · 2ⁿ)', () => {
    fc.assert(
      fc.property(fc.nat(10_000), random, (tries, chance) => {
        const ceiling = Math.min(60_000, 1_000 * 2 ** tries);
        const delay = reconnectDelay(tries, chance);
        expect(delay).toBeGreaterThanOrEqual(ceiling / 2);
        expect(delay).toBeLessThanOrEqual(ceiling);
      }),
    );
  });

  it('N6: spreads over the whole range, so that nodes do not come back all at once', () => {
    expect(reconnectDelay(3, 0)).toBe(4_000);
    expect(reconnectDelay(3, 0.5)).toBe(6_000);
  });

  it('N4: heartbeats keep within ± 20 %', () => {
    fc.assert(
      fc.property(random, (chance) => {
        expect(Math.abs(heartbeatDelay(15_000, chance) - 15_000)).toBeLessThanOrEqual(3_000);
      }),
    );
  });
});

const online: LinkState = { name: 'online', heartbeatMs: 15_000 };
const kinds = (effects: readonly LinkEffect[]) =>
  effects.map((effect) => ('timer' in effect ? `${effect.type} ${effect.timer}` : effect.type));
const retryOf = (effects: readonly LinkEffect[]) =>
  effects.find((effect) => effect.type === 'set' && effect.timer === 'retry');

/** Follows events from a state. */
function follow(state: LinkState, events: readonly LinkEvent[]): LinkState {
  return events.reduce((current, event) => stepLink(current, event, 0).state, state);
}

describe('stepLink', () => {
  it('N6: with something new to register it connects anew at once, from wherever it is', () => {
    const again = stepLink(online, { type: 'anew' }, 0);
    expect(again.state).toEqual({ name: 'connecting', tries: 0 });
    expect(kinds(again.effects)).toEqual(
      expect.arrayContaining(['close', 'clear heartbeat', 'clear silence', 'offline', 'set handshake', 'open']),
    );
    expect(kinds(again.effects).at(-1)).toBe('open');
    expect(kinds(stepLink({ name: 'waiting', tries: 6 }, { type: 'anew' }, 0).effects)).not.toContain('close');
    expect(stepLink({ name: 'stopped' }, { type: 'anew' }, 0)).toEqual({ state: { name: 'stopped' }, effects: [] });
  });

  it('N2: registers, proves its key when challenged, and is online once registered', () => {
    const opened = stepLink({ name: 'connecting', tries: 0 }, { type: 'opened' }, 0);
    expect(opened).toEqual({ state: { name: 'registering', tries: 0 }, effects: [{ type: 'register' }] });
    const challenged = stepLink(opened.state, { type: 'challenged', nonce: 'n' }, 0);
    expect(challenged).toEqual({ state: opened.state, effects: [{ type: 'prove', nonce: 'n' }] });
    const registered = stepLink(challenged.state, { type: 'registered', heartbeatSeconds: 5 }, 0.5);
    expect(registered.state).toEqual({ name: 'online', heartbeatMs: 5_000 });
    expect(kinds(registered.effects)).toEqual(['clear handshake', 'set heartbeat', 'set silence', 'online']);
    expect(registered.effects).toContainEqual({ type: 'set', timer: 'heartbeat', ms: 5_000 });
  });

  it('N6: waits longer after each failed try, and from the start again once it was online', () => {
    const lose = (state: LinkState) => stepLink(state, { type: 'closed', code: 1006 }, 0);
    expect(retryOf(lose({ name: 'connecting', tries: 0 }).effects)).toMatchObject({ ms: 500 });
    expect(retryOf(lose({ name: 'registering', tries: 3 }).effects)).toMatchObject({ ms: 4_000 });
    expect(retryOf(lose(online).effects)).toMatchObject({ ms: 500 });
    expect(lose({ name: 'connecting', tries: 3 }).state).toEqual({ name: 'waiting', tries: 4 });
  });

  it.each(['refused', 'replaced', 'removed'] as const)('N1, N5: a node that was %s does not hurry back', (why) => {
    const { effects } = stepLink(online, { type: 'closed', code: nodeCloseCodes[why] }, 0);
    expect(retryOf(effects)).toMatchObject({ ms: 30_000 });
    expect(effects).toContainEqual({ type: 'offline', reason: why });
  });

  it('N6: after the machine slept it connects at once, or asks at once whether the socket still stands', () => {
    const woken = stepLink({ name: 'waiting', tries: 9 }, { type: 'resumed' }, 0);
    expect(woken.state).toEqual({ name: 'connecting', tries: 0 });
    expect(kinds(woken.effects)).toContain('open');
    const asked = stepLink(online, { type: 'resumed' }, 0);
    expect(asked.effects).toContainEqual({ type: 'heartbeat' });
    expect(asked.effects).toContainEqual({ type: 'set', timer: 'silence', ms: 5_000 });
  });

  it('N4: beats on, and leaves a host that says nothing', () => {
    expect(kinds(stepLink(online, { type: 'timer', timer: 'heartbeat' }, 0).effects)).toEqual([
      'heartbeat',
      'set heartbeat',
    ]);
    expect(kinds(stepLink(online, { type: 'heard' }, 0).effects)).toEqual(['set silence']);
    const silent = stepLink(online, { type: 'timer', timer: 'silence' }, 0);
    expect(silent.state).toEqual({ name: 'waiting', tries: 1 });
    expect(kinds(silent.effects)).toContain('close');
  });

  it('a handshake that takes too long is given up', () => {
    for (const name of ['connecting', 'registering'] as const) {
      const { state, effects } = stepLink({ name, tries: 1 }, { type: 'timer', timer: 'handshake' }, 0);
      expect(state).toEqual({ name: 'waiting', tries: 2 });
      expect(kinds(effects)).toContain('close');
    }
  });

  it('bounds what a host may ask for as heartbeat', () => {
    const at = (heartbeatSeconds: number) =>
      follow({ name: 'registering', tries: 0 }, [{ type: 'registered', heartbeatSeconds }]);
    expect(at(0)).toMatchObject({ heartbeatMs: 250 });
    expect(at(3_600)).toMatchObject({ heartbeatMs: 30_000 });
  });

  const event: fc.Arbitrary<LinkEvent> = fc.oneof(
    fc.constantFrom<LinkEvent>(
      { type: 'start' },
      { type: 'opened' },
      { type: 'challenged', nonce: 'n' },
      { type: 'registered', heartbeatSeconds: undefined },
      { type: 'refused' },
      { type: 'heard' },
      { type: 'resumed' },
      { type: 'stop' },
    ),
    fc.integer({ min: 1000, max: 4010 }).map((code): LinkEvent => ({ type: 'closed', code })),
    fc.constantFrom('retry', 'handshake', 'heartbeat', 'silence').map((timer): LinkEvent => ({ type: 'timer', timer })),
  );

  it('N6: whatever happens, a link that was not stopped has a socket or a timer that leads on', () => {
    fc.assert(
      fc.property(fc.array(event), random, (events, chance) => {
        let state: LinkState = stepLink({ name: 'resting' }, { type: 'start' }, chance).state;
        const timers = new Set<string>(['handshake']);
        let open = true;
        for (const next of events) {
          if (next.type === 'timer' && !timers.delete(next.timer)) continue;
          if (next.type === 'closed' && !open) continue;
          if (next.type === 'closed') open = false;
          const step = stepLink(state, next, chance);
          state = step.state;
          for (const effect of step.effects) {
            if (effect.type === 'set') timers.add(effect.timer);
            if (effect.type === 'clear') timers.delete(effect.timer);
            if (effect.type === 'open') open = true;
            if (effect.type === 'close') open = false;
          }
          if (state.name === 'stopped') expect([open, timers.size]).toEqual([false, 0]);
          else if (state.name === 'waiting') expect([open, [...timers]]).toEqual([false, ['retry']]);
          else if (state.name === 'online')
            expect([open, timers.has('silence') && timers.has('heartbeat')]).toEqual([true, true]);
          else expect([open, timers.has('handshake')]).toEqual([true, true]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('stays stopped', () => {
    const stopped = follow(online, [
      { type: 'stop' },
      { type: 'resumed' },
      { type: 'start' },
      { type: 'timer', timer: 'retry' },
    ]);
    expect(stopped).toEqual({ name: 'stopped' });
  });
});
