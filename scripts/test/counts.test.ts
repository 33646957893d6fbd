import { describe, expect, test } from 'vitest';
import { addCounts, judged, noCounts, summary } from './counts.ts';

const skipped = [{ title: 'a > b', reason: 'no GPU here' }];

describe('the last line of a run', () => {
  test('says how many passed, failed and were skipped, after the reasons', () => {
    const total = addCounts([
      { passed: 2, failed: 0, skipped },
      { passed: 3, failed: 1, skipped: [] },
    ]);
    expect(summary(total)).toEqual(['skipped: a > b: no GPU here', '5 passed, 1 failed, 1 skipped']);
  });

  test('a part that crashed counts as a failure, once', () => {
    expect(judged(null, 1).failed).toBe(1);
    expect(judged(null, 0).failed).toBe(1);
    expect(judged({ ...noCounts, passed: 4 }, 1)).toEqual({ passed: 4, failed: 1, skipped: [] });
    expect(judged({ ...noCounts, failed: 4 }, 1).failed).toBe(4);
    expect(judged({ ...noCounts, passed: 4 }, 0).failed).toBe(0);
  });
});
