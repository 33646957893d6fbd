/** Which step comes next in a direction, for moving between steps by keyboard. Pure. */
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import type { Box } from './geometry.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Of what an edge leads to but stands elsewhere: after everything that stands where one is going. */
const farOff = 1e9;

/** The step to go to: along an edge where one leads that way, else the nearest in sight of that side; null where there is none. */
export function neighbour(
  boxes: ReadonlyMap<string, Box>,
  graph: Pick<FlowGraph, 'from' | 'into'>,
  from: string,
  direction: Direction,
): string | null {
  const start = boxes.get(from);
  if (start === undefined) return null;
  const wired = direction === 'left' || direction === 'right' ? along(graph, from, direction) : [];
  const nearest = (ids: Iterable<string>, anyWay: boolean) => {
    let best: { id: string; cost: number } | null = null;
    for (const id of ids) {
      const box = boxes.get(id);
      const cost =
        box === undefined || id === from ? null : (costOf(start, box, direction) ?? (anyWay ? farOff : null));
      if (cost !== null && (best === null || cost < best.cost)) best = { id, cost };
    }
    return best?.id ?? null;
  };
  return nearest(wired, true) ?? nearest(boxes.keys(), false);
}

function along(graph: Pick<FlowGraph, 'from' | 'into'>, from: string, direction: 'left' | 'right'): string[] {
  const edges = direction === 'right' ? graph.from.get(from) : graph.into.get(from);
  return (edges ?? []).map((edge) => (direction === 'right' ? edge.to.step : edge.from.step));
}

/** The way to a box in a direction, sideways counted double; null where it does not lie that way. */
function costOf(from: Box, to: Box, direction: Direction): number | null {
  const dx = to.x + to.width / 2 - (from.x + from.width / 2);
  const dy = to.y + to.height / 2 - (from.y + from.height / 2);
  const [ahead, aside] = {
    left: [-dx, dy] as const,
    right: [dx, dy] as const,
    up: [-dy, dx] as const,
    down: [dy, dx] as const,
  }[direction];
  return ahead <= 1 ? null : ahead + 2 * Math.abs(aside);
}

/** The step that stands first: the leftmost of the uppermost; null in an empty flow. */
export function firstOf(boxes: ReadonlyMap<string, Box>): string | null {
  let best: { id: string; cost: number } | null = null;
  for (const [id, box] of boxes) {
    const cost = box.x + box.y;
    if (best === null || cost < best.cost) best = { id, cost };
  }
  return best?.id ?? null;
}
