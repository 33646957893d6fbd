/**
 * The edits of the builder. Each is one transaction with the origin of who makes it, so that an undo manager that follows
 * this origin undoes one person's edits and nobody else's.
 */
import { type Doc, UndoManager, Map as YMap, Text as YText } from 'yjs';
import type { FlowEdge, FlowFile, FlowGroup, FlowNote, FlowStep } from '../model/flow.ts';
import {
  allRoots,
  type Fields,
  longTexts,
  rootOf,
  setConfigField,
  setField,
  writeGroup,
  writeNote,
  writeStep,
} from './document.ts';
import { stepType } from './registry.ts';
import { replaceText } from './text-diff.ts';

type Point = { readonly x: number; readonly y: number };
type End = FlowEdge['from'];

/** Undo and redo of the edits with this origin. Edits within half a second count as one. */
export function createUndo(doc: Doc, origin: unknown): UndoManager {
  return new UndoManager(allRoots(doc), { trackedOrigins: new Set([origin]), captureTimeout: 500 });
}

/** An id for a new step or note, unlike any that somebody else makes at the same time. `random` gives numbers in [0, 1). */
export function newId(kind: string, random: () => number): string {
  const tail = Array.from({ length: 4 }, () => Math.floor(random() * 36).toString(36)).join('');
  return `${kind}_${tail}`;
}

/** The id of an edge says what it connects, so that two people who draw the same one draw one. */
export function edgeId(from: End, to: End): string {
  const id = `${from.step}.${from.port}>${to.step}.${to.port}`;
  return id.length <= longestEdgeId ? id : `${id.slice(0, longestEdgeId - 9)}~${fingerprint(id)}`;
}

const longestEdgeId = 160;

/** FNV-1a, 32 bits, in hexadecimal. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** A new step of a type with its defaults. Its place is counted from its parent's, where it has one. */
export function newStep(type: string, at: { position: Point; parent?: string }, random: () => number): FlowStep {
  const known = stepType(type);
  const long = [...longTexts(type)].map((name) => [name, '']);
  return {
    id: newId(type, random),
    type,
    name: known?.name ?? type,
    position: { ...at.position },
    ...(at.parent === undefined ? {} : { parent: at.parent }),
    config: { ...Object.fromEntries(long), ...structuredClone(known?.defaults ?? {}) },
  };
}

/** Adds steps with the edges, notes and groups that come with them (a new step, a paste, a duplicate). */
export function addSteps(
  doc: Doc,
  added: {
    steps: readonly FlowStep[];
    edges?: readonly FlowEdge[];
    notes?: readonly FlowNote[];
    groups?: readonly FlowGroup[];
  },
  origin: unknown,
): void {
  doc.transact(() => {
    for (const step of added.steps) writeStep(freshMap(rootOf(doc, 'steps'), step.id), step);
    for (const { id, from, to } of added.edges ?? []) setField(rootOf(doc, 'edges'), id, { from, to });
    for (const note of added.notes ?? []) writeNote(freshMap(rootOf(doc, 'notes'), note.id), note);
    for (const group of added.groups ?? []) writeGroup(freshMap(rootOf(doc, 'groups'), group.id), group);
  }, origin);
}

export function addStep(doc: Doc, step: FlowStep, origin: unknown): void {
  addSteps(doc, { steps: [step] }, origin);
}

export function addNote(doc: Doc, note: FlowNote, origin: unknown): void {
  addSteps(doc, { steps: [], notes: [note] }, origin);
}

/** Draws a frame around steps; those in another group leave it, for a step stands in one group at most. */
export function addGroup(doc: Doc, group: FlowGroup, origin: unknown): void {
  doc.transact(() => {
    const members = new Set(group.steps);
    for (const other of rootOf(doc, 'groups').values()) if (other instanceof YMap) leaveGroup(other, members);
    for (const [id, other] of [...rootOf(doc, 'groups').entries()])
      if (isEmptyGroup(other)) rootOf(doc, 'groups').delete(id);
    writeGroup(freshMap(rootOf(doc, 'groups'), group.id), group);
  }, origin);
}

