import { describe, expect, it } from 'vitest';
import { usualRules } from '../../shared/model/this-node.ts';
import { type Circumstances, standingOf } from './availability.ts';

const calm: Circumstances = {
  paused: false,
  draining: false,
  moving: false,
  asleep: false,
  onBattery: false,
  idleSeconds: 600,
};
// A Thursday.
const thursday = (hours: number, minutes = 0) => new Date(2026, 10, 26, hours, minutes);
const nights = { ...usualRules, anyTime: false, week: Array.from({ length: 7 }, () => [0, 1, 2, 20, 21, 22, 23]) };

describe('standingOf', () => {
  it('S8: takes jobs at any time where its owner said nothing else', () => {
    expect(standingOf(thursday(12), undefined, calm)).toEqual({ available: true, reason: null, until: null });
  });

  it('S8: keeps to its hours and says when the next one begins', () => {
    expect(standingOf(thursday(20), nights, calm).available).toBe(true);
    const at = standingOf(thursday(12, 34), nights, calm);
    expect(at).toEqual({ available: false, reason: 'hours', until: thursday(20).getTime() });
    const never = { ...nights, week: Array.from({ length: 7 }, () => []) };
    expect(standingOf(thursday(12), never, calm)).toEqual({ available: false, reason: 'hours', until: null });
  });

  it('S8: looks at the right day of the week, Monday first', () => {
    const week = Array.from({ length: 7 }, (_, day) => (day === 3 ? [12] : []));
    const rules = { ...usualRules, anyTime: false, week };
    expect(standingOf(thursday(12), rules, calm).available).toBe(true);
    expect(standingOf(thursday(13), rules, calm).until).toBe(new Date(2026, 11, 3, 12).getTime());
  });

  it('S8: steps aside on battery and while somebody uses the machine, where that is wanted and known', () => {
    expect(standingOf(thursday(12), usualRules, { ...calm, onBattery: true }).reason).toBe('battery');
    expect(standingOf(thursday(12), usualRules, { ...calm, onBattery: null }).available).toBe(true);
    const polite = { ...usualRules, pauseInUse: true };
    const used = standingOf(thursday(12), polite, { ...calm, idleSeconds: 60 });
    expect(used).toEqual({ available: false, reason: 'in_use', until: thursday(12, 4).getTime() });
    expect(standingOf(thursday(12), polite, { ...calm, idleSeconds: 300 }).available).toBe(true);
    expect(standingOf(thursday(12), usualRules, { ...calm, idleSeconds: 0 }).available).toBe(true);
  });

  it('S8: what its owner said by hand comes first', () => {
    const all = { paused: true, draining: true, moving: true, asleep: true, onBattery: true, idleSeconds: 0 };
    expect(standingOf(thursday(12), nights, all).reason).toBe('paused');
    expect(standingOf(thursday(12), nights, { ...all, paused: false }).reason).toBe('draining');
    expect(standingOf(thursday(12), nights, { ...all, paused: false, draining: false }).reason).toBe('moving');
  });
});
