import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { applyFile, readStep, rootOf, toFile } from '../../../../shared/flows/document.ts';
import {
  addSteps,
  connect,
  moveSteps,
  newStep,
  removeSteps,
  rename,
  setConfig,
  setParent,
} from '../../../../shared/flows/edit.ts';
import { flowSchemaId } from '../../../../shared/model/flow.ts';
import { watchChanges } from './changes.ts';
import { emptyView, viewAfter, viewOf } from './flow-view.ts';

const start = () =>
  applyFile(new Y.Doc(), {
    schema: flowSchemaId,
    name: 'Test',
    steps: ['a', 'b', 'm'].map((id) => ({
      id,
      type: id === 'm' ? 'map' : 'template',
      name: id,
      position: { x: 0, y: 0 },
      config: id === 'm' ? { concurrency: 2, onItemError: 'fail' } : { text: 'x', inputs: [{ name: 'value' }] },
    })),
    edges: [],
    notes: [],
    groups: [],
    settings: {},
  });

it('names only the step whose fields changed', () => {
  const doc = start();
  const changes = watchChanges(doc);
  rename(doc, 'a', 'A', null);
  expect(changes.take()).toEqual(new Set(['a']));
  setConfig(doc, 'b', 'text', 'hello', null);
  moveSteps(doc, new Map([['a', { x: 24, y: 0 }]]), null);
  expect(changes.take()).toEqual(new Set(['a', 'b']));
  connect(doc, { step: 'a', port: 'text' }, { step: 'b', port: 'value' }, null);
  expect(changes.take()).toBeNull();
  expect(changes.take()).toEqual(new Set());
});

it('whatever is done, the view that is patched is the view that is read whole', () => {
  const id = fc.constantFrom('a', 'b', 'm');
  const edit = fc.oneof(
    fc.record({ kind: fc.constant('rename' as const), id, text: fc.string({ maxLength: 5 }) }),
    fc.record({ kind: fc.constant('type' as const), id, text: fc.string({ maxLength: 5 }) }),
    fc.record({ kind: fc.constant('unset' as const), id, text: fc.constant('') }),
    fc.record({ kind: fc.constant('move' as const), id, text: fc.constant('') }),
    fc.record({ kind: fc.constant('into' as const), id, text: fc.constant('') }),
    fc.record({ kind: fc.constant('add' as const), id, text: fc.constant('') }),
    fc.record({ kind: fc.constant('remove' as const), id, text: fc.constant('') }),
  );
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
      const doc = start();
      const changes = watchChanges(doc);
      let view = viewOf(toFile(doc), emptyView);
      for (const { kind, id: step, text } of edits) {
        if (kind === 'rename') rename(doc, step, text, null);
        if (kind === 'type') setConfig(doc, step, 'text', text, null);
        if (kind === 'unset') setConfig(doc, step, 'text', undefined, null);
        if (kind === 'move') moveSteps(doc, new Map([[step, { x: 48, y: 24 }]]), null);
        if (kind === 'into') setParent(doc, new Map([['a', { x: 1, y: 1 }]]), 'm', null);
        if (kind === 'add') addSteps(doc, { steps: [newStep('if', { position: { x: 0, y: 0 } }, () => 0.5)] }, null);
        if (kind === 'remove') removeSteps(doc, [step], null);
        const changed = changes.take();
        const read = (at: string) => readStep(at, rootOf(doc, 'steps').get(at));
        view = (changed === null ? null : viewAfter(view, changed, read)) ?? viewOf(toFile(doc), view);
        expect(view.file).toEqual(toFile(doc));
      }
    }),
  );
});
