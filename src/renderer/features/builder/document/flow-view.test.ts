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

/** A text that is the same for two JSON values exactly when they are equal; -0 is told apart from 0. */
function canonical(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const fields = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${fields.sort().join()}}`;
}

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
        (one, other) => isEqual(one, other) === (canonical(one) === canonical(other)),
      ),
    );
  });
});

describe('the others in a flow', () => {
  it('leaves out oneself and whatever is not well formed', () => {
    const others = othersOf(
      [
        { clientId: 1, user: { id: 'me', name: 'Me' } },
        {
          clientId: 2,
          user: { id: 'mira', name: 'Mira' },
          cursor: { x: 3, y: 4 },
          selection: ['a', 5],
          view: { x: 1, y: 2, zoom: 9 },
        },
        { clientId: 3, user: 'nobody' },
        { clientId: 4, user: { id: 'mira', name: 'Mira' }, cursor: { x: 'left' }, view: { x: 1 } },
      ],
      1,
    );
    expect(others).toEqual([
      {
        clientId: 2,
        user: { id: 'mira', name: 'Mira' },
        cursor: { x: 3, y: 4 },
        selection: ['a'],
        view: { x: 1, y: 2, zoom: 2 },
      },
      { clientId: 4, user: { id: 'mira', name: 'Mira' }, cursor: null, selection: [], view: null },
    ]);
    expect(peopleOf(others)).toEqual([{ id: 'mira', name: 'Mira' }]);
  });
});
