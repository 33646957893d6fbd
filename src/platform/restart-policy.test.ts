import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterEnd, defaultLimits, type Life, noHistory, type RestartHistory } from './restart-policy.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const life: fc.Arbitrary<Life> = fc.record({ readyFor: fc.option(fc.nat(200_000)) });
const lives = fc.array(fc.tuple(life, random), { minLength: 1, maxLength: 60 });

function replay(sequence: [Life, number][]) {
  let history: RestartHistory = noHistory;
  return sequence.map(([one, chance]) => {
    const decision = afterEnd(history, one, chance);
    history = decision.history;
    return decision;
  });
}

describe('restart policy', () => {
  test('a delay is never above the cap, nor below half of the first', () => {
    fc.assert(
      fc.property(lives, (sequence) => {
        for (const decision of replay(sequence)) {
          if (decision.do === 'give-up') continue;
          expect(decision.delay).toBeLessThanOrEqual(defaultLimits.maxDelay);
          expect(decision.delay).toBeGreaterThanOrEqual(defaultLimits.firstDelay / 2);
        }
      }),
    );
  });

  test('it is given up exactly after five failed starts in a row', () => {
    fc.assert(
      fc.property(lives, (sequence) => {
        const decisions = replay(sequence);
        for (const [index, decision] of decisions.entries()) {
          const lastFive = sequence.slice(Math.max(0, index - 4), index + 1);
          const hopeless = lastFive.length === 5 && lastFive.every(([one]) => one.readyFor === null);
          expect(decision.do).toBe(hopeless ? 'give-up' : 'restart');
        }
      }),
    );
  });

  test('starts that failed for a passing reason are not counted, and wait longer and longer all the same', () => {
    const excused: Life = { readyFor: null, excused: true };
    const decisions = replay(Array.from({ length: 40 }, () => [excused, 0.999_999] as [Life, number]));
    expect(decisions.every((decision) => decision.do === 'restart')).toBe(true);
    expect(decisions.at(-1)).toMatchObject({ delay: expect.closeTo(defaultLimits.maxDelay, 0) });
  });

  test('a minute of service forgets the ends before it', () => {
    fc.assert(
      fc.property(lives, random, (sequence, chance) => {
        const before = replay(sequence).at(-1)?.history ?? noHistory;
        const decision = afterEnd(before, { readyFor: defaultLimits.healthyAfter }, chance);
        expect(decision.history).toEqual({ endsInARow: 1, failedStarts: 0 });
      }),
    );
  });

  test('delays double: 0.5, 1, 2, 4 s at most, for a service that serves shortly each time', () => {
    const delays = replay(Array.from({ length: 4 }, () => [{ readyFor: 10 }, 0.999_999] as [Life, number])).map(
      (decision) => (decision.do === 'restart' ? Math.round(decision.delay) : Number.NaN),
    );
    expect(delays).toEqual([500, 1000, 2000, 4000]);
  });
});
