import { expect, test } from 'vitest';
import { limits } from '../../shared/model/values.ts';
import { createManualTimers } from '../timers.ts';
import { createWriter } from './writer.ts';

function written() {
  const timers = createManualTimers();
  const sent: [number, string, string][] = [];
  return { timers, sent, ...createWriter(timers, (seq, stream, text) => sent.push([seq, stream, text])) };
}

test('F9: what comes after a pause goes at once, what comes soon after it goes together', () => {
  const { timers, sent, write } = written();
  write('token', 'Good');
  expect(sent).toEqual([[0, 'token', 'Good']]);
  write('token', ' day');
  write('token', ' to');
  expect(sent).toHaveLength(1);
  timers.advance(25);
  expect(sent.at(-1)).toEqual([1, 'token', ' day to']);
  timers.advance(25);
  write('token', ' you');
  expect(sent.at(-1)).toEqual([2, 'token', ' you']);
});

test('N9: the end sends the rest, in order of its streams, and leaves nothing waiting', () => {
  const { timers, sent, write, end } = written();
  write('token', 'a');
  write('token', 'b');
  write('log', 'c');
  end();
  expect(sent.map(([, stream, text]) => stream + text)).toEqual(['tokena', 'tokenb', 'logc']);
  timers.advance(25);
  expect(sent).toHaveLength(3);
});

test('S10: no chunk is larger than a chunk may be', () => {
  const { sent, write, end } = written();
  write('token', 'x'.repeat(limits.chunk));
  end();
  expect(Math.max(...sent.map(([, , text]) => text.length))).toBeLessThanOrEqual(limits.chunk / 3);
  expect(sent.map(([, , text]) => text).join('')).toHaveLength(limits.chunk);
});
