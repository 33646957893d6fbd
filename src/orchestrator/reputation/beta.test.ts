import fc from 'fast-check';
import { expect, test } from 'vitest';
import { betaCdf, betaQuantile } from './beta.ts';

/** I_x(a, b) for whole a and b is a tail of the binomial distribution with a + b − 1 tries (DLMF 8.17.5). */
function binomialTail(x: number, a: number, b: number): number {
  const tries = a + b - 1;
  let sum = 0;
  let term = (1 - x) ** tries;
  for (let hits = 0; hits <= tries; hits += 1) {
    if (hits >= a) sum += term;
    term *= ((tries - hits) / (hits + 1)) * (x / (1 - x));
  }
  return sum;
}

test('Reputation: the incomplete beta function is the binomial tail for whole numbers', () => {
  const whole = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), whole, whole, (x, a, b) => {
      expect(betaCdf(x, a, b)).toBeCloseTo(binomialTail(x, a, b), 9);
    }),
  );
});

test('Reputation: the quantile is where the distribution has that probability, also for parts and large numbers', () => {
  const weight = fc.double({ min: 1, max: 200_000, noNaN: true });
  fc.assert(
    fc.property(weight, weight, (a, b) => {
      expect(betaCdf(betaQuantile(0.05, a, b), a, b)).toBeCloseTo(0.05, 6);
    }),
  );
  expect(betaQuantile(0.05, 1, 1)).toBeCloseTo(0.05, 9);
  expect(betaQuantile(0.05, 100, 1)).toBeCloseTo(0.05 ** (1 / 100), 9);
  expect(betaQuantile(0.05, 1, 10)).toBeCloseTo(1 - 0.95 ** (1 / 10), 9);
});
