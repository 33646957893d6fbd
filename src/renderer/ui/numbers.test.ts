import { expect, test } from 'vitest';
import {
  formatAbout,
  formatAgo,
  formatBytes,
  formatDriveSize,
  formatDuration,
  formatMemory,
  formatPlural,
  formatShare,
} from './numbers.ts';

const spaced = (text: string) => text.replaceAll('\u2009', ' ');

test('DESIGN words: durations are said as people say them, with a thin space before the unit', () => {
  const said = [0, 80, 800, 3_240, 38_600, 59_960, 161_000, 180_000, 12_540_000, 200_000_000]
    .map(formatDuration)
    .map(spaced);
  expect(said).toEqual([
    '0 ms',
    '80 ms',
    '0.8 s',
    '3.2 s',
    '38.6 s',
    '1 min',
    '2 min 41 s',
    '3 min',
    '3 h 29 min',
    '2 days',
  ]);
  expect(formatDuration(800)).toContain('\u2009');
});

test('DESIGN words: an estimate says "about"', () => {
  expect([4_000, 41_000, 58_000, 200_000].map(formatAbout).map(spaced)).toEqual([
    'about 10 s',
    'about 40 s',
    'about 1 min',
    'about 3 min',
  ]);
});

test('interface.md numbers: sizes carry their unit', () => {
  expect([0, 999, 1_000, 214_300, 9_140_000_000].map(formatBytes).map(spaced)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '214 kB',
    '9.1 GB',
  ]);
  expect([512, 65_536, 7_578].map(formatMemory).map(spaced)).toEqual(['512 MB', '64 GB', '7.4 GB']);
  expect([112, 1_180].map(formatDriveSize).map(spaced)).toEqual(['112 GB', '1.18 TB']);
});

test('interface.md numbers: shares and counts', () => {
  expect(spaced(formatShare(0.336))).toBe('34 %');
  expect([formatPlural(1, 'node'), formatPlural(1204, 'file')]).toEqual(['1 node', '1,204 files']);
});

test('interface.md numbers: time is relative', () => {
  const now = new Date(2026, 2, 12, 14, 30).getTime();
  const ago = (minutes: number) => spaced(formatAgo(now - minutes * 60_000, now));
  expect([0, 0.5, 6, 120, 750 + 60 * 12, 60 * 24 * 3, 60 * 24 * 300].map(ago)).toEqual([
    'now',
    '30 s ago',
    '6 min ago',
    '2 h ago',
    'yesterday, 14:00',
    '9 March',
    '16 May 2025',
  ]);
});
