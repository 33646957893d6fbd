import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyFile } from '../../../../shared/flows/flow-file.fixture.ts';
import { type FlowFile, type FlowStep, flowSchemaId } from '../../../../shared/model/flow.ts';
import { bothOf, diffOf, diffWords, stepText } from './flow-diff.ts';

const step = (id: string, text: string, x = 0): FlowStep => ({
  id,
  type: 'template',
  name: id,
  position: { x, y: 0 },
  config: { text, inputs: [] },
});
const file = (steps: FlowStep[], edges: string[] = []): FlowFile => ({
  schema: flowSchemaId,
  name: 'Test',
  steps,
  edges: edges.map((text) => {
    const [from = '', to = ''] = text.split('>');
    return { id: text, from: { step: from, port: 'text' }, to: { step: to, port: 'value' } };
  }),
  groups: [],
  notes: [],
  settings: {},
});

describe('what differs between a version and the present', () => {
  const then = file([step('a', 'one'), step('b', 'two'), step('c', 'three')], ['a>b', 'b>c']);
  const now = file([step('a', 'one', 96), step('b', 'two\nlines'), step('d', 'four')], ['a>b', 'b>d']);

  it('is what was added, removed and changed; a step that only moved is not', () => {
    const diff = diffOf(then, now);
    expect([...diff.steps]).toEqual([
      ['b', 'changed'],
      ['d', 'added'],
      ['c', 'removed'],
    ]);
    expect([...diff.edges]).toEqual([
      ['b>d', 'added'],
      ['b>c', 'removed'],
    ]);
    expect(diffWords(diff)).toBe('2 added, 2 removed, 1 changed');
    expect(diffWords(diffOf(now, now))).toBe('Nothing differs');
  });

  it('is drawn with what is gone in its old place', () => {
    const both = bothOf(then, now);
    expect(both.steps.map(({ id }) => id)).toEqual(['a', 'b', 'd', 'c']);
    expect(both.edges.map(({ id }) => id)).toEqual(['a>b', 'b>d', 'b>c']);
  });

  it('is read line by line within a step', () => {
    expect(stepText(step('b', 'two\nlines'))).toBe('name: b\ntype: template\ninputs: []\ntext:\n  two\n  lines\n');
  });

  it('names every step of either file at most once, and the same way back with added and removed exchanged', () => {
    fc.assert(
      fc.property(anyFile, anyFile, (one, other) => {
        const [there, back] = [diffOf(one, other).steps, diffOf(other, one).steps];
        const turned = { added: 'removed', removed: 'added', changed: 'changed' } as const;
        expect(new Map([...there].map(([id, kind]) => [id, turned[kind]]))).toEqual(new Map(back));
        const ids = new Set([...one.steps, ...other.steps].map(({ id }) => id));
        expect(new Set(bothOf(one, other).steps.map(({ id }) => id))).toEqual(ids);
      }),
    );
  });
});
