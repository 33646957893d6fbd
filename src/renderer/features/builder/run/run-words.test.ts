import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../../shared/model/run.ts';
import { timeLeft, timeWords } from './run-words.ts';

const run = (rest: Partial<RunSummary>) =>
  ({
    createdAt: 0,
    finishedAt: null,
    state: 'running',
    progress: { total: 100, done: 50, failed: 0 },
    ...rest,
  }) as RunSummary;
const plain = (text: string) => text.replace(/\s/g, ' ');

describe('sentences of the run bar', () => {
  it('says how long it takes, and about how long still', () => {
    expect(plain(timeWords(run({}), 30_000))).toBe('30 s, about 30 s left');
    expect(plain(timeWords(run({ progress: { total: 100, done: 1, failed: 0 } }), 30_000))).toBe('30 s');
  });
  it('says how it ended', () => {
    expect(plain(timeWords(run({ state: 'succeeded', finishedAt: 4200 }), 9e9))).toBe('Done in 4.2 s');
    expect(plain(timeWords(run({ state: 'cancelled', finishedAt: 4200 }), 9e9))).toBe('Stopped after 4.2 s');
  });
  it('invents no estimate at the end', () => {
    expect(timeLeft({ progress: { total: 10, done: 10, failed: 0 } }, 50_000)).toBeNull();
  });
});
