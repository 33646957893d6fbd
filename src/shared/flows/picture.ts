import type { FlowFile, FlowPicture, FlowStep } from '../model/flow.ts';
import { stepType } from './registry.ts';

const rowHeight = 24;
const headAndFoot = 68;

/** The size of a step on the canvas, in its units. */
export function sizeOf(step: FlowStep): { width: number; height: number } {
  const size = stepType(step.type)?.size ?? { width: 208 };
  return step.size ?? { width: size.width, height: size.height ?? headAndFoot + rowHeight };
}

/** Where a step stands on the canvas: its own place is counted from its parent's. */
export function placesOf(steps: readonly FlowStep[]): Map<string, { x: number; y: number }> {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const places = new Map<string, { x: number; y: number }>();
  const place = (step: FlowStep, depth: number): { x: number; y: number } => {
    const known = places.get(step.id);
    if (known !== undefined) return known;
    const parent = step.parent === undefined || depth > 64 ? undefined : byId.get(step.parent);
    const origin = parent === undefined ? { x: 0, y: 0 } : place(parent, depth + 1);
    const found = { x: origin.x + step.position.x, y: origin.y + step.position.y };
    places.set(step.id, found);
    return found;
  };
  for (const step of steps) place(step, 0);
  return places;
}

/** Lists draw at most this much of a flow. */
const mostBoxes = 200;

/** The small drawing of a flow; containers come before what stands in them. */
export function pictureOf(file: FlowFile): FlowPicture {
  const places = placesOf(file.steps);
  const shown = file.steps.toSorted((left, right) => depthOf(left) - depthOf(right)).slice(0, mostBoxes);
  const index = new Map(shown.map(({ id }, at) => [id, at]));
  return {
    boxes: shown.map((step) => ({ id: step.id, ...(places.get(step.id) ?? step.position), ...sizeOf(step) })),
    lines: file.edges.flatMap(({ from, to }) => {
      const [start, end] = [index.get(from.step), index.get(to.step)];
      return start === undefined || end === undefined ? [] : [{ from: start, to: end }];
    }),
  };
}

const depthOf = (step: FlowStep) => (step.parent === undefined ? 0 : 1);
