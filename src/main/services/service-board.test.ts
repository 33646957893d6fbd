import { expect, test, vi } from 'vitest';
import { createServiceBoard } from './service-board.ts';

test('the board counts ends, keeps the reason until the service is ready again, and tells every change', () => {
  let now = 0;
  const changed = vi.fn();
  const board = createServiceBoard({ now: () => (now += 1) }, changed);
  board.note('worker', { state: 'starting' });
  board.note('worker', { state: 'waiting', until: 9, reason: 'it ended with SIGKILL' });
  board.note('worker', { state: 'starting' });
  expect(board.list()).toEqual([
    { name: 'worker', state: 'starting', since: 3, ended: 1, reason: 'it ended with SIGKILL' },
  ]);
  board.note('worker', { state: 'ready', pid: 1, ready: {} });
  expect(board.list()).toEqual([{ name: 'worker', state: 'ready', since: 4, ended: 1, reason: null }]);
  board.note('worker', { state: 'failed', failure: { type: 'failed', code: 'x', message: 'The port is in use' } });
  expect(board.list()[0]).toMatchObject({ state: 'failed', ended: 1, reason: 'The port is in use' });
  expect(changed).toHaveBeenCalledTimes(5);
});
