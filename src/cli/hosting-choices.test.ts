import { describe, expect, test } from 'vitest';
import { hostingChoices, hostingLines, parseListen } from './hosting-choices.ts';

describe('--listen', () => {
  test.each([
    ['0.0.0.0', { address: '0.0.0.0', port: 4172 }],
    ['192.168.0.20:443', { address: '192.168.0.20', port: 443 }],
    ['[2001:db8::1]:0', { address: '2001:db8::1', port: 0 }],
    ['::', { address: '::', port: 4172 }],
  ])('S3: %s', (typed, read) => expect(parseListen(typed)).toEqual(read));
  test.each(['', 'box.example', '192.168.0.20:', '192.168.0.20:70000', '192.168.0.300'])('S3: "%s" is none', (typed) =>
    expect(parseListen(typed)).toBeNull(),
  );
});

test('S3: nothing is asked for unless it is said', () => {
  expect(hostingChoices({})).toEqual({});
  expect(() => hostingChoices({ tlsCert: 'a.pem' })).toThrow(/belong together/);
});

test('S4: the fingerprint is shown in both forms, and a problem in words', () => {
  const fingerprint = `sha256:${'ab'.repeat(32)}`;
  const lines = hostingLines({ origins: ['https://10.0.0.2:4172'], fingerprint, problem: null }).join('\n');
  expect(lines).toContain(fingerprint);
  expect(lines).toContain('ABAB ABAB');
  expect(hostingLines({ origins: [], fingerprint: null, problem: 'Port 1 is taken.' })[0]).toContain(
    'Port 1 is taken.',
  );
});
