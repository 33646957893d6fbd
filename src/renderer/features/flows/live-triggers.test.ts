import { expect, test } from 'vitest';
import type { FlowTriggers, LiveTrigger } from '../../../shared/model/trigger.ts';
import { liveWords } from './live-triggers.tsx';

const now = new Date(2026, 2, 12, 9, 0).getTime();
const schedule = (nextAt: number | null): LiveTrigger => ({
  ...{ kind: 'schedule', stepId: 's', name: 'Daily', cron: '0 14 * * *', zone: 'UTC', lastAt: null, nextAt },
});
const hook: LiveTrigger = {
  ...{ kind: 'webhook', stepId: 'w', name: 'Hook', method: 'POST', path: null, signed: false, lastAt: null },
};
const of = (...triggers: LiveTrigger[]) => liveWords({ triggers } as FlowTriggers, now);

test('F7: a flow that runs by itself says when next, or that it waits for calls', () => {
  const soon = new Date(2026, 2, 12, 14, 0).getTime();
  expect(of(schedule(soon + 3_600_000), schedule(soon), hook)).toBe('next today at 14:00, webhook');
  expect(of(hook)).toBe('webhook');
  expect(of(schedule(null))).toBe('triggers on');
});
