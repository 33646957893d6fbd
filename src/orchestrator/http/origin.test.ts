import { describe, expect, test } from 'vitest';
import { isKnownHost, judgeOrigin, mayMutate } from './origin.ts';

describe('known hosts', () => {
  test.each(['localhost', 'localhost:8420', '127.0.0.1:1', '[::1]:8420', 'LOCALHOST:8420', 'box.example:8420'])(
    'data.md: %s is this host',
    (header) => expect(isKnownHost(header, ['box.example'])).toBe(true),
  );
  test.each([
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost:8420@evil.example',
    'localhost:',
    '[::2]',
    'localhost/x',
  ])('data.md: %s is refused (DNS rebinding)', (header) => expect(isKnownHost(header, ['box.example'])).toBe(false));
});

describe('the address that a connection came to', () => {
  test.each([
    ['192.168.0.20:4172', '192.168.0.20'],
    ['192.168.0.20', '::ffff:192.168.0.20'],
    ['[2001:db8::1]:4172', '2001:db8::1'],
  ])('S3: %s is this host when it came to %s', (header, address) => {
    expect(isKnownHost(header, [], address)).toBe(true);
  });
  test('S3: another address is not, nor is a name that points here', () => {
    expect(isKnownHost('192.168.0.21', [], '192.168.0.20')).toBe(false);
    expect(isKnownHost('box.example', [], '192.168.0.20')).toBe(false);
  });
});

describe('origins', () => {
  test('S2: only the same scheme, name and port is the same site', () => {
    expect(judgeOrigin('http://localhost:1', 'http', 'localhost:1')).toBe('same');
    expect(judgeOrigin('http://localhost:2', 'http', 'localhost:1')).toBe('foreign');
    expect(judgeOrigin('https://localhost:1', 'http', 'localhost:1')).toBe('foreign');
    expect(judgeOrigin('null', 'http', 'localhost:1')).toBe('foreign');
    expect(judgeOrigin('app://otherthing', 'http', 'localhost:1')).toBe('desktop');
    expect(judgeOrigin('app://otherthing.evil', 'http', 'localhost:1')).toBe('foreign');
    expect(judgeOrigin(undefined, 'http', 'localhost:1')).toBe('none');
  });

  test('S2: a cookie changes something only from our own page', () => {
    expect(['same', 'desktop', 'none', 'foreign'].map((verdict) => mayMutate(verdict as never, true))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(['same', 'desktop', 'none', 'foreign'].map((verdict) => mayMutate(verdict as never, false))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
