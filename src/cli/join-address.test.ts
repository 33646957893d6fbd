import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CommandError } from './failure.ts';
import { hostUrl, joinTarget, parseJoinAddress } from './join-address.ts';

describe('KEY@host[:port]', () => {
  test.each([
    ['AB3X7K9M@127.0.0.1:4200', 'http://127.0.0.1:4200'],
    ['ab3x-7k9m@localhost', 'http://localhost:4171'],
    ['AB3X7K9M@[::1]:5', 'http://[::1]:5'],
    ['AB3X7K9M@192.168.0.20', 'https://192.168.0.20:4172'],
    ['AB3X7K9M@host.example:443', 'https://host.example'],
    ['AB3X7K9M@https://host.example', 'https://host.example'],
    ['AB3X7K9M@http://10.0.0.1:80/', 'http://10.0.0.1'],
  ])('%s', (typed, url) => {
    expect(parseJoinAddress(typed)).toEqual({ joinKey: 'AB3X7K9M', url });
  });

  test.each(['', 'AB3X7K9M', '127.0.0.1:4171', 'AB3X@127.0.0.1', 'AB3X7K9M@', 'AB3X7K9M@a/b', 'AB3X7K9M@a:99999'])(
    '"%s" is refused with the form that is expected',
    (typed) => {
      expect(() => parseJoinAddress(typed)).toThrow(/KEY@host/);
    },
  );

  test('S10: whatever is typed gives an origin or a CommandError', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        try {
          expect(new URL(hostUrl(typed)).protocol).toMatch(/^https?:$/);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandError);
        }
      }),
    );
  });
});

describe('what is given to join', () => {
  const code = 'A'.repeat(43);
  const hex = 'ab'.repeat(32);
  test('protocol.md: an invite link brings its code and its fingerprint', () => {
    expect(joinTarget(`otherthing://join/192.168.0.20:4172/${code}#sha256=${hex}`, undefined)).toEqual({
      url: 'https://192.168.0.20:4172',
      code,
      fingerprint: `sha256:${hex}`,
    });
  });
  test('S11: half an invite link is no address', () => {
    expect(() => joinTarget(`otherthing://join/192.168.0.20:4172/${code.slice(1)}`, undefined)).toThrow(
      /Copy it again/,
    );
  });
  test('one of both has to be said', () => {
    expect(() => joinTarget(undefined, undefined)).toThrow(/invite link/);
    expect(() => joinTarget('AB3X7K9M@a', 'b')).toThrow(/invite link/);
  });
});
