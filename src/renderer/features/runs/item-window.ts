/** Which items of a Map a page holds: never more than a window of them, however many there are. */
import type { ItemCounts, RunDetail } from '../../../shared/model/run.ts';
import type { ItemWindow } from '../../api/keys.ts';

/** Instances that the windows of a page hold together, about. */
const mostInstances = 300;
const leastItems = 10;
/** What one question to the host may ask for. */
const mostItems = 100;

/** So many items are in a window, where `stepsInside` steps stand in the Map and `maps` Maps are shown. */
export function windowItems(stepsInside: number, maps: number): number {
  const fitting = Math.floor(mostInstances / (Math.max(1, stepsInside) * Math.max(1, maps)));
  return Math.min(mostItems, Math.max(leastItems, fitting));
}

/** The first item of the window: the chosen one, else, while the Map goes on, where the work is. */
export function firstOf(counts: ItemCounts, size: number, chosen: number | null, isOver: boolean): number {
  const last = Math.max(0, Math.floor((counts.total - 1) / size) * size);
  if (chosen !== null) return Math.min(last, Math.max(0, chosen - (chosen % size)));
  return isOver ? 0 : Math.min(last, Math.floor((counts.done + counts.failed) / size) * size);
}

/** A window of a Map that is shown, with how many items there are in all. */
export interface ShownWindow extends ItemWindow {
  total: number;
}

/** "Items 401–600 of 10,000" */
export function windowWords({ first, items, total }: ShownWindow, format: (count: number) => string): string {
  return `Items ${format(first + 1)}–${format(Math.min(total, first + items))} of ${format(total)}`;
}

/** The windows of the Maps at the top level that have begun. `chosen` says from which item on, by Map. */
export function windowsOf(
  { run, file, steps }: Pick<RunDetail, 'run' | 'file' | 'steps'>,
  chosen: ReadonlyMap<string, number>,
): ShownWindow[] {
  const inside = new Map<string, number>();
  for (const { parent } of file.steps) if (parent !== undefined) inside.set(parent, (inside.get(parent) ?? 0) + 1);
  const begun = steps.filter((step) => inside.has(step.stepId) && step.items !== undefined && step.items.total > 0);
  return begun.flatMap(({ stepId, items: counts, finishedAt }) => {
    if (counts === undefined) return [];
    const items = windowItems(inside.get(stepId) ?? 1, begun.length);
    const isOver = finishedAt !== undefined || run.finishedAt !== null;
    const first = firstOf(counts, items, chosen.get(stepId) ?? null, isOver);
    return [{ under: stepId, mapPath: '', first, items, total: counts.total }];
  });
}
