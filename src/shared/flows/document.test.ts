import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyUpdate, Doc, encodeStateAsUpdate, Map as YMap } from 'yjs';
import type { FlowFile, FlowStep } from '../model/flow.ts';
import { applyFile, rootOf, toFile } from './document.ts';
import {
  addGroup,
  addNote,
  addStep,
  addSteps,
  clipOf,
  connect,
  createUndo,
  disconnect,
  editText,
  longTextOf,
  moveSteps,
  newStep,
  pasted,
  removeGroups,
  removeSteps,
  rename,
  renameGroup,
  setConfig,
  setParent,
} from './edit.ts';
import { anyFile, flow, step } from './flow-file.fixture.ts';
import { normalFile } from './normal-form.ts';

const docOf = (file: FlowFile) => applyFile(new Doc(), file);

/** Two replicas that share a beginning, edited apart and then brought together. */
function apart(file: FlowFile): { one: Doc; other: Doc; together: () => void } {
  const one = docOf(file);
  const other = new Doc();
  applyUpdate(other, encodeStateAsUpdate(one));
  const together = () => {
    const [fromOne, fromOther] = [encodeStateAsUpdate(one), encodeStateAsUpdate(other)];
    applyUpdate(other, fromOne);
    applyUpdate(one, fromOther);
  };
  return { one, other, together };
}

const stepOf = (doc: Doc, id: string) => toFile(doc).steps.find((one) => one.id === id);

describe('a flow document and its plain form', () => {
  it('data.md: applyFile and toFile are inverse, whatever stood in the document before', () => {
    void fc.assert(
      fc.property(anyFile, anyFile, (before, file) => {
        const doc = docOf(before);
        applyFile(doc, file);
        expect(toFile(doc)).toEqual(normalFile(file));
      }),
      { numRuns: 100 },
    );
  });

  it('data.md: applying what is there already changes nothing', () => {
    void fc.assert(
      fc.property(anyFile, (file) => {
        const doc = docOf(file);
        let updates = 0;
        doc.on('update', () => {
          updates += 1;
        });
        applyFile(doc, toFile(doc));
        expect(updates).toBe(0);
      }),
    );
  });

  it('data.md: two replicas that were given different files become equal, and a third agrees', () => {
    void fc.assert(
      fc.property(anyFile, anyFile, anyFile, (start, left, right) => {
        const { one, other, together } = apart(start);
        applyFile(one, left);
        applyFile(other, right);
        together();
        const third = new Doc();
        applyUpdate(third, encodeStateAsUpdate(other));
        expect(toFile(one)).toEqual(toFile(other));
        expect(toFile(third)).toEqual(toFile(one));
      }),
      { numRuns: 40 },
    );
  });

  it('S10: a key that a document cannot carry is left out for everybody alike', () => {
    const config = JSON.parse('{"text":"x","other":[{"__proto__":1,"kept":2}]}') as FlowStep['config'];
    const doc = docOf(flow([step('a', 'template', config)]));
    const other = new Doc();
    applyUpdate(other, encodeStateAsUpdate(doc));
    expect(toFile(doc).steps[0]?.config['other']).toEqual([{ kept: 2 }]);
    expect(toFile(other)).toEqual(toFile(doc));
  });

  it('S10: what a stranger writes into the document is left out of the file, and breaks nothing', () => {
    const doc = docOf(flow([step('a', 'template')]));
    rootOf(doc, 'steps').set('evil', 'text');
    rootOf(doc, 'steps').set('Bad Id', new YMap([['type', 'template']]));
    rootOf(doc, 'steps').set('no_place', new YMap([['type', 'template']]));
    rootOf(doc, 'edges').set('x', { from: 1 });
    rootOf(doc, 'edges').set('dangling', { from: { step: 'a', port: 'text' }, to: { step: 'gone', port: 'value' } });
    rootOf(doc, 'notes').set('n', new YMap([['text', 5]]));
    expect(toFile(doc)).toEqual(normalFile(flow([step('a', 'template')])));
  });
});

