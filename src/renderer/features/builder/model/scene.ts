/** Where everything stands: the size and place of every step and note, Maps around what is in them. Pure. */
import type { FlowGraph, StepPorts } from '../../../../shared/flows/graph.ts';
import { stepType } from '../../../../shared/flows/registry.ts';
import type { FlowStep } from '../../../../shared/model/flow.ts';
import { isFile, isImage } from '../../../app/value/shown.ts';
import type { FlowView } from '../document/flow-view.ts';
import {
  type Body,
  type Box,
  contains,
  type Extent,
  type MapLayout,
  mapLayout,
  type Point,
  stepSize,
} from './geometry.ts';
import { stepPorts } from './ports.ts';

/** What a run adds to the drawing. */
export interface RunDrawing {
  /** How many items a Map has; 0 before it knows. */
  items(mapId: string): number;
  /** Lanes to keep free for running items of a step inside a Map. */
  lanes(step: FlowStep): number;
  /** Why a step failed; null where it did not. */
  failure(stepId: string): string | null;
  /** The first row of a table that an Output gave. */
  table(stepId: string): { columns: readonly string[]; row: readonly string[] } | null;
  /** The beginning of a text that an Output gave. */
  text(stepId: string): string | null;
  /** Whether a step writes text, or has. */
  streams(stepId: string): boolean;
  /** Whether a step asks if it may go on. */
  asks(stepId: string): boolean;
}

export interface Placed {
  step: FlowStep;
  ports: StepPorts;
  body: Body;
  size: Extent;
  /** Of a Map. */
  layout: MapLayout | null;
  hasInner: boolean;
  /** Relative to the Map around it. */
  position: Point;
  absolute: Point;
  /** The outermost Map around it. */
  within: string | null;
}

export interface Scene {
  /** Maps before what stands in them. */
  placed: ReadonlyMap<string, Placed>;
  /** Absolute, of steps and notes. */
  boxes: ReadonlyMap<string, Box>;
  /** The innermost Map whose well is at this place, but none of `except` or inside them. */
  mapAt(point: Point, except?: ReadonlySet<string>): { id: string; box: Box } | null;
}

/** Inner steps keep this distance from the rim of the well. */
const rim = { x: 36, y: 16 };

export function sceneOf(view: FlowView, graph: FlowGraph, run: RunDrawing | null): Scene {
  const inner = Map.groupBy(view.steps.values(), (step) => step.parent ?? '');
  const placed = new Map<string, Placed>();
  const boxes = new Map<string, Box>();

  const measure = (step: FlowStep): Pick<Placed, 'ports' | 'body' | 'size' | 'layout'> & { children: Placed[] } => {
    const ports = stepPorts(graph, step.id);
    const type = stepType(step.type);
    const rows = Math.max(ports.inputs.length, ports.outputs.length);
    const width = type?.size.width ?? 208;
    if (type?.executes !== 'container') {
      const body = bodyOf(step, run);
      return { ports, body, size: stepSize(width, rows, body), layout: null, children: [] };
    }
    const origin = mapLayout(rows, 0, []).well;
    const children = (inner.get(step.id) ?? []).map((child) => {
      const { children: below, ...measured } = measure(child);
      const place = {
        x: Math.max(rim.x, child.position.x - origin.x),
        y: Math.max(rim.y, child.position.y - origin.y),
      };
      return {
        step: child,
        ...measured,
        hasInner: below.length > 0,
        below,
        position: place,
        absolute: place,
        within: null,
      };
    });
    const around = children.map(({ position, size }) => ({ ...position, ...size }));
    const layout = mapLayout(rows, run?.items(step.id) ?? 0, around);
    return { ports, body: { kind: 'none' }, size: layout, layout, children };
  };

  const put = (item: Placed & { below?: Placed[] }, at: Point, within: string | null, offset: Point) => {
    const position = { x: item.position.x + offset.x, y: item.position.y + offset.y };
    const absolute = { x: at.x + position.x, y: at.y + position.y };
    const { below = [], ...rest } = item;
    placed.set(item.step.id, { ...rest, position, absolute, within });
    boxes.set(item.step.id, { ...absolute, width: item.size.width, height: item.size.height });
    if (item.layout === null) return;
    for (const child of below) put(child, absolute, within ?? item.step.id, item.layout.well);
  };

  const outer = inner.get('') ?? [];
  const sizes = new Map(outer.map((step) => [step.id, measure(step)]));
  const down = run === null ? noShifts : shiftsOf(outer, sizes, sceneOf(view, graph, null).boxes);
  for (const step of outer) {
    const { children, ...measured } = sizes.get(step.id) ?? measure(step);
    const at = { x: step.position.x, y: step.position.y + (down.get(step.id) ?? 0) };
    const item = {
      step,
      ...measured,
      hasInner: children.length > 0,
      below: children,
      position: at,
      absolute: at,
      within: null,
    };
    put(item, { x: 0, y: 0 }, null, { x: 0, y: 0 });
  }
  for (const note of view.notes.values()) boxes.set(note.id, { ...note.position, ...note.size });

  return { placed, boxes, mapAt: mapFinder(view, placed) };
}

