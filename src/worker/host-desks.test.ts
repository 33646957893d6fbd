import { expect, test } from 'vitest';
import type { HostToJoin } from '../shared/services.ts';
import type { HostDesk } from './host-desk.ts';
import { createHostDesks } from './host-desks.ts';

const print = (digit: string) => `sha256:${digit.repeat(64)}`;
const ours: HostToJoin = { url: 'http://127.0.0.1:4171', introduce: 'a token of the embedding host' };
const theirs: HostToJoin = { url: 'https://box.example:4172', fingerprint: print('a'), joinKey: 'AB3X7K9M' };

function desks() {
  const seen: string[] = [];
  const made = createHostDesks(async ({ url }) => {
    seen.push(`open ${url}`);
    return {
      introduce: (key: string) => seen.push(`introduce ${key} at ${url}`),
      stop: async () => void seen.push(`stop ${url}`),
    } as unknown as HostDesk;
  });
  return { made, seen };
}

test('protocol.md: one connection per host; those that stay go on when others come and go', async () => {
  const { made, seen } = desks();
  await made.serve([ours]);
  await made.serve([ours, theirs]);
  await made.serve([ours, theirs]);
  await made.serve([ours]);
  expect(seen).toEqual([`open ${ours.url}`, `open ${theirs.url}`, `stop ${theirs.url}`]);
  await made.stop();
  expect([...made.all()]).toEqual([]);
});

test('a new key brings the node into another workspace without ending its connection for good', async () => {
  const { made, seen } = desks();
  await made.serve([theirs]);
  await made.serve([{ ...theirs, joinKey: 'CD5Y8M2N' }]);
  const { joinKey: _, ...without } = theirs;
  await made.serve([without]);
  expect(seen).toEqual([`open ${theirs.url}`, `introduce CD5Y8M2N at ${theirs.url}`]);
});

test('S4: another pinned certificate means another connection', async () => {
  const { made, seen } = desks();
  await made.serve([theirs]);
  await made.serve([{ ...theirs, fingerprint: print('b') }]);
  expect(seen).toEqual([`open ${theirs.url}`, `stop ${theirs.url}`, `open ${theirs.url}`]);
});

test('changes are made in the order in which they were asked for, and a host that cannot be opened stops no other', async () => {
  const { made, seen } = desks();
  await Promise.all([made.serve([ours, theirs]), made.serve([]), made.serve([ours])]);
  expect(seen.slice(0, 2)).toEqual([`open ${ours.url}`, `open ${theirs.url}`]);
  expect(seen.at(-1)).toBe(`open ${ours.url}`);
  const failing = createHostDesks(() => Promise.reject(new Error('no disk')));
  await expect(failing.serve([ours])).rejects.toThrow('no disk');
  await expect(failing.serve([])).resolves.toBeUndefined();
});