describe('two people in one flow', () => {
  const start = flow([step('a', 'template', { text: 'Hello world' }), step('b', 'output')]);

  it('data.md: typing in one text at once loses nothing', () => {
    const { one, other, together } = apart(start);
    editText(one, 'a', 'text', { index: 0, remove: 0, insert: 'Oh, ' }, 'one');
    editText(other, 'a', 'text', { index: 11, remove: 0, insert: ' again' }, 'other');
    together();
    expect(stepOf(one, 'a')?.config['text']).toBe('Oh, Hello world again');
    expect(toFile(one)).toEqual(toFile(other));
  });

  it('data.md: different fields of one step, moves, new steps and edges of both are kept', () => {
    const { one, other, together } = apart(start);
    setConfig(one, 'b', 'view', 'table', 'one');
    setConfig(other, 'b', 'name', 'report', 'other');
    moveSteps(one, new Map([['b', { x: 9, y: 9 }]]), 'one');
    rename(other, 'b', 'Report', 'other');
    addStep(one, { ...newStep('if', { position: { x: 1, y: 1 } }, () => 0.1) }, 'one');
    addStep(other, { ...newStep('if', { position: { x: 2, y: 2 } }, () => 0.9) }, 'other');
    connect(one, { step: 'a', port: 'text' }, { step: 'b', port: 'value' }, 'one');
    connect(other, { step: 'a', port: 'text' }, { step: 'b', port: 'value' }, 'other');
    together();
    expect(toFile(one)).toEqual(toFile(other));
    expect(stepOf(one, 'b')).toMatchObject({
      name: 'Report',
      position: { x: 9, y: 9 },
      config: { view: 'table', name: 'report' },
    });
    expect(toFile(one).steps).toHaveLength(4);
    expect(toFile(one).edges).toHaveLength(1);
  });

  it('data.md: a file set by one keeps the typing of the other', () => {
    const { one, other, together } = apart(start);
    applyFile(one, {
      ...toFile(one),
      steps: toFile(one).steps.map((s) =>
        s.id === 'a' ? { ...s, config: { ...s.config, text: 'Hello big world' } } : s,
      ),
    });
    editText(other, 'a', 'text', { index: 0, remove: 5, insert: 'Goodbye' }, 'other');
    together();
    expect(stepOf(other, 'a')?.config['text']).toBe('Goodbye big world');
  });

  it('data.md: an edge to a step that the other removes hangs in the air, and comes back with the step', () => {
    const { one, other, together } = apart(start);
    const undo = createUndo(one, 'one');
    removeSteps(one, ['b'], 'one');
    connect(other, { step: 'a', port: 'text' }, { step: 'b', port: 'value' }, 'other');
    together();
    expect(toFile(one).edges).toEqual([]);
    undo.undo();
    together();
    expect(toFile(other).edges).toHaveLength(1);
    expect(stepOf(other, 'b')).toBeDefined();
  });

  it('data.md: two Maps put into each other at once end up with one of them outside', () => {
    const { one, other, together } = apart(flow([step('m1', 'map'), step('m2', 'map')]));
    setParent(one, new Map([['m1', { x: 0, y: 0 }]]), 'm2', 'one');
    setParent(other, new Map([['m2', { x: 0, y: 0 }]]), 'm1', 'other');
    together();
    expect(toFile(one)).toEqual(toFile(other));
    expect(toFile(one).steps.map(({ parent }) => parent)).toEqual([undefined, 'm1']);
  });

  it('undo takes back one person’s edits and nobody else’s', () => {
    const { one, other, together } = apart(start);
    const undo = createUndo(one, 'one');
    setConfig(one, 'a', 'text', 'Hello there world', 'one');
    setConfig(other, 'b', 'view', 'json', 'other');
    together();
    undo.undo();
    expect(stepOf(one, 'a')?.config['text']).toBe('Hello world');
    expect(stepOf(one, 'b')?.config['view']).toBe('json');
  });
});