/** Finds the innermost of these Maps at a place. */
export function mapFinder(view: FlowView, placed: Scene['placed']): Scene['mapAt'] {
  const isInside = (id: string, except: ReadonlySet<string>): boolean => {
    for (let at: string | undefined = id; at !== undefined; at = view.steps.get(at)?.parent)
      if (except.has(at)) return true;
    return false;
  };
  return (point, except = new Set()) => {
    let found: { id: string; box: Box } | null = null;
    for (const [id, { layout, absolute }] of placed) {
      if (layout === null || isInside(id, except)) continue;
      const box = { x: absolute.x, y: absolute.y + layout.well.y, width: layout.width, height: layout.wellSize.height };
      if (contains(box, point)) found = { id, box };
    }
    return found;
  };
}

const noShifts: ReadonlyMap<string, number> = new Map();
/** What is pushed down keeps at least this distance, or the one it had. */
const leastGap = 24;

/**
 * How far steps give way to those above them that have grown in a run (the items of a Map, what went wrong), so that nothing
 * lies over another; the places that are stored stay as they are.
 */
function shiftsOf(
  steps: readonly FlowStep[],
  sizes: ReadonlyMap<string, { size: Extent }>,
  resting: ReadonlyMap<string, Box>,
): ReadonlyMap<string, number> {
  const grown = steps.filter(({ id }) => (sizes.get(id)?.size.height ?? 0) > (resting.get(id)?.height ?? 0));
  if (grown.length === 0) return noShifts;
  const shifts = new Map<string, number>();
  const moving: { rest: Box; bottom: number }[] = [];
  for (const step of steps.toSorted((one, other) => one.position.y - other.position.y)) {
    const rest = resting.get(step.id);
    if (rest === undefined) continue;
    let shift = 0;
    for (const above of moving) {
      const gap = rest.y - above.rest.y - above.rest.height;
      const beside = rest.x >= above.rest.x + above.rest.width || above.rest.x >= rest.x + rest.width;
      if (gap >= 0 && !beside) shift = Math.max(shift, above.bottom + Math.min(gap, leastGap) - rest.y);
    }
    const height = sizes.get(step.id)?.size.height ?? rest.height;
    if (shift > 0) shifts.set(step.id, shift);
    if (shift > 0 || height > rest.height) moving.push({ rest, bottom: rest.y + shift + height });
  }
  return shifts;
}

/** The place to store for a step that stands absolutely at `at` inside a Map: counted from the Map as it is drawn before a run. */
export function placeInMap(scene: Scene, mapId: string, at: Point): Point {
  const map = scene.placed.get(mapId);
  if (map === undefined || map.layout === null) return at;
  const rows = Math.max(map.ports.inputs.length, map.ports.outputs.length);
  const origin = mapLayout(rows, 0, []).well;
  const inWell = {
    x: Math.max(rim.x, at.x - map.absolute.x - map.layout.well.x),
    y: Math.max(rim.y, at.y - map.absolute.y - map.layout.well.y),
  };
  return { x: Math.round(inWell.x + origin.x), y: Math.round(inWell.y + origin.y) };
}

function bodyOf(step: FlowStep, run: RunDrawing | null): Body {
  const failure = run?.failure(step.id) ?? null;
  if (failure !== null) return { kind: 'fail', message: failure };
  if (run?.asks(step.id) === true) return { kind: 'ask' };
  if (run?.streams(step.id) === true) return { kind: 'stream' };
  const lanes = run?.lanes(step) ?? 0;
  if (lanes > 0) return { kind: 'lanes', count: lanes };
  switch (step.type) {
    case 'input':
      return inputBody(step.config['value']);
    case 'output': {
      const table = run?.table(step.id) ?? null;
      const text = run?.text(step.id) ?? null;
      if (table !== null) return { kind: 'table', ...table };
      return text === null ? { kind: 'none' } : { kind: 'text', text };
    }
    case 'code':
      return sayBody(step, false);
    case 'template':
    case 'transform':
      return sayBody(step, step.type === 'template');
    default:
      return { kind: 'none' };
  }
}

function sayBody(step: FlowStep, mono: boolean): Body {
  const type = stepType(step.type);
  const text = type?.describe({ ...type.defaults, ...step.config }) ?? '';
  return text === '' ? { kind: 'none' } : { kind: 'say', text, mono };
}

const thumbs = 4;

function inputBody(value: unknown): Body {
  const files = Array.isArray(value) ? value.filter(isFile) : isFile(value) ? [value] : [];
  if (files.length > 0 && files.every(isImage)) {
    return { kind: 'thumbs', images: files.slice(0, thumbs), more: Math.max(0, files.length - thumbs) };
  }
  const text =
    typeof value === 'string' || typeof value === 'number' ? String(value).split('\n', 1)[0]?.slice(0, 60) : '';
  return text === undefined || text === '' ? { kind: 'none' } : { kind: 'say', text, mono: false };
}
