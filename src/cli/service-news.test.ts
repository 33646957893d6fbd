import { expect, test } from 'vitest';
import { serviceNews } from './service-news.ts';

test('a service that ended is told with the reason and the wait', () => {
  const state = { state: 'waiting', until: 11_500, reason: 'it ended with SIGKILL' } as const;
  expect(serviceNews('worker', state, 10_000)).toBe(
    'The worker stopped: it ended with SIGKILL. Starting it again in 1.5 s.',
  );
});

test('one that is given up is told with what it said', () => {
  const failure = { type: 'failed', code: 'store_newer', message: 'written by a newer version' } as const;
  expect(serviceNews('orchestrator', { state: 'failed', failure }, 0)).toBe(
    'The orchestrator cannot start: written by a newer version',
  );
});

test('what goes well needs no words', () => {
  expect(serviceNews('worker', { state: 'starting' }, 0)).toBeNull();
  expect(serviceNews('worker', { state: 'ready', pid: 1, ready: {} }, 0)).toBeNull();
});