describe('edits', () => {
  it('removing a Map removes what stands in it, its edges and its notes, and undo brings all back', () => {
    const file = flow(
      [step('in', 'input'), step('m', 'map'), step('t', 'template', {}, 'm')],
      ['in.value > m.items', 'm.item > t.value'],
    );
    const doc = docOf(file);
    addNote(doc, { id: 'n', text: 'Mind', position: { x: 0, y: 0 }, size: { width: 9, height: 9 } }, 'me');
    const before = toFile(doc);
    const undo = createUndo(doc, 'me');
    removeSteps(doc, ['m', 'n'], 'me');
    expect(toFile(doc)).toMatchObject({ steps: [{ id: 'in' }], edges: [], notes: [] });
    undo.undo();
    expect(toFile(doc)).toEqual(before);
  });

  it('a step that moves into a Map leaves the edges that would cross the border', () => {
    const doc = docOf(
      flow([step('a', 'template'), step('b', 'template'), step('m', 'map')], ['a.text > b.value', 'b.text > m.items']),
    );
    setParent(doc, new Map([['b', { x: 5, y: 6 }]]), 'm', 'me');
    expect(toFile(doc).edges).toEqual([]);
    setParent(doc, new Map([['m', { x: 0, y: 0 }]]), 'm', 'me');
    expect(stepOf(doc, 'm')?.parent).toBeUndefined();
  });

  it('a step that leaves a Map leaves the edges at its inner ports; one that moves with its Map keeps them', () => {
    const file = flow(
      [step('m', 'map'), step('t', 'template', {}, 'm'), step('o', 'map')],
      ['m.item > t.value', 't.text > m.result'],
    );
    const doc = docOf(file);
    setParent(doc, new Map([['m', { x: 0, y: 0 }]]), 'o', 'me');
    expect(toFile(doc).edges).toHaveLength(2);
    setParent(doc, new Map([['t', { x: 0, y: 0 }]]), null, 'me');
    expect(toFile(doc).edges).toEqual([]);
  });

  it('a step stands in one group at most, and a group without steps goes', () => {
    const doc = docOf(flow([step('a', 'template'), step('b', 'template'), step('c', 'template')], []));
    addGroup(doc, { id: 'g1', name: 'First', steps: ['a', 'b'] }, 'me');
    addGroup(doc, { id: 'g2', name: 'Second', steps: ['b', 'c'] }, 'me');
    expect(toFile(doc).groups).toEqual([
      { id: 'g1', name: 'First', steps: ['a'] },
      { id: 'g2', name: 'Second', steps: ['b', 'c'] },
    ]);
    renameGroup(doc, 'g2', 'Later', 'me');
    removeSteps(doc, ['a'], 'me');
    expect(toFile(doc).groups).toEqual([{ id: 'g2', name: 'Later', steps: ['b', 'c'] }]);
    removeGroups(doc, ['g2'], 'me');
    expect(toFile(doc)).toMatchObject({ groups: [], steps: [{ id: 'b' }, { id: 'c' }] });
  });

  it('a copied group comes with its steps and has an id and members of its own', () => {
    const file = {
      ...flow([step('a', 'template'), step('b', 'template')], []),
      groups: [{ id: 'g', name: 'Both', steps: ['a', 'b'] }],
    };
    const doc = docOf(file);
    let seed = 0;
    const clip = pasted(clipOf(file, new Set(['g'])), { x: 10, y: 0 }, () => (seed = (seed + 0.37) % 1));
    addSteps(doc, clip, 'me');
    expect(clip.groups[0]?.steps).toEqual(clip.steps.map(({ id }) => id));
    expect(toFile(doc).groups).toHaveLength(2);
    expect(clipOf(file, new Set(['a'])).groups).toEqual([]);
  });

  it('a paste has new ids, keeps edges, and its templates name the new steps', () => {
    const file = flow(
      [step('a', 'template'), step('b', 'template', { text: '{{ steps.a.text }} {{ steps.away.text }}' })],
      ['a.text > b.value'],
    );
    const doc = docOf(file);
    let seed = 0;
    const clip = pasted(clipOf(file, new Set(['a', 'b'])), { x: 10, y: 0 }, () => (seed = (seed + 0.37) % 1));
    addSteps(doc, clip, 'me');
    const [a, b] = clip.steps;
    expect(toFile(doc).steps).toHaveLength(4);
    expect(b?.config['text']).toBe(`{{ steps.${a?.id}.text }} {{ steps.away.text }}`);
    expect(toFile(doc).edges).toHaveLength(2);
    disconnect(
      doc,
      clip.edges.map(({ id }) => id),
      'me',
    );
    expect(toFile(doc).edges.map(({ id }) => id)).toEqual(['a.text>b.value']);
  });

  it('a new step has its long texts from the start, so that nobody makes them twice', () => {
    const doc = new Doc();
    const made = newStep('code', { position: { x: 0, y: 0 } }, () => 0.5);
    addStep(doc, made, 'me');
    expect(longTextOf(doc, made.id, 'source')?.toString()).toContain('export default');
  });
});
