import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createStore } from 'zustand/vanilla';
import { applyFile, toFile } from '../../../../shared/flows/document.ts';
import { createUndo } from '../../../../shared/flows/edit.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import { type FlowFile, type FlowStep, flowSchemaId } from '../../../../shared/model/flow.ts';
import type { FlowSession } from '../document/flow-session.ts';
import { emptyView, type FlowView, viewOf } from '../document/flow-view.ts';
import { addStepOf, connect, drop, nudge, removeChosen } from './actions.ts';
import { aligned, rearrange, spread } from './align.ts';
import { copyChosen, duplicate, paste, readClip } from './clipboard.ts';
import type { Doing } from './doing.ts';
import { groupChosen, ungroupChosen } from './groups.ts';
import { createUiState, select } from './ui-state.ts';

const step = (id: string, type: string, rest: Partial<FlowStep> = {}): FlowStep => ({
  id,
  type,
  name: id,
  position: { x: 0, y: 0 },
  config: { ...stepType(type)?.defaults },
  ...rest,
});
const ends = (at: string) => ({ step: at.split('.')[0] ?? '', port: at.split('.')[1] ?? '' });
const edge = (from: string, to: string) => ({ id: `${from}>${to}`, from: ends(from), to: ends(to) });
const fileOf = (steps: FlowStep[], edges: FlowFile['edges'] = []): FlowFile => ({
  schema: flowSchemaId,
  name: 'Test',
  steps,
  edges,
  notes: [],
  groups: [],
  settings: {},
});

