import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FlowEdge } from '../../shared/model/flow.ts';
import { begin, compileLevel, type Level, type PlanStep, settle } from './plan.ts';

const step = (id: string, required: string[] = [], mentions: string[] = []): PlanStep => ({ id, required, mentions });
const edge = (from: string, to: string, port = 'in', out = 'out'): FlowEdge => ({
  id: `${from}.${out}-${to}.${port}`,
  from: { step: from, port: out },
  to: { step: to, port },
});
const names = (level: Level, steps: readonly number[]) => steps.map((index) => level.steps[index]?.id);
const indexOf = (level: Level, id: string) => level.indexOf.get(id) ?? -1;

test('F4: independent steps are ready at once, a step after all its edges have delivered', () => {
  const level = compileLevel({
    steps: [step('a'), step('b'), step('c')],
    edges: [edge('a', 'c', 'x'), edge('b', 'c', 'y')],
  });
  const { progress, next } = begin(level);
  expect(names(level, next.ready)).toEqual(['a', 'b']);
  expect(settle(level, progress, indexOf(level, 'a'), () => true)).toEqual({ ready: [], skipped: [] });
  expect(names(level, settle(level, progress, indexOf(level, 'b'), () => true).ready)).toEqual(['c']);
  expect(progress.open).toBe(1);
});

test('a required input whose edges all died skips the step, and the death spreads; a Merge waits for those alive', () => {
  const level = compileLevel({
    steps: [step('if'), step('yes', ['in']), step('no', ['in']), step('after', ['in']), step('merge', ['in'])],
    edges: [
      edge('if', 'yes', 'in', 'yes'),
      edge('if', 'no', 'in', 'no'),
      edge('no', 'after'),
      edge('yes', 'merge'),
      edge('after', 'merge'),
    ],
  });
  const { progress } = begin(level);
  const next = settle(level, progress, indexOf(level, 'if'), (port) => port === 'yes');
  expect([names(level, next.ready), names(level, next.skipped)]).toEqual([['yes'], ['no', 'after']]);
  expect(names(level, settle(level, progress, indexOf(level, 'yes'), () => true).ready)).toEqual(['merge']);
});

test('a step waits for the steps that its templates mention', () => {
  const level = compileLevel({ steps: [step('a'), step('b', [], ['a'])], edges: [] });
  const { progress, next } = begin(level);
  expect(names(level, next.ready)).toEqual(['a']);
  expect(names(level, settle(level, progress, 0, () => true).ready)).toEqual(['b']);
});

test("edges from a Map's own ports deliver at the start", () => {
  const level = compileLevel({ steps: [step('ocr', ['image'])], edges: [edge('pages', 'ocr', 'image', 'item')] });
  expect(begin(level).next.ready).toEqual([0]);
});

/** Any acyclic level: edges and mentions only go from lower to higher steps. */
const anyLevel = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc
    .record({
      pairs: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.constantFrom('x', 'y')), { maxLength: 30 }),
      mentions: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 8 }),
      required: fc.array(fc.subarray(['x', 'y']), { minLength: count, maxLength: count }),
      dying: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      order: fc.array(fc.nat(100), { minLength: 40, maxLength: 40 }),
    })
    .map(({ pairs, mentions, required, dying, order }) => ({
      level: compileLevel({
        steps: Array.from({ length: count }, (_, index) => ({
          id: `s${index}`,
          required: required[index] ?? [],
          mentions: [...new Set(mentions.filter(([, to]) => to === index).map(([from]) => from))]
            .filter((from) => from < index)
            .map((from) => `s${from}`),
        })),
        edges: [
          ...new Map(
            pairs.filter(([a, b]) => a < b).map(([a, b, port]) => [`${a}${b}${port}`, edge(`s${a}`, `s${b}`, port)]),
          ).values(),
        ],
      }),
      dying,
      order,
    })),
);

test('whatever the order of finishing, every step of an acyclic level is handed out or skipped exactly once', () => {
  fc.assert(
    fc.property(anyLevel, ({ level, dying, order }) => {
      const run = (pick: (length: number, turn: number) => number) => {
        const { progress, next } = begin(level);
        const outcome = new Map<number, string>(next.skipped.map((index) => [index, 'skipped']));
        const ready = [...next.ready];
        for (let turn = 0; ready.length > 0; turn += 1) {
          const [index = -1] = ready.splice(pick(ready.length, turn), 1);
          expect(outcome.has(index)).toBe(false);
          outcome.set(index, 'done');
          const more = settle(level, progress, index, () => dying[index] !== true);
          for (const skipped of more.skipped) {
            expect(outcome.has(skipped)).toBe(false);
            outcome.set(skipped, 'skipped');
          }
          ready.push(...more.ready);
        }
        expect([outcome.size, progress.open]).toEqual([level.steps.length, 0]);
        return [...outcome.entries()].toSorted(([left], [right]) => left - right);
      };
      expect(run((length, turn) => (order[turn % 40] ?? 0) % length)).toEqual(run(() => 0));
    }),
  );
});
