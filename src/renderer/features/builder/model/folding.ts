/**
 * Groups that a person has folded: each stands as one block, with a port for every edge that crosses its frame. A way of
 * looking, not a change of the flow: others see it as they like, and everything that is stored stays where it is. Pure.
 */
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import type { Port } from '../../../../shared/flows/step-type.ts';
import type { FlowEdge, FlowGroup } from '../../../../shared/model/flow.ts';
import type { FlowView } from '../document/flow-view.ts';
import { type Extent, type Point, stepSize } from './geometry.ts';
import { portAt } from './ports.ts';
import { mapFinder, type Scene } from './scene.ts';
import type { PortEnd } from './ui-state.ts';

/** A port of a step in a folded group, as the block shows it. */
export interface FoldPort {
  end: PortEnd;
  port: Port;
  /** The step, for the block has ports of several. */
  title: string;
}

export interface Fold {
  group: FlowGroup;
  /** The steps in it, without what stands in Maps among them. */
  members: readonly string[];
  inputs: readonly FoldPort[];
  outputs: readonly FoldPort[];
  size: Extent;
  /** Where the leftmost of its steps stands, so that the edge to it stays as it was. */
  absolute: Point;
  /** Relative to the Map around it. */
  position: Point;
  parent: string | undefined;
  /** The outermost Map around it. */
  within: string | null;
}

/** A scene in which the steps of folded groups are not seen: blocks have their boxes. */
export interface FoldedScene extends Scene {
  folds: ReadonlyMap<string, Fold>;
  /** The block that a step which is not seen is in. */
  standIn: ReadonlyMap<string, string>;
  /** Everything as it stands unfolded. */
  whole: Scene;
}

const width = 208;

export function foldScene(scene: Scene, view: FlowView, graph: FlowGraph, folded: ReadonlySet<string>): FoldedScene {
  const groups = view.file.groups.filter(({ id }) => folded.has(id));
  const standIn = standInsOf(view, groups);
  if (standIn.size === 0) return { ...scene, folds: new Map(), standIn, whole: scene };
  const ports = portsOfFolds(view, graph, standIn);
  const shown = new Set(standIn.values());
  const folds = new Map(
    groups.flatMap((group) => {
      const fold = shown.has(group.id) ? foldOf(group, scene, ports.get(group.id) ?? noPorts) : null;
      return fold === null ? [] : [[group.id, fold] as const];
    }),
  );
  const placed = new Map([...scene.placed].filter(([id]) => !standIn.has(id)));
  const boxes = new Map([...scene.boxes].filter(([id]) => !standIn.has(id)));
  for (const [id, { absolute, size }] of folds) boxes.set(id, { ...absolute, ...size });
  return { placed, boxes, mapAt: mapFinder(view, placed), folds, standIn, whole: scene };
}

/** Every step that is not seen, with its block; a group inside a Map of another folded group is in the block of that. */
function standInsOf(view: FlowView, groups: readonly FlowGroup[]): Map<string, string> {
  const direct = new Map(groups.flatMap(({ id, steps }) => steps.map((step) => [step, id] as const)));
  const standIn = new Map<string, string>();
  if (direct.size === 0) return standIn;
  for (const step of view.steps.values()) {
    let outermost: string | undefined;
    for (let at: typeof step | undefined = step; at !== undefined; at = view.steps.get(at.parent ?? ''))
      outermost = direct.get(at.id) ?? outermost;
    if (outermost !== undefined) standIn.set(step.id, outermost);
  }
  return standIn;
}

interface FoldPorts {
  inputs: FoldPort[];
  outputs: FoldPort[];
}
const noPorts: FoldPorts = { inputs: [], outputs: [] };

/** One port for each port of a step in a block that an edge reaches from outside. */
function portsOfFolds(view: FlowView, graph: FlowGraph, standIn: ReadonlyMap<string, string>): Map<string, FoldPorts> {
  const ports = new Map<string, FoldPorts>();
  const add = (end: PortEnd) => {
    const block = standIn.get(end.step);
    const port = portAt(graph, end);
    if (block === undefined || port === null) return;
    const known = ports.get(block) ?? { inputs: [], outputs: [] };
    ports.set(block, known);
    const list = end.side === 'input' ? known.inputs : known.outputs;
    if (list.some((other) => other.end.step === end.step && other.end.port === end.port)) return;
    list.push({ end, port, title: view.steps.get(end.step)?.name ?? end.step });
  };
  for (const { from, to } of view.edges.values()) {
    if (standIn.get(from.step) === standIn.get(to.step)) continue;
    add({ ...from, side: 'output' });
    add({ ...to, side: 'input' });
  }
  return ports;
}

function foldOf(group: FlowGroup, scene: Scene, { inputs, outputs }: FoldPorts): Fold | null {
  const members = group.steps.filter((id) => scene.placed.has(id));
  const [first] = members
    .flatMap((id) => scene.placed.get(id) ?? [])
    .toSorted((one, other) => one.absolute.x - other.absolute.x);
  if (first === undefined) return null;
  return {
    group,
    members,
    inputs,
    outputs,
    size: stepSize(width, Math.max(inputs.length, outputs.length), { kind: 'none' }),
    absolute: first.absolute,
    parent: first.step.parent,
    within: first.within,
    position: first.position,
  };
}

/** Where an edge is drawn: at the blocks of steps that are not seen; null for one inside a block. */
export function drawnEnds({ from, to }: FlowEdge, standIn: ReadonlyMap<string, string>) {
  const [source, target] = [standIn.get(from.step), standIn.get(to.step)];
  return source !== undefined && source === target ? null : { source, target };
}

/** The edges as they are drawn, for going along them. */
export function foldGraph(graph: FlowGraph, standIn: ReadonlyMap<string, string>): Pick<FlowGraph, 'from' | 'into'> {
  if (standIn.size === 0) return graph;
  const edges = [...graph.into.values()].flat().flatMap((edge) => {
    const ends = drawnEnds(edge, standIn);
    if (ends === null) return [];
    const { from, to } = edge;
    return [
      { ...edge, from: { ...from, step: ends.source ?? from.step }, to: { ...to, step: ends.target ?? to.step } },
    ];
  });
  return { from: Map.groupBy(edges, ({ from }) => from.step), into: Map.groupBy(edges, ({ to }) => to.step) };
}
