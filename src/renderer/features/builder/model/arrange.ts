/** Puts the steps in columns from left to right: each after what it waits for, and beside it. */

import { moveSteps } from '../../../../shared/flows/edit.ts';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import type { Doing } from './actions.ts';
import { type Extent, grid, mapLayout, type Point, snap } from './geometry.ts';
import { graphOf } from './ports.ts';
import { sceneOf } from './scene.ts';

const gapX = 72;
const gapY = 48;

/** Arranges every level of the flow, as one step of the history. */
export function arrange({ flow }: Doing): void {
  const view = flow.view.getState();
  const graph = graphOf(view);
  const scene = sceneOf(view, graph, null);
  const moves = new Map<string, Point>();
  for (const [scope, steps] of graph.scopes) {
    const sizes = new Map(steps.map(({ id }) => [id, scene.placed.get(id)?.size ?? { width: 208, height: 120 }]));
    const map = scene.placed.get(scope);
    const well =
      map === undefined ? null : mapLayout(Math.max(map.ports.inputs.length, map.ports.outputs.length), 0, []).well;
    const origin = well === null ? topLeft(steps.map(({ step }) => step.position)) : { x: well.x + 39, y: well.y + 24 };
    for (const [id, place] of columns(sizes, linksWithin(graph, sizes)))
      moves.set(id, { x: origin.x + place.x, y: origin.y + place.y });
  }
  if (moves.size === 0) return;
  flow.closeStep();
  flow.edit((doc, origin) => moveSteps(doc, moves, origin));
}

const topLeft = (places: readonly Point[]): Point => ({
  x: snap(Math.min(...places.map((place) => place.x))),
  y: snap(Math.min(...places.map((place) => place.y))),
});

type Links = readonly { from: string; to: string }[];

function linksWithin(graph: FlowGraph, sizes: ReadonlyMap<string, Extent>): Links {
  return [...graph.into.values()]
    .flat()
    .flatMap(({ from, to }) =>
      sizes.has(from.step) && sizes.has(to.step) && from.step !== to.step ? [{ from: from.step, to: to.step }] : [],
    );
}

/**
 * Places relative to the first: the column of a step is the longest way to it; within a column steps stand in the order of
 * the middle of what leads to them, which crosses few edges.
 */
export function columns(sizes: ReadonlyMap<string, Extent>, links: Links): Map<string, Point> {
  const rank = ranks([...sizes.keys()], links);
  const byColumn = Map.groupBy(sizes.keys(), (id) => rank.get(id) ?? 0);
  const into = Map.groupBy(links, (link) => link.to);
  const places = new Map<string, Point>();
  let x = 0;
  for (const column of [...byColumn.keys()].sort((a, b) => a - b)) {
    const ids = byColumn.get(column) ?? [];
    const pull = (id: string) => {
      const above = (into.get(id) ?? []).flatMap(({ from }) => middleOf(places.get(from), sizes.get(from)));
      return above.length === 0 ? 0 : above.reduce((sum, y) => sum + y, 0) / above.length;
    };
    const ordered = ids.map((id) => ({ id, pull: pull(id) })).sort((a, b) => a.pull - b.pull);
    let free = 0;
    for (const { id, pull: wanted } of ordered) {
      const size = sizes.get(id) ?? { width: 208, height: 120 };
      const y = snap(Math.max(free, wanted - size.height / 2));
      places.set(id, { x: snap(x), y });
      free = y + size.height + gapY;
    }
    x += Math.max(...ids.map((id) => sizes.get(id)?.width ?? 208)) + gapX;
    x = Math.ceil(x / grid) * grid;
  }
  return places;
}

const middleOf = (place: Point | undefined, size: Extent | undefined): number[] =>
  place === undefined || size === undefined ? [] : [place.y + size.height / 2];

/** The longest way to each step; a circle is cut where it is met. */
function ranks(ids: readonly string[], links: Links): ReadonlyMap<string, number> {
  const into = Map.groupBy(links, (link) => link.to);
  const rank = new Map<string, number>();
  const underway = new Set<string>();
  const rankOf = (id: string): number => {
    const known = rank.get(id);
    if (known !== undefined) return known;
    if (underway.has(id)) return 0;
    underway.add(id);
    const before = (into.get(id) ?? []).map(({ from }) => rankOf(from) + 1);
    const own = Math.max(0, ...before);
    rank.set(id, own);
    return own;
  };
  for (const id of ids) rankOf(id);
  return rank;
}
