import { describe, expect, it } from 'vitest';
import { alphabetOf, decodeLine } from './decode.ts';

const alphabet = alphabetOf('A\nB\n1\n');

/** Probabilities for one class per step; `_` is the blank. */
function steps(classes: string): Float32Array {
  const values = new Float32Array(classes.length * alphabet.length);
  [...classes].forEach((character, step) => {
    values[step * alphabet.length + (character === '_' ? 0 : alphabet.indexOf(character))] = 0.8;
  });
  return values;
}

const read = (classes: string) => decodeLine(steps(classes), classes.length, alphabet).text;

describe('decodeLine', () => {
  it('has the blank first and the space last', () => {
    expect(alphabet).toEqual(['', 'A', 'B', '1', ' ']);
  });

  it('drops repetitions, keeps what a blank separates', () => {
    expect(read('AAB_B')).toBe('ABB');
  });

  it('puts a space where the gap is much wider than usual', () => {
    expect(read('A_B_A_____B_1_A')).toBe('ABA B1A');
    expect(read('A_B_A_B_1')).toBe('ABAB1');
  });

  it('keeps the spaces that the model saw, once', () => {
    expect(read('A_B_ _A_B')).toBe('AB AB');
  });

  it('scores by the letters, and nothing is nothing', () => {
    expect(decodeLine(steps('A_B'), 3, alphabet).score).toBeCloseTo(0.8);
    expect(decodeLine(steps('___'), 3, alphabet)).toEqual({ text: '', score: 0 });
  });
});
