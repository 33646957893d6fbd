import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CronTimes, readCron } from '../../shared/flows/cron.ts';
import { graceMs, whenDue } from './when-due.ts';

const cron = (text: string): CronTimes => readCron(text, 'UTC') ?? expect.fail();
const at = (text: string) => Date.parse(`2027-01-15T${text}Z`);
const hourly = cron('0 * * * *');

test('a time that has come starts a run, and the next is waited for', () => {
  expect(whenDue(hourly, at('08:00'), at('08:59'), 'skip')).toEqual({
    fire: null,
    since: at('08:00'),
    next: at('09:00'),
  });
  expect(whenDue(hourly, at('08:00'), at('09:00:02'), 'skip')).toEqual({
    fire: at('09:00'),
    since: at('09:00'),
    next: at('10:00'),
  });
});

test('times that were missed are left out, or one run stands for all of them', () => {
  expect(whenDue(hourly, at('01:00'), at('09:30'), 'skip')).toEqual({
    fire: null,
    since: at('09:00'),
    next: at('10:00'),
  });
  expect(whenDue(hourly, at('01:00'), at('09:30'), 'once')).toEqual({
    fire: at('09:00'),
    since: at('09:00'),
    next: at('10:00'),
  });
});

test('a schedule that never comes again asks for nothing', () => {
  expect(whenDue(cron('0 0 30 2 *'), at('08:00'), at('09:00'), 'once')).toEqual({
    fire: null,
    since: at('08:00'),
    next: null,
  });
});

test('F2: no time comes twice and none early, at most one each time one looks, however the clock jumps', () => {
  const texts = fc.constantFrom('* * * * * *', '*/5 * * * *', '0 9 * * 1-5', '30 2 * * *', '0 0 29 2 *');
  const jumps = fc.array(fc.integer({ min: -3_600_000, max: 40 * 86_400_000 }), { minLength: 1, maxLength: 20 });
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(texts, zones, jumps, fc.constantFrom('skip', 'once'), (text, zone, steps, missed) => {
      const times = readCron(text, zone) ?? expect.fail();
      let now = at('00:00');
      let since = now;
      let last = Number.NEGATIVE_INFINITY;
      for (const step of steps) {
        now += step;
        const due = whenDue(times, since, now, missed);
        expect(due.since).toBeGreaterThanOrEqual(since);
        if (due.fire !== null) {
          expect(due.fire).toBeGreaterThan(last);
          expect(due.fire).toBeLessThanOrEqual(now);
          if (missed === 'skip') expect(now - due.fire).toBeLessThanOrEqual(graceMs);
          last = due.fire;
        }
        if (due.next !== null) expect(due.next).toBeGreaterThan(due.since);
        ({ since } = due);
        // Looking again at once starts nothing more.
        expect(whenDue(times, since, now, missed).fire).toBeNull();
      }
    }),
    { numRuns: 200 },
  );
});
