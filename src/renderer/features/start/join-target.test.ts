import { expect, test } from 'vitest';
import { readJoinTarget } from './join-target.ts';

test('protocol.md joining: a key with its host, case and look-alikes forgiven', () => {
  expect(readJoinTarget(' ab3x7k9m@rack.example:4171 ')).toBe('AB3X7K9M@rack.example:4171');
  expect(readJoinTarget('ABOX7K9L@[::1]:80')).toBe('AB0X7K91@[::1]:80');
});

test('protocol.md joining: nothing else becomes a command', () => {
  for (const typed of [
    '',
    'AB3X7K9M',
    'AB3X7K9M@',
    'short@host',
    'AB3X7K9M@host; rm -rf',
    'AB3X7K9M@a@b',
    'AB3X7K9M@host:port',
  ]) {
    expect(readJoinTarget(typed)).toBeNull();
  }
});
