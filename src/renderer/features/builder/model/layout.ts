/**
 * Puts steps in columns from left to right, each after what it waits for, with few crossings. The layout itself is ELK's
 * (layered, with the ports where they stand), which runs in a worker and is loaded when it is first asked for.
 */
import type { ElkNode } from 'elkjs/lib/elk-api.js';
import { moveSteps } from '../../../../shared/flows/edit.ts';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import type { FlowGroup } from '../../../../shared/model/flow.ts';
import type { Doing } from './doing.ts';
import { type Extent, mapLayout, type Point, portPoint, snap } from './geometry.ts';
import { withMembers } from './groups.ts';
import { graphOf } from './ports.ts';
import { type Scene, sceneOf } from './scene.ts';

export type LayoutEngine = (graph: ElkNode) => Promise<ElkNode>;

const options: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
  'elk.layered.spacing.nodeNodeBetweenLayers': '72',
  'elk.spacing.nodeNode': '48',
  'elk.spacing.componentComponent': '72',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.randomSeed': '1',
};

/** Arranges every level of the flow, or only what is chosen where that is several steps, as one step of the history. */
export async function arrange({ flow, ui }: Doing, engine: LayoutEngine): Promise<void> {
  const view = flow.view.getState();
  const graph = graphOf(view);
  const chosen = [...withMembers(view, ui.getState().selection)].filter((id) => view.steps.has(id));
  const only = chosen.length > 1 ? new Set(chosen) : null;
  const moves = await placesOf(graph, sceneOf(view, graph, null), only, engine, view.file.groups);
  if (moves.size === 0) return;
  flow.closeStep();
  flow.edit((doc, origin) => moveSteps(doc, moves, origin));
}

/** The new places of steps, relative to what they stand in: innermost levels first, for a Map is as large as what is in it. */
export async function placesOf(
  graph: FlowGraph,
  scene: Scene,
  only: ReadonlySet<string> | null,
  engine: LayoutEngine,
  groups: readonly FlowGroup[] = [],
): Promise<Map<string, Point>> {
  const moves = new Map<string, Point>();
  const sizes = new Map([...scene.placed].map(([id, { size }]) => [id, size as Extent]));
  for (const scope of innermostFirst(graph)) {
    const ids = (graph.scopes.get(scope) ?? []).map(({ id }) => id).filter((id) => only === null || only.has(id));
    if (ids.length > (only === null ? 0 : 1)) {
      const done = await engine(elkGraph(graph, scene, ids, sizes, groups));
      const origin = originOf(scene, scope, ids);
      for (const [id, { x, y }] of laidOut(done)) moves.set(id, { x: snap(x) + origin.x, y: snap(y) + origin.y });
    }
    const map = scene.placed.get(scope);
    if (map !== undefined) sizes.set(scope, sizeOfMap(graph, scene, scope, sizes, moves));
  }
  return moves;
}

/** Where the steps stand, those in groups too. */
function laidOut(done: ElkNode): [string, Point][] {
  return (done.children ?? []).flatMap(({ id, x = 0, y = 0, children }): [string, Point][] =>
    children === undefined || children.length === 0
      ? [[id, { x, y }]]
      : children.map((child) => [child.id, { x: x + (child.x ?? 0), y: y + (child.y ?? 0) }]),
  );
}

function innermostFirst(graph: FlowGraph): string[] {
  const depth = (scope: string): number => (scope === '' ? 0 : 1 + depth(graph.steps.get(scope)?.scope ?? ''));
  return [...graph.scopes.keys()].toSorted((one, other) => depth(other) - depth(one));
}

/** Where the first of them stands: at the top where the upper left of them stood, in a Map at the beginning of its well. */
function originOf(scene: Scene, scope: string, ids: readonly string[]): Point {
  const map = scene.placed.get(scope);
  if (map !== undefined) {
    const rows = Math.max(map.ports.inputs.length, map.ports.outputs.length);
    const { well } = mapLayout(rows, 0, []);
    return { x: well.x + 39, y: well.y + 24 };
  }
  const places = ids.flatMap((id) => scene.placed.get(id)?.position ?? []);
  return { x: snap(Math.min(...places.map(({ x }) => x))), y: snap(Math.min(...places.map(({ y }) => y))) };
}

