/**
 * What a run shows on the canvas: one instance per step at the top level, and per Map its items as cells. Pure; fed by
 * GET answers and by `steps.changed`. Items of a Map may be many: their records are changed in place and wrapped anew, which
 * costs the size of the change and not of the Map, and only the items that changed last are kept (mostKept). What is said
 * of a long Map as a whole comes from its counts; who did it, from the items that passed by.
 */
import type { FlowFile } from '../../../../shared/model/flow.ts';
import {
  finishedStepStates,
  type RunSummary,
  type StepInstance,
  type StepState,
} from '../../../../shared/model/run.ts';

export type CellState = 'waiting' | 'running' | 'done' | 'failed';

/** One item of a Map. */
export interface ItemCell {
  state: CellState;
  /** The machine that did, or does, the latest job of this item; null where the host did everything. */
  nodeId: string | null;
}

export interface MapProgress {
  /** By item; an item that is not known yet is missing. */
  cells: (ItemCell | undefined)[];
  /** How many items each machine has finished; '' stands for the host. */
  doneBy: ReadonlyMap<string, number>;
  /** Running instances by inner step, in the order they started. */
  lanes: ReadonlyMap<string, readonly StepInstance[]>;
  /** The instances by item, then by `<path>|<step>`. */
  items: (Map<string, StepInstance> | undefined)[];
}

export interface RunOverlay {
  run: RunSummary;
  /** How many steps stand directly in each Map; an item is done when all of them are finished. */
  innerSteps: ReadonlyMap<string, number>;
  steps: ReadonlyMap<string, StepInstance>;
  /** By the step of a Map at the top level. */
  maps: ReadonlyMap<string, MapProgress>;
}

const firstPart = /^([a-z][a-z0-9_]*)\[(\d+)\]/;

/** The outermost Map and item of an instance's path; null at the top level. */
export function outerItem(path: string): { mapId: string; index: number } | null {
  const match = firstPart.exec(path);
  return match === null ? null : { mapId: match[1] ?? '', index: Number(match[2]) };
}

export function startOverlay(
  run: RunSummary,
  file: Pick<FlowFile, 'steps'>,
  steps: readonly StepInstance[],
): RunOverlay {
  const innerSteps = new Map<string, number>();
  for (const { parent } of file.steps)
    if (parent !== undefined) innerSteps.set(parent, (innerSteps.get(parent) ?? 0) + 1);
  return applySteps({ run, innerSteps, steps: new Map(), maps: new Map() }, steps);
}

/** The overlay after some instances changed. Answers the same object when nothing in it did. */
export function applySteps(overlay: RunOverlay, changed: readonly StepInstance[]): RunOverlay {
  const own = changed.filter((instance) => instance.runId === overlay.run.id);
  const top = own.filter((instance) => instance.path === '');
  const inner = own.filter((instance) => instance.path !== '');
  if (top.length === 0 && inner.length === 0) return overlay;
  return {
    ...overlay,
    steps: top.length === 0 ? overlay.steps : withInstances(overlay.steps, top),
    maps: inner.length === 0 ? overlay.maps : withItems(overlay, inner),
  };
}

function withInstances(steps: ReadonlyMap<string, StepInstance>, changed: readonly StepInstance[]) {
  const next = new Map(steps);
  for (const instance of changed) {
    if (!isOlder(instance, next.get(instance.stepId))) next.set(instance.stepId, instance);
  }
  return next;
}

/** A page that was asked for may arrive after a live event that says more: what is finished stays finished. */
function isOlder(instance: StepInstance, known: StepInstance | undefined): boolean {
  return known !== undefined && isFinished(known.state) && !isFinished(instance.state);
}

export const isFinished = (state: StepState): boolean => finishedStepStates.includes(state);

