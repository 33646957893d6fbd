import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createManualTimers } from '../../timers.ts';
import { createDueTimes } from './due-times.ts';

function world() {
  const timers = createManualTimers(0);
  let skew = 0;
  const fired: [string, number][] = [];
  const jump = (ms: number) => {
    skew += ms;
  };
  const clock = { now: () => timers.now() + skew };
  const times = createDueTimes({ clock, timers }, (name) => fired.push([name, clock.now()]));
  return { timers, times, fired, jump };
}

test('F8: every name is told once, at its last time and not before, whatever is set and forgotten meanwhile', () => {
  const act = fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    what: fc.constantFrom('set', 'forget', 'wait'),
    ms: fc.integer({ min: 0, max: 100_000 }),
  });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const { timers, times, fired } = world();
      const expected = new Map<string, number>();
      const due: [string, number][] = [];
      const pass = (until: number) => {
        for (const [name, at] of [...expected].sort(([, one], [, other]) => one - other)) {
          if (at > until) continue;
          due.push([name, at]);
          expected.delete(name);
        }
      };
      for (const { name, what, ms } of acts) {
        if (what === 'set') {
          times.set(name, timers.now() + ms);
          expected.set(name, timers.now() + ms);
        } else if (what === 'forget') {
          times.forget(name);
          expected.delete(name);
        } else {
          pass(timers.now() + ms);
          timers.advance(ms);
        }
      }
      pass(Number.POSITIVE_INFINITY);
      timers.advance(200_000);
      const sorted = (list: [string, number][]) => list.map(([name, at]) => `${at} ${name}`).sort();
      expect(sorted(fired)).toEqual(sorted(due));
      expect(times.size()).toBe(0);
    }),
  );
});

test('F8: a clock that is set forward is noticed within a minute, one that is set back makes nothing come early', () => {
  const { timers, times, fired, jump } = world();
  times.set('tomorrow', 86_400_000);
  jump(86_400_000);
  timers.advance(60_000);
  expect(fired).toHaveLength(1);
  jump(-86_400_000);
  times.set('later', timers.now() + 1_000);
  jump(-500_000);
  timers.advance(100_000);
  expect(fired).toHaveLength(1);
  timers.advance(500_000);
  expect(fired).toHaveLength(2);
});

test('what is forgotten takes no room', () => {
  const { timers, times, fired } = world();
  for (let index = 0; index < 10_000; index += 1) {
    times.set(`n${index}`, 1_000_000 + index);
    if (index > 0) times.forget(`n${index - 1}`);
  }
  expect(times.size()).toBe(1);
  timers.advance(2_000_000);
  expect(fired.map(([name]) => name)).toEqual(['n9999']);
});
