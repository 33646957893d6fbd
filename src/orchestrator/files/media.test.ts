import { describe, expect, test } from 'vitest';
import { cleanFileName, dispositionOf, mediaTypeOf } from './media.ts';
import { readRange } from './range.ts';

describe('names and types of files', () => {
  test('S10: a name keeps no folder and no control character', () => {
    expect(cleanFileName('../../etc/passwd')).toBe('passwd');
    expect(cleanFileName('C:\\temp\\a\r\nb.png')).toBe('ab.png');
    expect(['..', '', '/', '\u0000'].map(cleanFileName)).toEqual(['file', 'file', 'file', 'file']);
    expect(cleanFileName('x'.repeat(300))).toHaveLength(255);
  });

  test('S10: only what runs nothing is shown in place; the header cannot be broken out of', () => {
    expect(dispositionOf('a.png', mediaTypeOf('a.png'))).toBe(`inline; filename="a.png"; filename*=UTF-8''a.png`);
    expect(dispositionOf('a.svg', mediaTypeOf('a.svg'))).toMatch(/^attachment/);
    expect(dispositionOf('a.html', mediaTypeOf('a.html'))).toMatch(/^attachment/);
    expect(dispositionOf('a"; x="\r\n€.png', 'image/png')).toBe(
      `inline; filename="a_; x=____.png"; filename*=UTF-8''a%22%3B%20x%3D%22%0D%0A%E2%82%AC.png`,
    );
    expect(mediaTypeOf('noending')).toBe('application/octet-stream');
  });
});

describe('ranges', () => {
  test.each([
    [undefined, { kind: 'whole' }],
    ['bytes=0-3', { kind: 'part', start: 0, end: 3 }],
    ['bytes=4-', { kind: 'part', start: 4, end: 9 }],
    ['bytes=-3', { kind: 'part', start: 7, end: 9 }],
    ['bytes=-30', { kind: 'part', start: 0, end: 9 }],
    ['bytes=8-100', { kind: 'part', start: 8, end: 9 }],
    ['bytes=10-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=5-4', { kind: 'unsatisfiable' }],
    ['bytes=0-1,4-5', { kind: 'whole' }],
    ['lines=0-1', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
  ])('RFC 9110: %s of 10 bytes', (header, answer) => expect(readRange(header, 10)).toEqual(answer));
});
