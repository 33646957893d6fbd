import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineReader, createSseReader } from './lines.ts';

/** Cuts a text at random places, as a network does. */
const cuts = (text: string) =>
  fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 }).map((places) => {
    const sorted = [0, ...places.sort((a, b) => a - b), text.length];
    return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
  });

test('F9: a stream of events reads the same, wherever the network cuts it', () => {
  const text = 'event: start\r\ndata: {"a":1}\r\n\r\n: a comment\n\ndata: one\ndata: two\n\ndata: [DONE]';
  const expected = [
    { event: 'start', data: '{"a":1}' },
    { event: 'message', data: 'one\ntwo' },
    { event: 'message', data: '[DONE]' },
  ];
  fc.assert(
    fc.property(cuts(text), (parts) => {
      const reader = createSseReader();
      expect([...parts.flatMap((part) => reader.push(part)), ...reader.end()]).toEqual(expected);
    }),
  );
});

test('F9: lines read the same, wherever the network cuts them', () => {
  const text = '{"x":"ä"}\n\n{"y":2}';
  fc.assert(
    fc.property(cuts(text), (parts) => {
      const reader = createLineReader();
      expect([...parts.flatMap((part) => reader.push(part)), ...reader.end()]).toEqual(['{"x":"ä"}', '', '{"y":2}']);
    }),
  );
});

test('S10: a line without end is refused instead of held', () => {
  const reader = createLineReader();
  expect(() => {
    for (let part = 0; part < 20; part += 1) reader.push('x'.repeat(1_000_000));
  }).toThrow('too long');
});
