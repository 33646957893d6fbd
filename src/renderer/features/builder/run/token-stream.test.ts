import { describe, expect, it } from 'vitest';
import type { OutputChunk } from '../../../../shared/model/job.ts';
import { tokenStream } from './token-stream.ts';

let seq = 0;
const chunk = (text: string, at: number, more: Partial<OutputChunk> = {}): OutputChunk => {
  seq += 1;
  return { attempt: 1, seq, stream: 'token', text, at, ...more };
};

describe('what a model has written', () => {
  it('F9: joins the pieces, and tells how many tokens come in a second', () => {
    const pieces = Array.from({ length: 11 }, (_, index) => chunk('four', 1000 + index * 100));
    expect(tokenStream(pieces)).toEqual({ text: 'four'.repeat(11), tokens: 11, perSecond: 11 });
  });

  it('F9: has no speed before there is time to measure', () => {
    expect(tokenStream([])).toEqual({ text: '', tokens: 0, perSecond: null });
    expect(tokenStream([chunk('one', 5)]).perSecond).toBeNull();
  });

  it('J4: a new try begins anew, and so does an answer that is asked for again', () => {
    expect(tokenStream([chunk('old', 1), chunk('new', 2, { attempt: 2 })]).text).toBe('new');
    expect(tokenStream([chunk('bad', 1), chunk('again', 2, { stream: 'log' }), chunk('good', 3)]).text).toBe('good');
  });

  it('N11: keeps the end of a long answer, and counts all of it', () => {
    const long = Array.from({ length: 100 }, (_, index) =>
      chunk(`${String(index).padStart(3, '0')}${'x'.repeat(37)}`, 1),
    );
    const { text, tokens } = tokenStream(long);
    expect(text.length).toBe(1200);
    expect(text.endsWith(`099${'x'.repeat(37)}`)).toBe(true);
    expect(tokens).toBe(1000);
  });
});
