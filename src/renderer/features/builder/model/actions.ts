/** What a person does to the flow. Each changes the document once, so one undo takes it back, and chooses what comes of it. */
import type { StoreApi } from 'zustand/vanilla';
import { toFile } from '../../../../shared/flows/document.ts';
import {
  addNote,
  addSteps,
  type Clip,
  clipOf,
  connect as connectPorts,
  disconnect,
  moveSteps,
  newId,
  newStep,
  pasted,
  removeSteps,
  setParent,
} from '../../../../shared/flows/edit.ts';
import { type FlowGraph, readGraph } from '../../../../shared/flows/graph.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import type { FlowSession } from '../document/flow-session.ts';
import type { FlowView } from '../document/flow-view.ts';
import { freePlace, grid, type Point, snapPoint } from './geometry.ts';
import { fittingPort, graphOf, levelOf, portAt, portTypeOf } from './ports.ts';
import { placeInMap, type Scene, sceneOf } from './scene.ts';
import { type BuilderUi, type PortEnd, select } from './ui-state.ts';

export interface Doing {
  flow: FlowSession;
  ui: StoreApi<BuilderUi>;
  random: () => number;
}

/** Connects an output with an input. An input that takes one edge lets go of the one before. */
export function connect({ flow }: Doing, from: PortEnd, to: PortEnd): void {
  const view = flow.view.getState();
  const target = portAt(graphOf(view), to);
  const before = target?.multiple === true ? [] : edgesInto(view, to);
  flow.closeStep();
  flow.edit((doc, origin) => {
    if (before.length > 0) disconnect(doc, before, origin);
    connectPorts(doc, { step: from.step, port: from.port }, { step: to.step, port: to.port }, origin);
  });
}

const edgesInto = (view: FlowView, to: PortEnd): string[] =>
  [...view.edges.values()]
    .filter((edge) => edge.to.step === to.step && edge.to.port === to.port)
    .map((edge) => edge.id);

/** Adds a step where there is room, connected to the port that it was dragged from, and chooses it. */
export function addStepOf(doing: Doing, typeName: string, at: Point, from: PortEnd | null): void {
  const { flow, ui, random } = doing;
  const view = flow.view.getState();
  const type = stepType(typeName);
  if (type === null) return;
  const scene = sceneOf(view, graphOf(view), null);
  const level = from === null ? (scene.mapAt(at)?.id ?? null) : levelOf(graphOf(view), from);
  const taken = [...scene.boxes]
    .filter(([id]) => (view.steps.get(id)?.parent ?? null) === level && !view.notes.has(id))
    .map(([, box]) => box);
  const size = { width: type.size.width, height: type.size.height ?? 120 };
  const place = freePlace(at, size, taken);
  const step = newStep(
    typeName,
    { position: relative(scene, level, place), ...(level === null ? {} : { parent: level }) },
    random,
  );
  const port = from === null ? undefined : fittingPort(type, from, portTypeOf(graphOf(view), from));
  flow.closeStep();
  flow.edit((doc, origin) => {
    addSteps(doc, { steps: [step] }, origin);
    if (from === null || port === undefined) return;
    const own = { step: step.id, port: port.name };
    const other = { step: from.step, port: from.port };
    if (from.side === 'output') connectPorts(doc, other, own, origin);
    else connectPorts(doc, own, other, origin);
  });
  select(ui, [step.id]);
}

const relative = (scene: Scene, level: string | null, place: Point): Point =>
  level === null ? place : placeInMap(scene, level, place);

export function addNoteAt({ flow, ui, random }: Doing, at: Point): void {
  const id = newId('note', random);
  flow.closeStep();
  flow.edit((doc, origin) =>
    addNote(doc, { id, text: '', position: snapPoint(at), size: { width: 216, height: 96 } }, origin),
  );
  select(ui, [id]);
  ui.setState({ editingNote: id });
}

/** Deletes what is chosen; a Map goes with what stands in it. */
export function removeChosen({ flow, ui }: Doing): void {
  const { selection, selectedEdges } = ui.getState();
  if (selection.size === 0 && selectedEdges.size === 0) return;
  flow.closeStep();
  flow.edit((doc, origin) => {
    if (selectedEdges.size > 0) disconnect(doc, [...selectedEdges], origin);
    if (selection.size > 0) removeSteps(doc, selection, origin);
  });
  select(ui, []);
}

