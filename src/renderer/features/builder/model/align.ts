/** Lines steps and notes up, or spreads them evenly. Pure places, and the one edit that makes them so. */
import { moveSteps } from '../../../../shared/flows/edit.ts';
import type { Doing } from './doing.ts';
import { around, type Box, type Point, snap } from './geometry.ts';
import { topOf, withMembers } from './groups.ts';
import { graphOf } from './ports.ts';
import { sceneOf } from './scene.ts';

export type Alignment = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom';
export type Axis = 'across' | 'down';

/** Where the boxes stand once they are lined up with the outermost of them. */
export function aligned(boxes: ReadonlyMap<string, Box>, to: Alignment): Map<string, Point> {
  const frame = around([...boxes.values()]);
  if (frame === null) return new Map();
  return new Map([...boxes].map(([id, box]) => [id, alignedIn(frame, box, to)]));
}

function alignedIn(frame: Box, box: Box, to: Alignment): Point {
  switch (to) {
    case 'left':
      return { x: frame.x, y: box.y };
    case 'center':
      return { x: snap(frame.x + (frame.width - box.width) / 2), y: box.y };
    case 'right':
      return { x: frame.x + frame.width - box.width, y: box.y };
    case 'top':
      return { x: box.x, y: frame.y };
    case 'middle':
      return { x: box.x, y: snap(frame.y + (frame.height - box.height) / 2) };
    case 'bottom':
      return { x: box.x, y: frame.y + frame.height - box.height };
  }
}

/** Where the boxes stand once the gaps between them are the same; the first and the last stay. */
export function spread(boxes: ReadonlyMap<string, Box>, axis: Axis): Map<string, Point> {
  const start = (box: Box) => (axis === 'across' ? box.x : box.y);
  const size = (box: Box) => (axis === 'across' ? box.width : box.height);
  const sorted = [...boxes].toSorted(([, one], [, other]) => start(one) - start(other));
  const [first, last] = [sorted[0]?.[1], sorted.at(-1)?.[1]];
  if (first === undefined || last === undefined || sorted.length < 3) return new Map();
  const filled = sorted.reduce((sum, [, box]) => sum + size(box), 0);
  const gap = (start(last) + size(last) - start(first) - filled) / (sorted.length - 1);
  let at = start(first);
  return new Map(
    sorted.map(([id, box]) => {
      const place = axis === 'across' ? { x: Math.round(at), y: box.y } : { x: box.x, y: Math.round(at) };
      at += size(box) + gap;
      return [id, place];
    }),
  );
}

/** Moves what is chosen to the places that `places` gives for it; what stands in different Maps has no common line. */
export function rearrange(doing: Doing, places: (boxes: ReadonlyMap<string, Box>) => ReadonlyMap<string, Point>): void {
  const { flow, ui } = doing;
  const boxes = chosenBoxes(doing);
  const view = flow.view.getState();
  const moves = new Map(
    [...places(boxes)].flatMap(([id, place]) => {
      const box = boxes.get(id);
      const item = view.steps.get(id) ?? view.notes.get(id);
      if (box === undefined || item === undefined || (box.x === place.x && box.y === place.y)) return [];
      return [[id, { x: item.position.x + place.x - box.x, y: item.position.y + place.y - box.y }] as const];
    }),
  );
  if (moves.size === 0 || ui.getState().selection.size === 0) return;
  flow.closeStep();
  flow.edit((doc, origin) => moveSteps(doc, moves, origin));
}

function chosenBoxes({ flow, ui }: Doing): ReadonlyMap<string, Box> {
  const view = flow.view.getState();
  const { boxes } = sceneOf(view, graphOf(view), null);
  const ids = topOf(view, withMembers(view, ui.getState().selection));
  const level = ids[0] === undefined ? undefined : view.steps.get(ids[0])?.parent;
  return new Map(
    ids.flatMap((id) => {
      const box = boxes.get(id);
      return box === undefined || view.steps.get(id)?.parent !== level ? [] : [[id, box] as const];
    }),
  );
}
