import { expect, test } from 'vitest';
import { createTokenWriter } from './token-writer.ts';

function started() {
  const written: string[] = [];
  const writer = createTokenWriter((text) => void written.push(text));
  const say = (jobId: string, seq: number, text: string, attempt = 1) =>
    writer.chunks(jobId, `Step ${jobId}`, [{ attempt, seq, stream: 'token', text, at: 0 }]);
  return { writer, say, text: () => written.join('') };
}

test('F9: tokens are written as they come, each once, and other lines begin on a line of their own', () => {
  const { writer, say, text } = started();
  say('a', 0, 'Good ');
  say('a', 1, 'day');
  say('a', 1, 'day');
  writer.line('  ✓ Chat');
  expect(text()).toBe('  Step a:\nGood day\n  ✓ Chat\n');
  expect(writer.last('a')).toEqual({ attempt: 1, seq: 1 });
});

test('F9: of two that speak at once the second is heard when the first has ended', () => {
  const { writer, say, text } = started();
  say('a', 0, 'one ');
  say('b', 0, 'two');
  say('a', 1, 'more');
  expect(text()).not.toContain('two');
  writer.ended('b');
  writer.ended('a');
  expect(text()).toBe('  Step a:\none more\n  Step b:\ntwo');
});

test('J4: an answer that broke off is followed by the next, and said so; logs are no tokens', () => {
  const { writer, say, text } = started();
  say('a', 0, 'Half');
  writer.chunks('a', 'Step a', [{ attempt: 2, seq: 0, stream: 'log', text: 'loading', at: 0 }]);
  say('a', 1, 'Whole', 2);
  say('a', 9, 'late', 1);
  expect(text()).toBe('  Step a:\nHalf\n(asked again)\nWhole');
});

test("F9: what arrives after the end of its job is written, and takes nobody's turn", () => {
  const { writer, say, text } = started();
  writer.ended('a');
  say('a', 0, 'late');
  say('b', 0, 'next');
  expect(text()).toBe('  Step a:\nlate\n  Step b:\nnext');
});