/** Takes the frames away; the steps in them stay. */
export function removeGroups(doc: Doc, ids: Iterable<string>, origin: unknown): void {
  doc.transact(() => {
    for (const id of ids) rootOf(doc, 'groups').delete(id);
  }, origin);
}

export function renameGroup(doc: Doc, id: string, name: string, origin: unknown): void {
  const group = rootOf(doc, 'groups').get(id);
  if (group instanceof YMap) doc.transact(() => setField(group as Fields, 'name', name), origin);
}

function isEmptyGroup(group: unknown): boolean {
  const members: unknown = group instanceof YMap ? group.get('steps') : null;
  return !(members instanceof YMap) || members.size === 0;
}

function freshMap(fields: Fields, id: string): Fields {
  const made: Fields = new YMap();
  fields.set(id, made);
  return made;
}

/** Moves steps and notes. */
export function moveSteps(doc: Doc, moves: ReadonlyMap<string, Point>, origin: unknown): void {
  change(doc, [...moves.keys()], origin, (fields, id) => {
    const point = moves.get(id);
    if (point !== undefined) setField(fields, 'position', { x: point.x, y: point.y });
  });
}

export function resize(doc: Doc, id: string, size: { width: number; height: number }, origin: unknown): void {
  change(doc, [id], origin, (fields) => setField(fields, 'size', { ...size }));
}

export function rename(doc: Doc, stepId: string, name: string, origin: unknown): void {
  change(doc, [stepId], origin, (fields) => setField(fields, 'name', name));
}

export function renameFlow(doc: Doc, name: string, origin: unknown): void {
  doc.transact(() => setField(rootOf(doc, 'flow'), 'name', name), origin);
}

export function setPolicy(doc: Doc, stepId: string, policy: FlowStep['policy'], origin: unknown): void {
  change(doc, [stepId], origin, (fields) => setField(fields, 'policy', policy));
}

export function setPlacement(doc: Doc, stepId: string, placement: FlowStep['placement'], origin: unknown): void {
  change(doc, [stepId], origin, (fields) => setField(fields, 'placement', placement));
}

/** Sets one field of a step's settings; undefined removes it. Long text keeps what others type in it meanwhile. */
export function setConfig(doc: Doc, stepId: string, field: string, value: unknown, origin: unknown): void {
  const type = textOf(rootOf(doc, 'steps'), stepId, 'type');
  change(doc, [stepId], origin, (fields) => {
    const config = fields.get('config');
    if (config instanceof YMap) setConfigField(config, field, value, longTexts(type).has(field));
  });
}

function textOf(fields: Fields, id: string, name: string): string {
  const item = fields.get(id);
  const value: unknown = item instanceof YMap ? item.get(name) : undefined;
  return typeof value === 'string' ? value : '';
}

/** The shared text of a long field of a step's settings, or of a note (field `text`), to bind an editor to. */
export function longTextOf(doc: Doc, id: string, field: string): YText | null {
  const step = rootOf(doc, 'steps').get(id);
  const holder: unknown = step instanceof YMap ? step.get('config') : rootOf(doc, 'notes').get(id);
  const text: unknown = holder instanceof YMap ? holder.get(field) : null;
  return text instanceof YText ? text : null;
}

/** One piece of typing in a long text: at `index`, `remove` units go and `insert` comes. */
export function editText(
  doc: Doc,
  id: string,
  field: string,
  edit: { index: number; remove: number; insert: string },
  origin: unknown,
): void {
  const text = longTextOf(doc, id, field);
  if (text === null) return;
  doc.transact(() => {
    const index = Math.min(edit.index, text.length);
    if (edit.remove > 0) text.delete(index, Math.min(edit.remove, text.length - index));
    if (edit.insert !== '') text.insert(index, edit.insert);
  }, origin);
}