function sizeOfMap(
  graph: FlowGraph,
  scene: Scene,
  scope: string,
  sizes: ReadonlyMap<string, Extent>,
  moves: ReadonlyMap<string, Point>,
): Extent {
  const map = scene.placed.get(scope);
  const rows = Math.max(map?.ports.inputs.length ?? 0, map?.ports.outputs.length ?? 0);
  const { well } = mapLayout(rows, 0, []);
  const inner = (graph.scopes.get(scope) ?? []).flatMap(({ id, step }) => {
    const size = sizes.get(id);
    const at = moves.get(id) ?? step.position;
    return size === undefined ? [] : [{ ...size, x: at.x - well.x, y: at.y - well.y }];
  });
  return mapLayout(rows, 0, inner);
}

/** One level as ELK reads it: steps from top to bottom as they stand, so that what a person ordered stays in order; groups stay together. */
export function elkGraph(
  graph: FlowGraph,
  scene: Scene,
  ids: readonly string[],
  sizes: ReadonlyMap<string, Extent>,
  groups: readonly FlowGroup[] = [],
): ElkNode {
  const inside = new Set(ids);
  const place = (id: string) => scene.placed.get(id)?.position ?? { x: 0, y: 0 };
  const sorted = ids.toSorted((one, other) => place(one).y - place(other).y || place(one).x - place(other).x);
  const edges = ids.flatMap((id) =>
    (graph.into.get(id) ?? []).filter(({ from }) => inside.has(from.step) && from.step !== id),
  );
  return {
    id: 'flow',
    layoutOptions: { ...options },
    children: withGroups(
      sorted.map((id) => elkStep(scene, id, sizes.get(id) ?? { width: 208, height: 120 })),
      groups,
    ),
    edges: edges.flatMap(({ id, from, to }) => {
      const [source, target] = [`${from.step}|o|${from.port}`, `${to.step}|i|${to.port}`];
      return hasPort(scene, from, 'outputs') && hasPort(scene, to, 'inputs')
        ? [{ id, sources: [source], targets: [target] }]
        : [];
    }),
  };
}

/** As much room as the frame of a group takes around its steps (groups.ts). */
const frame = { 'elk.padding': '[top=48,left=24,bottom=24,right=24]' };

/** The steps of a group in a node of their own, where its first one stood. */
function withGroups(steps: readonly ElkNode[], groups: readonly FlowGroup[]): ElkNode[] {
  const groupOf = new Map(groups.flatMap(({ id, steps: members }) => members.map((step) => [step, id] as const)));
  const children = Map.groupBy(steps, ({ id }) => groupOf.get(id) ?? id);
  return [...children].map(([key, inside]) => {
    const [first] = inside;
    return first !== undefined && first.id === key
      ? first
      : { id: `group ${key}`, children: inside, layoutOptions: { ...options, ...frame } };
  });
}

const hasPort = (scene: Scene, end: { step: string; port: string }, side: 'inputs' | 'outputs'): boolean =>
  scene.placed.get(end.step)?.ports[side].some(({ name }) => name === end.port) ?? false;

function elkStep(scene: Scene, id: string, size: Extent): ElkNode {
  const ports = scene.placed.get(id)?.ports;
  const port = (side: 'input' | 'output', name: string, row: number) => ({
    id: `${id}|${side === 'input' ? 'i' : 'o'}|${name}`,
    width: 0,
    height: 0,
    ...portPoint(side, row, size.width),
    layoutOptions: { 'elk.port.side': side === 'input' ? 'WEST' : 'EAST' },
  });
  return {
    id,
    width: size.width,
    height: size.height,
    layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
    ports: [
      ...(ports?.inputs ?? []).map(({ name }, row) => port('input', name, row)),
      ...(ports?.outputs ?? []).map(({ name }, row) => port('output', name, row)),
    ],
  };
}
