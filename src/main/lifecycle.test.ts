import { EventEmitter } from 'node:events';
import type { App } from 'electron';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Logger } from '../platform/log.ts';
import { stopBeforeQuit } from './lifecycle.ts';

const log = { error: () => undefined } as unknown as Logger;

class StandIn extends EventEmitter {
  readonly exit = vi.fn();
  left = 0;
  quit = () => {
    let held = false;
    this.emit('will-quit', { preventDefault: () => (held = true) });
    if (!held) this.left += 1;
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function begin(stop: () => Promise<void>) {
  const app = new StandIn();
  const kill = vi.fn();
  stopBeforeQuit(app as unknown as App, log, { stop, kill });
  return { app, kill };
}

test('the app ends once, when everything has ended, however often it is asked to', async () => {
  const ended = Promise.withResolvers<void>();
  const stop = vi.fn(() => ended.promise);
  const { app, kill } = begin(stop);
  app.quit();
  app.quit();
  expect([stop.mock.calls.length, app.left]).toEqual([1, 0]);
  ended.resolve();
  await vi.advanceTimersByTimeAsync(20_000);
  expect([app.left, kill.mock.calls.length, app.exit.mock.calls.length]).toEqual([1, 0, 0]);
});

test('an end that fails is an end', async () => {
  const { app } = begin(() => Promise.reject(new Error('no')));
  app.quit();
  await vi.advanceTimersByTimeAsync(0);
  expect(app.left).toBe(1);
});

test('issue 6: what does not end in order is killed, and the app is gone within ten seconds', async () => {
  const { app, kill } = begin(() => new Promise(() => undefined));
  app.quit();
  await vi.advanceTimersByTimeAsync(9_500);
  expect([kill.mock.calls.length, app.exit.mock.calls.length]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(500);
  expect(app.exit).toHaveBeenCalledWith(1);
});
