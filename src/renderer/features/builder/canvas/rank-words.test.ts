import { expect, it } from 'vitest';
import { rankWords } from './rank-words.ts';

it('puts a name that begins with what was typed before one that only mentions it', () => {
  const map = rankWords('map', 'map', ['Map', 'Does the steps inside for each item']);
  const text = rankWords('template', 'map', ['Template', 'Puts values into a text, also in a map']);
  expect(map).toBeGreaterThan(text);
  expect(rankWords('if', 'map', ['If', 'Sends a value one way or the other'])).toBe(0);
  expect(rankWords('x', 'read image', ['Read text in image', ''])).toBeGreaterThan(0);
});
