import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFingerprint, showFingerprint } from './fingerprint.ts';
import { formatJoinLink, originOfLink, parseJoinLink } from './join-link.ts';

const code = 'A'.repeat(43);
const hex = '0123456789abcdef'.repeat(4);

describe('invite links', () => {
  test.each([
    [`otherthing://join/192.168.0.20:4172/${code}#sha256=${hex}`, 'https://192.168.0.20:4172'],
    [`otherthing://join/[2001:db8::1]:4172/${code}#sha256=${hex}`, 'https://[2001:db8::1]:4172'],
    [`otherthing://join/team.example/${code}`, 'https://team.example'],
    [`otherthing://join/127.0.0.1:4171/${code}`, 'http://127.0.0.1:4171'],
    [`otherthing://join/127.0.0.2:4171/${code}#sha256=${hex}`, 'https://127.0.0.2:4171'],
  ])('protocol.md: %s', (text, origin) => {
    const link = parseJoinLink(text);
    expect(link).not.toBeNull();
    if (link === null) return;
    expect(originOfLink(link)).toBe(origin);
    expect(formatJoinLink(link)).toBe(text);
  });

  test.each([
    '',
    `otherthing://join/host/${code}x`,
    `otherthing://join/host/${code}?x=1`,
    `otherthing://join/user@host/${code}`,
    `otherthing://join/host:99999/${code}`,
    `otherthing://join/host/${code}#sha256=${hex.slice(1)}`,
    `otherthing://join/host/${code}#sha1=${hex}`,
    `otherthing://flow/host/${code}`,
    `https://host/join/${code}`,
    `otherthing://join/ho st/${code}`,
    `otherthing://join/host/../${code}`,
  ])('S11: "%s" is no invite link', (text) => expect(parseJoinLink(text)).toBeNull());

  test('S11: whatever is read is written the same way', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl().map((url) => url.replace(/^\w+:/, 'otherthing:')),
        ),
        (text) => {
          const link = parseJoinLink(text);
          if (link !== null) expect(parseJoinLink(formatJoinLink(link))).toEqual(link);
        },
      ),
    );
  });
});

describe('fingerprints', () => {
  test('S4: are read however they were shown', () => {
    const pairs = hex.match(/../g)?.join(':').toUpperCase() ?? '';
    for (const typed of [hex, `sha256:${hex}`, `SHA256=${hex}`, pairs, showFingerprint(`sha256:${hex}`)]) {
      expect(parseFingerprint(typed)).toBe(`sha256:${hex}`);
    }
    expect(parseFingerprint(hex.slice(1))).toBeNull();
    expect(parseFingerprint('')).toBeNull();
  });
});
