import { expect, it } from 'vitest';
import { createPins, pinsOf, readPins } from './pins.ts';

it('F7: pins are kept beside the flow, and read only as far as they are of the right form', () => {
  let kept: string | null = null;
  const keeper = {
    read: () => kept,
    write: (text: string) => {
      kept = text;
    },
  };
  const pins = createPins(keeper);
  pins.pin('a', { text: 'one' });
  pins.pin('b', { value: [1] });
  pins.unpin('a');
  expect(createPins(keeper).state.getState()).toEqual({ b: { value: [1] } });
  expect(pinsOf({ a: {}, b: {} }, new Map([['b', 1]]))).toEqual({ b: {} });
  expect(readPins('{"a":3,"b":{"text":"x"}}')).toEqual({ b: { text: 'x' } });
  expect(readPins('nonsense')).toEqual({});
});

it('what is too large for the browser is pinned for now only', () => {
  const written: string[] = [];
  const pins = createPins({ read: () => null, write: (text) => written.push(text) });
  pins.pin('a', { text: 'x'.repeat(500_000) });
  expect(pins.state.getState()['a']).toBeDefined();
  expect(written.at(-1)).toBe('{}');
});
