import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countedAs,
  emptyLedger,
  halfLife,
  type Ledger,
  maxRecent,
  noted,
  reputationOf,
  type StoredAttempt,
  scoreOf,
  trustIn,
} from './ledger.ts';

const now = 1_800_000_000_000;
const attempt = (counted: StoredAttempt['counted'], fields: Partial<StoredAttempt> = {}): StoredAttempt => ({
  at: now,
  outcome: counted === 'fault' ? 'lost' : 'succeeded',
  ms: 100,
  counted,
  why: null,
  check: null,
  jobId: 'job-1',
  workspaceId: 'ws-1',
  label: '',
  ...fields,
});
const after = (...what: StoredAttempt['counted'][]): Ledger =>
  what.reduce((ledger, counted) => noted(ledger, [attempt(counted)]), emptyLedger);
const many = (count: number, counted: StoredAttempt['counted']): Ledger =>
  after(...Array.from({ length: count }, () => counted));

test('Reputation: the score is the lower 5 % bound, so it is low until there is evidence', () => {
  const scores = [emptyLedger, many(10, 'success'), many(600, 'success'), many(5, 'fault')];
  expect(scores.map((ledger) => Math.round(100 * scoreOf(ledger, now)))).toEqual([5, 76, 100, 1]);
});

test('Reputation: attempts noted together weigh as if each had been noted when it came', () => {
  const times = fc.array(fc.record({ at: fc.nat(10 * halfLife), what: fc.nat(4) }), { maxLength: 90 });
  fc.assert(
    fc.property(times, fc.nat(90), (history, cut) => {
      const attempts = history.map(({ at, what }) =>
        attempt(what === 0 ? 'success' : what === 1 ? 'fault' : null, {
          at,
          check: what === 2 ? 'agreed' : what === 3 ? 'outvoted' : null,
        }),
      );
      const [first, rest] = [attempts.slice(0, cut), attempts.slice(cut)];
      const oneByOne = attempts.reduce((ledger, one) => noted(ledger, [one]), emptyLedger);
      expect(noted(noted(emptyLedger, first), rest)).toEqual(oneByOne);
    }),
  );
});

test('Reputation: it counts half after 7 days', () => {
  const ledger = after('success', 'success', 'success', 'success', 'fault', 'fault');
  expect(reputationOf('ocr', ledger, null, now + halfLife)).toMatchObject({ successes: 2, faults: 1 });
  expect(reputationOf('ocr', ledger, null, now + 40 * halfLife)).toMatchObject({ successes: 0, faults: 0, score: 5 });
});

test('Reputation: a success never lowers the score or the trust, a fault never raises them; they lie between 0 and 1', () => {
  const history = fc.array(fc.constantFrom<StoredAttempt['counted']>('success', 'fault', null), { maxLength: 60 });
  fc.assert(
    fc.property(history, (what) => {
      const ledger = after(...what);
      for (const of of [scoreOf, trustIn]) {
        const before = of(ledger, now);
        expect(of(noted(ledger, [attempt('success')]), now)).toBeGreaterThanOrEqual(before);
        expect(of(noted(ledger, [attempt('fault')]), now)).toBeLessThanOrEqual(before);
        expect(of(noted(ledger, [attempt(null)]), now)).toBe(before);
        expect(before).toBeGreaterThan(0);
        expect(before).toBeLessThan(1);
      }
    }),
    { numRuns: 50 },
  );
});

test("Reputation: an owner's pause, drain, limits or goodbye never costs, nor does the job's own fault", () => {
  const node = (code: string) => ({ code, message: 'It broke', fault: 'node' as const });
  const free = ['node_left', 'drained', 'paused', 'limits_changed', 'cancelled'];
  for (const code of free) expect(countedAs({ outcome: 'lost', error: node(code) }).counted).toBeNull();
  expect(countedAs({ outcome: 'cancelled' })).toEqual({ counted: null, why: 'Taken back by people' });
  expect(countedAs({ outcome: 'failed', error: { ...node('x'), fault: 'job' } }).counted).toBeNull();
  expect(countedAs({ outcome: 'lost', error: node('node_lost') })).toEqual({ counted: 'fault', why: 'It broke' });
  expect(countedAs({ outcome: 'succeeded' }).counted).toBe('success');
});

test('Reputation: the evidence is bounded, and says how fast the node is against the others', () => {
  const ledger = many(100, 'success');
  expect(ledger.recent.length).toBe(maxRecent);
  expect(reputationOf('ocr', ledger, 150, now)).toMatchObject({ medianMs: 100, speed: 1.5, streak: 100 });
  expect(reputationOf('ocr', ledger, null, now).speed).toBeNull();
});
