import { expect, test } from 'vitest';
import type { ServiceProcess } from '../../platform/service-process.ts';
import { rememberForked } from './forked.ts';

function forkable() {
  const signals: string[] = [];
  const exits: (() => void)[] = [];
  const forked = rememberForked(
    (entry) =>
      ({
        onExit: (ended: (how: number) => void) => exits.push(() => ended(0)),
        kill: (signal: string) => signals.push(`${signal} ${entry}`),
      }) as unknown as ServiceProcess,
  );
  return { forked, signals, exits };
}

test('all that live are asked to end, and waited for', async () => {
  const { forked, signals, exits } = forkable();
  forked.fork('one');
  forked.fork('two');
  exits[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  let ended = false;
  const ending = forked.end().then(() => {
    ended = true;
  });
  expect(signals).toEqual(['SIGTERM two']);
  expect(ended).toBe(false);
  forked.kill();
  exits[1]?.();
  await ending;
  expect(signals).toEqual(['SIGTERM two', 'SIGKILL two']);
});

test('nothing that lives is nothing to wait for', async () => {
  await expect(forkable().forked.end()).resolves.toBeUndefined();
});