/** An open flow without a host: the same document, view and history. */
function opened(file: FlowFile): Doing & { file: () => FlowFile; undo: () => void } {
  const doc = applyFile(new Y.Doc(), file);
  const mine = {};
  const history = createUndo(doc, mine);
  const view = createStore<FlowView>(() => viewOf(toFile(doc), emptyView));
  doc.on('update', () => view.setState((before) => viewOf(toFile(doc), before), true));
  const flow = {
    doc,
    view,
    edit: (change) => doc.transact(() => change(doc, mine), mine),
    closeStep: () => history.stopCapturing(),
  } as Pick<FlowSession, 'doc' | 'view' | 'edit' | 'closeStep'> as FlowSession;
  let seed = 0;
  const random = () => {
    seed = (seed * 16_807 + 11) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return { flow, ui: createUiState(), random, file: () => toFile(doc), undo: () => void history.undo() };
}

describe('edits of the builder', () => {
  it('a step that is dragged out of a port comes connected and chosen, and one undo takes both back', () => {
    const doing = opened(fileOf([step('pics', 'input', { config: { name: 'pics', type: 'list<image>' } })]));
    addStepOf(doing, 'map', { x: 300, y: 10 }, { step: 'pics', port: 'value', side: 'output' });
    const [chosen = ''] = doing.ui.getState().selection;
    expect(doing.file().edges.map(({ from, to }) => [from.step, to])).toEqual([
      ['pics', { step: chosen, port: 'items' }],
    ]);
    doing.undo();
    expect(doing.file().steps.map(({ id }) => id)).toEqual(['pics']);
    expect(doing.file().edges).toEqual([]);
  });

  it('an input that takes one edge lets go of the one before', () => {
    const doing = opened(
      fileOf([step('a', 'template'), step('b', 'template'), step('out', 'output')], [edge('a.text', 'out.value')]),
    );
    connect(doing, { step: 'b', port: 'text', side: 'output' }, { step: 'out', port: 'value', side: 'input' });
    expect(doing.file().edges.map(({ from }) => from.step)).toEqual(['b']);
  });

  it('a port that takes several keeps them all', () => {
    const doing = opened(
      fileOf([step('a', 'template'), step('b', 'template'), step('all', 'merge')], [edge('a.text', 'all.values')]),
    );
    connect(doing, { step: 'b', port: 'text', side: 'output' }, { step: 'all', port: 'values', side: 'input' });
    expect(doing.file().edges.length).toBe(2);
  });

  it('a step that leaves a Map lets go of the edges that cannot follow, and keeps its place on the canvas', () => {
    const doing = opened(
      fileOf(
        [
          step('m', 'map', { position: { x: 48, y: 48 } }),
          step('t', 'template', { parent: 'm', position: { x: 48, y: 140 } }),
        ],
        [edge('m.item', 't.value'), edge('t.text', 'm.result')],
      ),
    );
    drop(doing, new Map([['t', { x: 610, y: 250 }]]), null);
    expect(doing.file().steps.find(({ id }) => id === 't')).toMatchObject({ position: { x: 600, y: 240 } });
    expect(doing.file().steps.find(({ id }) => id === 't')?.parent).toBeUndefined();
    expect(doing.file().edges).toEqual([]);
  });

  it('a step that is dropped on a Map goes into it', () => {
    const doing = opened(fileOf([step('m', 'map'), step('t', 'template', { position: { x: 700, y: 0 } })]));
    drop(doing, new Map([['t', { x: 72, y: 192 }]]), 'm');
    expect(doing.file().steps.find(({ id }) => id === 't')?.parent).toBe('m');
  });

  it('deletes a Map with what stands in it', () => {
    const doing = opened(fileOf([step('m', 'map'), step('t', 'template', { parent: 'm' }), step('x', 'output')]));
    select(doing.ui, ['m']);
    removeChosen(doing);
    expect(doing.file().steps.map(({ id }) => id)).toEqual(['x']);
    expect(doing.ui.getState().selection.size).toBe(0);
  });

  it('moves by whole steps of the grid, a Map without moving its inside twice', () => {
    const doing = opened(
      fileOf([step('m', 'map'), step('t', 'template', { parent: 'm', position: { x: 48, y: 140 } })]),
    );
    select(doing.ui, ['m', 't']);
    nudge(doing, 2, -1);
    expect(doing.file().steps.map(({ id, position }) => [id, position.x, position.y])).toEqual([
      ['m', 48, -24],
      ['t', 48, 140],
    ]);
  });

  it('copies with the edges between, under new ids, and takes nothing else from the clipboard', () => {
    const doing = opened(fileOf([step('a', 'input'), step('b', 'template')], [edge('a.value', 'b.value')]));
    select(doing.ui, ['a', 'b']);
    paste(doing, clipIn(copyChosen(doing) ?? ''), null);
    expect(doing.file().steps.length).toBe(4);
    expect(new Set(doing.file().steps.map(({ id }) => id)).size).toBe(4);
    expect(doing.file().edges.length).toBe(2);
    expect(doing.ui.getState().selection.size).toBe(2);
    duplicate(doing);
    expect(doing.file().steps.length).toBe(6);
    expect(readClip('some text')).toEqual({ kind: 'none' });
    expect(readClip('{"schema":"otherthing.clip/1","steps":3}').kind).toBe('wrong');
    expect(readClip('{"schema":"otherthing.clip/1","steps":[{"id":"a"}],"edges":[],"notes":[]}').kind).toBe('wrong');
  });

  it('takes a whole flow file from the clipboard, with templates that name the new steps', () => {
    const doing = opened(fileOf([step('a', 'input')]));
    const other = fileOf([
      step('a', 'input'),
      step('b', 'template', { config: { text: '{{ steps.a.value }}', inputs: [] } }),
    ]);
    paste(doing, clipIn(JSON.stringify(other)), { x: 480, y: 240 });
    const [first, copy, text] = doing.file().steps.toSorted((one, two) => one.position.x - two.position.x);
    expect(first?.id).toBe('a');
    expect([copy, text].map((one) => one?.position)).toEqual([
      { x: 480, y: 240 },
      { x: 480, y: 240 },
    ]);
    const input = doing.file().steps.find(({ id, type }) => type === 'input' && id !== 'a');
    expect(doing.file().steps.find(({ type }) => type === 'template')?.config['text']).toBe(
      `{{ steps.${input?.id}.value }}`,
    );
  });

  it('groups what is chosen on one level, moves it together, and takes the frame away again', () => {
    const doing = opened(
      fileOf([step('a', 'input'), step('b', 'template'), step('m', 'map'), step('t', 'template', { parent: 'm' })]),
    );
    select(doing.ui, ['a', 'b', 't']);
    groupChosen(doing);
    const [group] = doing.file().groups;
    expect(group?.steps).toEqual(['a', 'b']);
    expect([...doing.ui.getState().selection]).toEqual([group?.id]);
    nudge(doing, 1, 0);
    expect(
      doing
        .file()
        .steps.filter(({ position }) => position.x === 24)
        .map(({ id }) => id),
    ).toEqual(['a', 'b']);
    removeChosen(doing);
    expect(doing.file().groups).toEqual([]);
    expect(doing.file().steps.length).toBe(4);
    doing.undo();
    ungroupChosen(doing);
    expect(doing.file().groups.length).toBe(1);
    select(doing.ui, ['b']);
    ungroupChosen(doing);
    expect(doing.file().groups).toEqual([]);
  });

  it('lines up what is chosen, and gives it the same gaps', () => {
    const at = (x: number, y: number) => ({ position: { x, y } });
    const doing = opened(
      fileOf([step('a', 'if', at(0, 0)), step('b', 'if', at(480, 48)), step('c', 'if', at(240, 96))]),
    );
    select(doing.ui, ['a', 'b', 'c']);
    rearrange(doing, (boxes) => aligned(boxes, 'top'));
    expect(doing.file().steps.map(({ position }) => position.y)).toEqual([0, 0, 0]);
    rearrange(doing, (boxes) => aligned(boxes, 'left'));
    expect(doing.file().steps.map(({ position }) => position.x)).toEqual([0, 0, 0]);
    doing.undo();
    rearrange(doing, (boxes) => spread(boxes, 'across'));
    expect(doing.file().steps.map(({ position }) => position.x)).toEqual([0, 480, 240]);
  });
});

function clipIn(text: string) {
  const read = readClip(text);
  if (read.kind !== 'clip') throw new Error(`The copy could not be read: ${read.kind}`);
  return read.clip;
}