/** Moves by whole steps of the grid: with the arrow keys. */
export function nudge({ flow, ui }: Doing, dx: number, dy: number): void {
  const view = flow.view.getState();
  const moves = new Map<string, Point>();
  for (const id of topOf(view, ui.getState().selection)) {
    const item = view.steps.get(id) ?? view.notes.get(id);
    if (item !== undefined) moves.set(id, { x: item.position.x + dx * grid, y: item.position.y + dy * grid });
  }
  if (moves.size > 0) flow.edit((doc, origin) => moveSteps(doc, moves, origin));
}

/** Of these, the ones that are not inside another of them: what stands in a Map moves with it. */
export function topOf(view: FlowView, ids: ReadonlySet<string>): string[] {
  return [...ids].filter((id) => {
    for (let parent = view.steps.get(id)?.parent; parent !== undefined; parent = view.steps.get(parent)?.parent) {
      if (ids.has(parent)) return false;
    }
    return true;
  });
}

/** Puts steps and notes where they were dragged to; absolute places. Those dropped on a Map go into it, those dragged out leave it. */
export function drop(doing: Doing, places: ReadonlyMap<string, Point>, target: string | null): void {
  const { flow } = doing;
  const view = flow.view.getState();
  const scene = sceneOf(view, graphOf(view), null);
  const stay = new Map<string, Point>();
  const change = new Map<string, Point>();
  for (const [id, at] of places) {
    const step = view.steps.get(id);
    const place = snapPoint(at);
    if (step === undefined || (step.parent ?? null) === target)
      stay.set(id, step?.parent === undefined ? place : placeInMap(scene, step.parent, place));
    else change.set(id, relative(scene, target, place));
  }
  flow.closeStep();
  flow.edit((doc, origin) => {
    if (stay.size > 0) moveSteps(doc, stay, origin);
    if (change.size === 0) return;
    setParent(doc, change, target, origin);
    const lost = acrossBorders(readGraph(toFile(doc)), change);
    if (lost.length > 0) disconnect(doc, lost, origin);
  });
}

/** Edges of these steps whose ends belong to different levels, now that the steps went into a Map or out of it. */
function acrossBorders(graph: FlowGraph, moved: ReadonlyMap<string, unknown>): string[] {
  return [...graph.into.values()].flat().flatMap(({ id, from, to }) => {
    if (!moved.has(from.step) && !moved.has(to.step)) return [];
    return levelOf(graph, { ...from, side: 'output' }) === levelOf(graph, { ...to, side: 'input' }) ? [] : [id];
  });
}

const clipMark = 'otherthing.clip/1';

/** What is chosen as text for the clipboard; null where nothing is. */
export function copyChosen({ flow, ui }: Doing): string | null {
  const { selection } = ui.getState();
  if (selection.size === 0) return null;
  return JSON.stringify({ schema: clipMark, ...clipOf(toFile(flow.doc), selection) });
}

/** The steps in a text from the clipboard; null where it holds none. */
export function readClip(text: string): Clip | null {
  if (!text.includes(clipMark)) return null;
  try {
    const clip = JSON.parse(text) as Clip & { schema: string };
    const whole = Array.isArray(clip.steps) && Array.isArray(clip.edges) && Array.isArray(clip.notes);
    return clip.schema === clipMark && whole ? clip : null;
  } catch {
    return null;
  }
}

/** Puts copies with new ids at a place, or a little beside the originals, and chooses them. */
export function paste({ flow, ui, random }: Doing, clip: Clip, at: Point | null): void {
  const places = [...clip.steps.filter((step) => step.parent === undefined), ...clip.notes].map(
    (item) => item.position,
  );
  const left = Math.min(...places.map((place) => place.x));
  const top = Math.min(...places.map((place) => place.y));
  const offset = at === null ? { x: 2 * grid, y: 2 * grid } : snapPoint({ x: at.x - left, y: at.y - top });
  const copies = pasted(clip, offset, random);
  flow.closeStep();
  flow.edit((doc, origin) => addSteps(doc, copies, origin));
  const outer = copies.steps.filter((step: FlowStep) => step.parent === undefined);
  select(ui, [...outer.map((step) => step.id), ...copies.notes.map((note) => note.id)]);
}

export function duplicate(doing: Doing): void {
  const { selection } = doing.ui.getState();
  if (selection.size > 0) paste(doing, clipOf(toFile(doing.flow.doc), selection), null);
}
