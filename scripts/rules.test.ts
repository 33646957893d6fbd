/** Every rule of the engine, the flows, the node protocol and of security has a test whose title cites it. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const count = (letter: string, last: number) => Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);

/** Jobs, flows, nodes: docs/reliability.md says what each promises. S: docs/api.md and the decisions. */
const rules = [...count('J', 9), ...count('F', 10), ...count('N', 13), ...count('S', 15)];

/** What these speak of is not part of this version yet; each goes with the change that brings it. */
const notYet: Readonly<Record<string, string>> = {
  S7: 'Containers',
};

/** A title: the text after `test(`, `it(` or `describe(`, also behind `.each(…)` or `.skipIf(…)`. */
const titles = /\b(?:test|it|describe)(?:\.\w+(?:\([^\n]*?\))?)*\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;

function cited(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of globSync(
    ['src/**/*.test.{ts,tsx}', 'src/**/*.contract.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts'],
    { cwd: root },
  )) {
    for (const [, , title = ''] of readFileSync(join(root, file), 'utf8').matchAll(titles)) {
      for (const [rule] of title.matchAll(/\b[JFNS]\d{1,2}\b/g))
        found.set(rule, [...(found.get(rule) ?? []), `${file}: ${title}`]);
    }
  }
  return found;
}

test('every rule has a test that cites it', () => {
  const citations = cited();
  expect(rules.filter((rule) => !citations.has(rule) && !(rule in notYet))).toEqual([]);
});

test('what is said to come later is not there yet', () => {
  const citations = cited();
  expect(Object.keys(notYet).filter((rule) => citations.has(rule))).toEqual([]);
});

test('no test cites a rule that does not exist', () => {
  expect([...cited()].filter(([rule]) => !rules.includes(rule))).toEqual([]);
});
