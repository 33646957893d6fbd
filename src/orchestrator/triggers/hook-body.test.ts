import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { hookLimits, isSigned, readHookBody, readPairs, shownHeaders } from './hook-body.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('S10: whatever bytes come as whatever type, a body is a JSON value or refused with a code', () => {
  const types = fc.oneof(
    fc.constantFrom(undefined, 'application/json', 'text/plain', 'application/x-www-form-urlencoded', 'a/b+json'),
    fc.string(),
  );
  fc.assert(
    fc.property(types, fc.oneof(fc.uint8Array({ maxLength: 500 }), fc.json().map(bytes)), (type, content) => {
      try {
        const value = readHookBody(type, content);
        expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(['malformed_json', 'unsupported_media_type', 'bad_request']).toContain(error.code);
      }
    }),
    { numRuns: 500 },
  );
});

test('S10: JSON comes through as it is, up to its depth', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(readHookBody('application/json', bytes(text))).toEqual(JSON.parse(text));
    }),
  );
  const nested = (depth: number) => bytes('['.repeat(depth) + ']'.repeat(depth));
  expect(readHookBody('application/json', nested(hookLimits.depth))).toEqual(expect.any(Array));
  expect(() => readHookBody('application/json', nested(hookLimits.depth + 1))).toThrow(AppError);
  expect(readHookBody('application/json', bytes(`"${'['.repeat(1_000)}\\"["`))).toContain('[');
});

test('S10: a form has so many fields at most, and names of objects are nothing special', () => {
  expect(readPairs(new URLSearchParams('a=1&a=2&__proto__=x&b='))).toEqual(
    JSON.parse('{"a":["1","2"],"__proto__":"x","b":""}'),
  );
  expect(() => readPairs(new URLSearchParams('a=1&'.repeat(hookLimits.fields + 1)))).toThrow(AppError);
});

test('S5: headers that hold credentials, addresses or the signature are not shown', () => {
  const headers = {
    authorization: 'x',
    cookie: 'x',
    'proxy-authorization': 'x',
    'x-gitlab-token': 'x',
    'x-my-signature': 'x',
    'x-forwarded-for': 'x',
    'x-check': 'x',
    'content-type': 'text/plain',
    'x-event': ['a', 'b'],
  };
  expect(shownHeaders(headers, 'X-Check')).toEqual({ 'content-type': 'text/plain', 'x-event': 'a, b' });
});

test('S9: only the HMAC of these very bytes is a signature', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.string({ minLength: 1 }), fc.string(), (body, secret, other) => {
      const hex = createHmac('sha256', secret).update(body).digest('hex');
      expect(isSigned(hex, secret, body)).toBe(true);
      expect(isSigned(`sha256=${hex.toUpperCase()}`, secret, body)).toBe(true);
      expect(isSigned(other, secret, body)).toBe(false);
      expect(isSigned(hex, secret, Buffer.concat([body, Buffer.from('x')]))).toBe(false);
      expect(isSigned([hex], secret, body)).toBe(false);
    }),
  );
});
