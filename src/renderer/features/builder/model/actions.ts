/** What a person does to the flow. Each changes the document once, so one undo takes it back, and chooses what comes of it. */
import { toFile } from '../../../../shared/flows/document.ts';
import {
  addNote,
  addSteps,
  connect as connectPorts,
  disconnect,
  moveSteps,
  newId,
  newStep,
  removeGroups,
  removeSteps,
  setParent,
} from '../../../../shared/flows/edit.ts';
import { type FlowGraph, readGraph } from '../../../../shared/flows/graph.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowView } from '../document/flow-view.ts';
import type { Doing } from './doing.ts';
import { freePlace, grid, type Point, snap, snapPoint } from './geometry.ts';
import { topOf, withMembers } from './groups.ts';
import { fittingPort, graphOf, levelOf, portAt, portTypeOf } from './ports.ts';
import { placeInMap, type Scene, sceneOf } from './scene.ts';
import { type PortEnd, select } from './ui-state.ts';

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

const besides = 80;

/** A place at the right of the one step that is chosen; null where there is none. */
export function besideChosen({ flow, ui }: Pick<Doing, 'flow' | 'ui'>): Point | null {
  const [only, ...others] = ui.getState().selection;
  const view = flow.view.getState();
  const box = only === undefined || others.length > 0 || !view.steps.has(only) ? undefined : placeOf(view, only);
  return box === undefined ? null : { x: box.x + box.width + besides, y: box.y };
}

const placeOf = (view: FlowView, id: string) => sceneOf(view, graphOf(view), null).boxes.get(id);

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
  const { selection: chosen, selectedEdges, folded } = ui.getState();
  if (chosen.size === 0 && selectedEdges.size === 0) return;
  // A folded group goes with what is in it: nothing else of it was to be seen.
  const blocks = new Set([...chosen].filter((id) => folded.has(id)));
  const selection = new Set([...chosen, ...withMembers(flow.view.getState(), blocks)]);
  flow.closeStep();
  flow.edit((doc, origin) => {
    if (selectedEdges.size > 0) disconnect(doc, [...selectedEdges], origin);
    if (selection.size === 0) return;
    removeGroups(doc, selection, origin);
    removeSteps(doc, selection, origin);
  });
  select(ui, []);
}

/** Moves by whole steps of the grid: with the arrow keys. */
export function nudge({ flow, ui }: Doing, dx: number, dy: number): void {
  const view = flow.view.getState();
  const moves = new Map<string, Point>();
  for (const id of topOf(view, withMembers(view, ui.getState().selection))) {
    const item = view.steps.get(id) ?? view.notes.get(id);
    if (item !== undefined) moves.set(id, { x: item.position.x + dx * grid, y: item.position.y + dy * grid });
  }
  if (moves.size > 0) flow.edit((doc, origin) => moveSteps(doc, moves, origin));
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

/** Puts steps and notes where they were dragged to, in what they stand in; places relative to that. */
export function dropAll({ flow }: Doing, places: ReadonlyMap<string, Point>): void {
  if (places.size === 0) return;
  const view = flow.view.getState();
  const scene = sceneOf(view, graphOf(view), null);
  const moves = new Map(
    [...places].flatMap(([id, to]) => {
      const item = view.steps.get(id) ?? view.notes.get(id);
      const from = scene.placed.get(id)?.position ?? item?.position;
      if (item === undefined || from === undefined) return [];
      return [[id, { x: item.position.x + snap(to.x - from.x), y: item.position.y + snap(to.y - from.y) }] as const];
    }),
  );
  flow.closeStep();
  flow.edit((doc, origin) => moveSteps(doc, moves, origin));
}
