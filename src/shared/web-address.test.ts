import fc from 'fast-check';
import { expect, test } from 'vitest';
import { liesBelow, wrongBase } from './web-address.ts';

test.each([
  ['https://api.example.com/v1', 'https://api.example.com/v1', true],
  ['https://api.example.com/v1/items?x=1', 'https://api.example.com/v1', true],
  ['https://api.example.com/v1/items', 'https://api.example.com/v1/', true],
  ['https://api.example.com/v12', 'https://api.example.com/v1', false],
  ['https://api.example.com/v1/../admin', 'https://api.example.com/v1', false],
  ['https://api.example.com/v1/%2e%2e/admin', 'https://api.example.com/v1', false],
  ['https://api.example.com/v1/..%2fadmin', 'https://api.example.com/v1', false],
  ['https://api.example.com/v1/..%5cadmin', 'https://api.example.com/v1', false],
  ['https://api.example.com.evil.example/v1/', 'https://api.example.com/v1', false],
  ['https://api.example.com@evil.example/v1/', 'https://api.example.com/v1', false],
  ['https://x:y@api.example.com/v1/', 'https://api.example.com/v1', false],
  ['http://api.example.com/v1/', 'https://api.example.com/v1', false],
  ['https://api.example.com:8443/v1/', 'https://api.example.com/v1', false],
  ['https://api.example.com/anything', 'https://api.example.com', true],
])('S9: %s below %s: %s', (url, base, expected) => {
  expect(liesBelow(new URL(url), base)).toBe(expected);
});

test('S9: whatever is put behind a base, what lies below it keeps its beginning', () => {
  const base = 'https://api.example.com/v1';
  fc.assert(
    fc.property(fc.string(), (rest) => {
      const url = URL.parse(base + rest);
      if (url === null || !liesBelow(url, base)) return;
      expect(url.host).toBe('api.example.com');
      expect(`${url.pathname}/`.startsWith('/v1/')).toBe(true);
    }),
  );
});

test.each([
  ['https://api.example.com/v1', null],
  ['ftp://api.example.com', 'An address begins'],
  ['api.example.com', 'An address begins'],
  ['https://a:b@example.com', 'A name or a password'],
  ['https://example.com/?key=1', 'Only a beginning'],
])('a base: %s', (base, words) => {
  const said = wrongBase(base);
  if (words === null) expect(said).toBeNull();
  else expect(said).toContain(words);
});
