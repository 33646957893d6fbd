import { expect, it } from 'vitest';
import { chordOf, chordWords } from './chords.ts';

const keys = { code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

it.each([
  [{ key: 'g', ctrlKey: true }, 'Ctrl+G'],
  [{ key: 'G', metaKey: true, shiftKey: true }, 'Ctrl+Shift+G'],
  [{ key: 'å', code: 'KeyA', altKey: true }, 'Alt+A'],
  [{ key: 'ArrowRight', altKey: true }, 'Alt+ArrowRight'],
  [{ key: '?', shiftKey: true }, '?'],
  [{ key: '+' }, '+'],
  [{ key: ' ' }, 'Space'],
  [{ key: 'A', shiftKey: true }, 'Shift+A'],
  [{ key: 'a' }, 'A'],
  [{ key: 'Delete' }, 'Delete'],
])('%j is %s', (pressed, chord) => {
  expect(chordOf({ ...keys, ...pressed })).toBe(chord);
});

it('is shown in the signs of the system', () => {
  expect(chordWords('Ctrl+Shift+G', false)).toBe('Ctrl Shift G');
  expect(chordWords('Ctrl+Shift+G', true)).toBe('⌘ ⇧ G');
  expect(chordWords('Alt+ArrowRight', false)).toBe('Alt →');
  expect(chordWords('+', false)).toBe('+');
});
