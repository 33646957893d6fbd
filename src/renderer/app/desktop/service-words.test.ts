import { expect, test } from 'vitest';
import type { ServiceStanding } from '../../../shared/model/desktop.ts';
import { isInTrouble, serviceWords } from './service-words.ts';

const standing = (given: Partial<ServiceStanding>): ServiceStanding => ({
  ...{ name: 'worker', state: 'ready', since: 0, ended: 0, reason: null },
  ...given,
});

test('a service says how it stands, why it ended and how often', () => {
  expect(serviceWords(standing({}))).toBe('runs');
  expect(serviceWords(standing({ ended: 2 }))).toBe('runs, started again twice');
  const reason = 'it ended with SIGKILL';
  expect(serviceWords(standing({ state: 'waiting', ended: 1, reason }))).toBe(
    'ended and is being started again (it ended with SIGKILL)',
  );
  expect(serviceWords(standing({ state: 'failed', reason: 'The port is in use' }))).toBe(
    'cannot start: The port is in use',
  );
});

test('the first start is no trouble, another one is', () => {
  expect(isInTrouble(standing({ state: 'starting' }))).toBe(false);
  expect(isInTrouble(standing({ state: 'starting', ended: 1 }))).toBe(true);
  expect(isInTrouble(standing({ state: 'failed' }))).toBe(true);
  expect(isInTrouble(standing({ ended: 5 }))).toBe(false);
});