export function setNoteText(doc: Doc, noteId: string, text: string, origin: unknown): void {
  const shared = longTextOf(doc, noteId, 'text');
  if (shared !== null) doc.transact(() => replaceText(shared, text), origin);
}

/** Connects an output with an input; whether it fits is asked before (graph.ts, whetherFits). */
export function connect(doc: Doc, from: End, to: End, origin: unknown): string {
  const id = edgeId(from, to);
  doc.transact(() => setField(rootOf(doc, 'edges'), id, { from: { ...from }, to: { ...to } }), origin);
  return id;
}

export function disconnect(doc: Doc, edgeIds: readonly string[], origin: unknown): void {
  doc.transact(() => {
    for (const id of edgeIds) rootOf(doc, 'edges').delete(id);
  }, origin);
}

/** Removes steps with everything inside them and every edge at them, and notes. */
export function removeSteps(doc: Doc, ids: Iterable<string>, origin: unknown): void {
  doc.transact(() => {
    const gone = withInner(rootOf(doc, 'steps'), new Set(ids));
    for (const id of gone) {
      rootOf(doc, 'steps').delete(id);
      rootOf(doc, 'notes').delete(id);
    }
    for (const [id, edge] of edgesOf(doc))
      if (gone.has(edge.from.step) || gone.has(edge.to.step)) rootOf(doc, 'edges').delete(id);
    for (const [id, group] of [...rootOf(doc, 'groups').entries()]) {
      if (group instanceof YMap) leaveGroup(group, gone);
      if (isEmptyGroup(group)) rootOf(doc, 'groups').delete(id);
    }
  }, origin);
}

function withInner(steps: Fields, ids: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(ids);
  let before = -1;
  while (before !== all.size) {
    before = all.size;
    for (const id of steps.keys()) if (all.has(textOf(steps, id, 'parent'))) all.add(id);
  }
  return all;
}

function leaveGroup(group: Fields, gone: ReadonlySet<string>): void {
  const members = group.get('steps');
  if (members instanceof YMap) for (const id of [...members.keys()]) if (gone.has(id)) members.delete(id);
}

function edgesOf(doc: Doc): [string, Pick<FlowEdge, 'from' | 'to'>][] {
  return [...rootOf(doc, 'edges').entries()].filter(
    (entry): entry is [string, FlowEdge] =>
      (entry[1] as FlowEdge | null)?.from?.step !== undefined && (entry[1] as FlowEdge).to?.step !== undefined,
  );
}

/**
 * Moves steps into a Map or out of one (null), to places counted from the new parent's. Edges that would then cross a
 * border go; a step is not moved into itself or what stands in it.
 */
export function setParent(doc: Doc, places: ReadonlyMap<string, Point>, parent: string | null, origin: unknown): void {
  const steps = rootOf(doc, 'steps');
  doc.transact(() => {
    const moved = new Set(places.keys());
    if (parent !== null && withInner(steps, moved).has(parent)) return;
    const touched = edgesOf(doc).filter(([, { from, to }]) => moved.has(from.step) || moved.has(to.step));
    const before = touched.map(([, { from, to }]) => standing(steps, from.step, to.step));
    for (const [id, point] of places) {
      const step = steps.get(id);
      if (!(step instanceof YMap)) continue;
      setField(step, 'parent', parent ?? undefined);
      setField(step, 'position', { x: point.x, y: point.y });
    }
    for (const [index, [id, { from, to }]] of touched.entries()) {
      const now = standing(steps, from.step, to.step);
      if (now === 'across' || now !== before[index]) rootOf(doc, 'edges').delete(id);
    }
    for (const group of rootOf(doc, 'groups').values()) if (group instanceof YMap) leaveGroup(group, moved);
  }, origin);
}

/**
 * How two steps stand to one another: side by side, one the container of the other (then their edge is at an inner port,
 * which it no longer fits once the step has left), or with a border between them.
 */