function withItems(overlay: RunOverlay, changed: readonly StepInstance[]) {
  const next = new Map(overlay.maps);
  const touched = new Map<string, Set<number>>();
  for (const instance of changed) {
    const place = outerItem(instance.path);
    if (place === null) continue;
    const progress = next.get(place.mapId) ?? { cells: [], doneBy: new Map(), lanes: new Map(), items: [] };
    next.set(place.mapId, progress);
    const item = progress.items[place.index] ?? new Map<string, StepInstance>();
    progress.items[place.index] = item;
    keepLatest(progress, place.index);
    const key = `${instance.path}|${instance.stepId}`;
    if (!isOlder(instance, item.get(key))) item.set(key, instance);
    touched.set(place.mapId, (touched.get(place.mapId) ?? new Set()).add(place.index));
  }
  for (const [mapId, indexes] of touched) {
    const progress = next.get(mapId);
    if (progress !== undefined) next.set(mapId, recount(progress, indexes, overlay.innerSteps.get(mapId) ?? 0));
  }
  return next;
}

/** So many items of one Map are kept; a canvas shows single ones of at most 96. */
export const mostKept = 400;

/** The order in which items changed, the latest last. */
const latest = new WeakMap<MapProgress['items'], Set<number>>();

/** Items that are over and changed longest ago make room; those that run stay. */
function keepLatest({ items, cells }: MapProgress, index: number): void {
  const order = latest.get(items) ?? new Set();
  latest.set(items, order);
  order.delete(index);
  order.add(index);
  if (order.size <= mostKept) return;
  for (const one of order) {
    if (cells[one]?.state === 'running' && order.size <= 2 * mostKept) continue;
    order.delete(one);
    delete items[one];
    delete cells[one];
    return;
  }
}

function recount(progress: MapProgress, indexes: ReadonlySet<number>, innerSteps: number): MapProgress {
  const doneBy = new Map(progress.doneBy);
  const lanes = new Map<string, StepInstance[]>();
  for (const [stepId, running] of progress.lanes) {
    lanes.set(
      stepId,
      running.filter((instance) => !indexes.has(outerItem(instance.path)?.index ?? -1)),
    );
  }
  for (const index of indexes) {
    const item = progress.items[index];
    if (item === undefined) continue;
    count(doneBy, progress.cells[index], -1);
    const cell = cellOf([...item.values()], innerSteps);
    progress.cells[index] = cell;
    count(doneBy, cell, 1);
    for (const instance of item.values()) {
      if (instance.state === 'running') lanes.set(instance.stepId, [...(lanes.get(instance.stepId) ?? []), instance]);
    }
  }
  for (const running of lanes.values()) running.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
  return { cells: progress.cells, items: progress.items, doneBy, lanes };
}

function count(doneBy: Map<string, number>, cell: ItemCell | undefined, by: number): void {
  if (cell?.state !== 'done') return;
  const node = cell.nodeId ?? '';
  const left = (doneBy.get(node) ?? 0) + by;
  if (left <= 0) doneBy.delete(node);
  else doneBy.set(node, left);
}

/** How an item stands, from the instances that are known and the number of steps directly in its Map. */
export function cellOf(instances: readonly StepInstance[], innerSteps: number): ItemCell {
  const worked = instances.filter((instance) => instance.nodeId !== undefined);
  const latest = worked.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0)).at(-1);
  const nodeId = latest?.nodeId ?? null;
  if (instances.some((instance) => instance.state === 'failed')) return { state: 'failed', nodeId };
  // What was stopped was not done, whoever had it.
  if (instances.some((instance) => instance.state === 'cancelled')) return { state: 'waiting', nodeId: null };
  const direct = instances.filter((instance) => !instance.path.includes('/'));
  if (direct.length >= innerSteps && direct.every((instance) => isFinished(instance.state)))
    return { state: 'done', nodeId };
  if (instances.every((instance) => instance.state === 'waiting' || instance.state === 'ready')) {
    return { state: 'waiting', nodeId: null };
  }
  return { state: 'running', nodeId };
}
