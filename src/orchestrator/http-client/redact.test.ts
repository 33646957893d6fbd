import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactionOf } from './redact.ts';

const secret = 'tok"en/with+signs &5521';
const { text, pieces, stream } = redactionOf([secret]);

test.each([
  ['as it is', secret],
  ['in JSON', JSON.stringify({ secret })],
  ['in JSON in JSON', JSON.stringify({ said: JSON.stringify({ secret }) })],
  ['in a URL', `https://example.com/?q=${encodeURIComponent(secret)}`],
  ['in a form', new URLSearchParams({ q: secret }).toString()],
  ['in hex', Buffer.from(secret).toString('hex')],
  ['in large hex', Buffer.from(secret).toString('hex').toUpperCase()],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['among other bytes in base64', Buffer.from(`user:${secret}!`).toString('base64')],
  ['after one byte in base64', Buffer.from(`u${secret}`).toString('base64url')],
])('S5: a secret is hidden %s', (_how, found) => {
  expect(text(found)).toContain('[hidden]');
  expect(text(found).length).toBeLessThan(found.length);
  expect(text(text(found))).toBe(text(found));
});

test('S5: a secret that comes in pieces is hidden wherever it is cut, and everything else arrives', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.array(fc.nat(60), { maxLength: 8 }), (before, after, places) => {
      const whole = `${before}${secret}${after}`;
      const cuts = [0, ...places.map((place) => Math.min(place, whole.length)).sort((a, b) => a - b), whole.length];
      const { push, end } = pieces();
      const shown = cuts.slice(1).map((to, index) => push(whole.slice(cuts[index], to)));
      expect([...shown, end()].join('')).toBe(text(whole));
    }),
  );
});

test('S5: what ends with the beginning of a secret arrives whole', () => {
  const { push, end } = pieces();
  expect(push('so tok')).toBe('so ');
  expect(push('a')).toBe('toka');
  expect(push(' tok"e') + end()).toBe(' tok"e');
});

test('S5: a file on its way is cleaned byte by byte', async () => {
  const through = stream();
  const bytes = Buffer.from(`\u00e4 ${secret} \u00e4`);
  for (const byte of bytes) through.write(Buffer.from([byte]));
  through.end();
  const parts: Buffer[] = [];
  for await (const part of through) parts.push(part as Buffer);
  expect(Buffer.concat(parts).toString()).toBe('\u00e4 [hidden] \u00e4');
});
