import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FlowFile, flowSchemaId } from '../../../../shared/model/flow.ts';
import { emptyView, isEqual, viewOf } from './flow-view.ts';
import { othersOf, peopleOf } from './presence.ts';

const file = (names: readonly string[]): FlowFile => ({
  schema: flowSchemaId,
  name: 'Test',
  steps: names.map((name, index) => ({
    id: `s${index}`,
    type: 'template',
    name,
    position: { x: 0, y: 0 },
    config: { text: 'x' },
  })),
  edges: [],
  notes: [],
  groups: [],
  settings: {},
});

describe('the view of a flow', () => {
  it('keeps the identity of everything that did not change', () => {
    const before = viewOf(file(['a', 'b', 'c']), emptyView);
    const after = viewOf(file(['a', 'B', 'c']), before);
    expect(after.steps.get('s0')).toBe(before.steps.get('s0'));
    expect(after.steps.get('s1')).not.toBe(before.steps.get('s1'));
    expect(after.steps.get('s2')).toBe(before.steps.get('s2'));
    expect(after.edges).toBe(before.edges);
  });

  it('is the same object while nothing changed', () => {
    const before = viewOf(file(['a', 'b']), emptyView);
    expect(viewOf(file(['a', 'b']), before)).toBe(before);
  });

  it('compares JSON by value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => isEqual(value, structuredClone(value))));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        (one, other) => isEqual(one, other) === isDeepStrictEqual(one, other),
      ),
    );
  });
});

describe('the others in a flow', () => {
  it('leaves out oneself and whatever is not well formed', () => {
    const others = othersOf(
      [
        { clientId: 1, user: { id: 'me', name: 'Me' } },
        { clientId: 2, user: { id: 'mira', name: 'Mira' }, cursor: { x: 3, y: 4 }, selection: ['a', 5] },
        { clientId: 3, user: 'nobody' },
        { clientId: 4, user: { id: 'mira', name: 'Mira' }, cursor: { x: 'left' } },
      ],
      1,
    );
    expect(others).toEqual([
      { clientId: 2, user: { id: 'mira', name: 'Mira' }, cursor: { x: 3, y: 4 }, selection: ['a'] },
      { clientId: 4, user: { id: 'mira', name: 'Mira' }, cursor: null, selection: [] },
    ]);
    expect(peopleOf(others)).toEqual([{ id: 'mira', name: 'Mira' }]);
  });
});
