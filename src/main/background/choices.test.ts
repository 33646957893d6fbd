import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChoices } from './choices.ts';

const clock = { now: () => 0 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otherthing-choices-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('choices are kept, the last of several at once is the one that stays', async () => {
  const file = await openChoices(folder, clock);
  expect(file.current).toEqual({ background: 'ask', openAtLogin: false, notify: false });
  await Promise.all([
    file.change({ background: 'on' }),
    file.change({ notify: true }),
    file.change({ background: 'off' }),
  ]);
  expect((await openChoices(folder, clock)).current).toEqual({ background: 'off', openAtLogin: false, notify: true });
});

test('a damaged file is set aside and said so, never written over', async () => {
  await writeFile(join(folder, 'desktop.json'), '{"background":');
  const file = await openChoices(folder, clock);
  expect(file.current.background).toBe('ask');
  expect(file.setAside).toContain('desktop.json.damaged-');
  await file.change({ openAtLogin: true });
  expect((await readdir(folder)).filter((name) => name.includes('damaged'))).toHaveLength(1);
});
