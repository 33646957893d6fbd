import { expect, test } from 'vitest';
import type { RecordedAttempt } from '../../../shared/model/node.ts';
import { countedWords, scoreWords } from './reputation.tsx';

const plain = (text: string) => text.replaceAll('\u2009', ' ');

test('J4: a reputation is shown with what it comes from', () => {
  const score = { kind: 'ocr', score: 97, successes: 612, faults: 1, streak: 40, medianMs: 3900, speed: 1.12 };
  expect(plain(scoreWords(score))).toBe(
    '612 done, 1 fault, 40 in a row since, usually 3.9 s, 12 % faster than the others',
  );
  expect(scoreWords({ ...score, faults: 0, medianMs: null, speed: null })).toBe('612 done, no fault');
});

test('J4: an attempt says whether it counted, and why not', () => {
  const attempt: RecordedAttempt = {
    ...{ at: 0, outcome: 'failed', ms: 5, counted: null, why: 'its own error', check: null, jobId: null, label: null },
  };
  expect(countedWords(attempt)).toBe('does not count: its own error');
  expect(countedWords({ ...attempt, counted: 'fault', why: 'out of memory' })).toBe(
    'counts as its fault: out of memory',
  );
  expect(countedWords({ ...attempt, counted: 'success' })).toBe('');
  expect(countedWords({ ...attempt, check: 'outvoted' })).toContain('counts as its fault');
});