function standing(steps: Fields, from: string, to: string): 'beside' | 'inside' | 'across' {
  const [above, below] = [textOf(steps, from, 'parent'), textOf(steps, to, 'parent')];
  if (above === to || below === from) return 'inside';
  return above === below ? 'beside' : 'across';
}

function change(doc: Doc, ids: readonly string[], origin: unknown, edit: (fields: Fields, id: string) => void): void {
  doc.transact(() => {
    for (const id of ids) {
      const fields = rootOf(doc, 'steps').get(id) ?? rootOf(doc, 'notes').get(id);
      if (fields instanceof YMap) edit(fields, id);
    }
  }, origin);
}

/** What a copy holds: steps with what stands in them, the edges between them, notes, groups. Plain JSON, fit for a clipboard. */
export interface Clip {
  readonly steps: readonly FlowStep[];
  readonly edges: readonly FlowEdge[];
  readonly notes: readonly FlowNote[];
  readonly groups: readonly FlowGroup[];
}

export function clipOf(file: FlowFile, ids: ReadonlySet<string>): Clip {
  const groups = file.groups.filter((group) => ids.has(group.id));
  const taken = new Set([...ids, ...groups.flatMap((group) => group.steps)]);
  let before = -1;
  while (before !== taken.size) {
    before = taken.size;
    for (const step of file.steps) if (step.parent !== undefined && taken.has(step.parent)) taken.add(step.id);
  }
  return {
    steps: file.steps.filter(({ id }) => taken.has(id)).map((step) => withoutLostParent(step, taken)),
    edges: file.edges.filter(({ from, to }) => taken.has(from.step) && taken.has(to.step)),
    notes: file.notes.filter(({ id }) => taken.has(id)),
    groups: file.groups.filter((group) => group.steps.length > 0 && group.steps.every((id) => taken.has(id))),
  };
}

function withoutLostParent({ parent, ...step }: FlowStep, taken: ReadonlySet<string>): FlowStep {
  return parent !== undefined && taken.has(parent) ? { ...step, parent } : step;
}

/** A clip with new ids, moved by an offset, its templates naming the new steps; ready for addSteps. */
export function pasted(clip: Clip, offset: Point, random: () => number): Clip {
  const ids = new Map(clip.steps.map(({ id, type }) => [id, newId(type, random)]));
  const end = ({ step, port }: End): End => ({ step: ids.get(step) ?? step, port });
  return {
    steps: clip.steps.map(({ parent, ...step }) => ({
      ...step,
      id: ids.get(step.id) ?? step.id,
      ...(parent === undefined ? { position: moved(step.position, offset) } : { parent: ids.get(parent) ?? parent }),
      config: renamedConfig(step.config, ids),
    })),
    edges: clip.edges.map(({ from, to }) => ({ id: edgeId(end(from), end(to)), from: end(from), to: end(to) })),
    notes: clip.notes.map((note) => ({ ...note, id: newId('note', random), position: moved(note.position, offset) })),
    groups: clip.groups.map((group) => ({
      ...group,
      id: newId('group', random),
      steps: group.steps.map((id) => ids.get(id) ?? id),
    })),
  };
}

const moved = (point: Point, offset: Point) => ({ x: point.x + offset.x, y: point.y + offset.y });

function renamedConfig(config: FlowStep['config'], ids: ReadonlyMap<string, string>): FlowStep['config'] {
  return JSON.parse(JSON.stringify(config), (_name, value: unknown) =>
    typeof value === 'string' && value.includes('{{') ? renamedTemplate(value, ids) : value,
  ) as FlowStep['config'];
}

function renamedTemplate(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replace(/\bsteps\.([a-z][a-z0-9_]{0,59})(?![A-Za-z0-9_])/g, (whole, id: string) => {
    const other = ids.get(id);
    return other === undefined ? whole : `steps.${other}`;
  });
}
