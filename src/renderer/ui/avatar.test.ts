import { expect, test } from 'vitest';
import { initials, personColour } from './avatar.tsx';

test('DESIGN: people are shown by up to two initials', () => {
  expect(['Ana Ruiz', 'root', ' Mira  van Okafor ', ''].map(initials)).toEqual(['AR', 'R', 'MO', '?']);
});

test('DESIGN: a person keeps one of the six colours', () => {
  const colours = Array.from({ length: 50 }, (_, index) => personColour(`usr-${index}`));
  expect(new Set(colours)).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  expect(personColour('usr-7')).toBe(personColour('usr-7'));
});
