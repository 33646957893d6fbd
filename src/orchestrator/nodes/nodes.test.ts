import { expect, test } from 'vitest';
import { addressGroup } from '../address-group.ts';
import type { NodeRow } from '../store/tables.ts';
import { type Appearance, appearanceKey, nextAppearance } from './appearance.ts';
import { createGuesses } from './guesses.ts';
import { createRoster } from './roster.ts';

test('colour and mark: the first free pair; the ninth starts again with the marks shifted; 64 are distinct', () => {
  const next = (of: readonly Appearance[]) => nextAppearance((key) => of.map(appearanceKey).includes(key), of.length);
  const taken: Appearance[] = [];
  for (let index = 0; index < 64; index += 1) taken.push(next(taken));
  expect(taken.slice(0, 2)).toEqual([
    { colour: 1, mark: 1 },
    { colour: 2, mark: 2 },
  ]);
  expect(taken.slice(7, 10)).toEqual([
    { colour: 8, mark: 8 },
    { colour: 1, mark: 2 },
    { colour: 2, mark: 3 },
  ]);
  expect(new Set(taken.map(({ colour, mark }) => colour * 10 + mark)).size).toBe(64);
  expect(next(taken.toSpliced(3, 1))).toEqual(taken[3]);
  expect(next(taken)).toEqual(taken[0]);
});

test.each([
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:1:aaaa:bbbb:cccc:dddd', '2001:db8:0:1::/64'],
  ['2001:0db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('N1: %s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test('N1: a host hears at most 100 wrong keys an hour', () => {
  let now = 0;
  const guesses = createGuesses({ now: () => now });
  for (let guess = 0; guess < 99; guess += 1) guesses.failed(`192.0.2.${guess}`);
  expect(guesses.hostSpent()).toBe(false);
  guesses.failed('192.0.2.100');
  expect([guesses.hostSpent(), guesses.addressSpent('192.0.2.1')]).toEqual([true, false]);
  now += 3_600_000;
  expect(guesses.hostSpent()).toBe(false);
});

test('N1: a share key finds its node, also after it was rotated, and nobody after the node is forgotten', () => {
  const roster = createRoster();
  const first = roster.add(rowOf('node-a', 'AAAAAAAA'), []);
  const second = roster.add(rowOf('node-b', 'BBBBBBBB'), []);
  roster.setRow(first, { ...first.row, shareKey: 'CCCCCCCC' });
  expect(['AAAAAAAA', 'CCCCCCCC', 'BBBBBBBB'].map(roster.byShareKey)).toEqual([undefined, first, second]);
  roster.remove('node-b');
  expect([roster.byShareKey('BBBBBBBB'), roster.size]).toEqual([undefined, 1]);
});

const rowOf = (id: string, shareKey: string): NodeRow => ({
  ...{ id, shareKey, name: id, publicKey: null, ownerId: null, colour: 1, mark: 1, version: null, sessionEpoch: 1 },
  ...{ capabilities: { node_id: id }, resourceLimits: {}, remoteControlEnabled: false, executors: [], tags: [] },
  ...{ lastSeenAt: null, createdAt: 0, embedded: false, done: 0, nodeFaults: 0 },
});
