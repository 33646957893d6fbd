/** Maps: their items are opened up to a bound, and their results put together at the end (F4). */
import { StepFailure, type Values } from '../../shared/flows/step-type.ts';
import { limits } from '../../shared/model/values.ts';
import type { StepRow } from '../store/tables.ts';
import { type Batch, show, sizeOf, write } from './batch.ts';
import { type CompiledStep, levelOf } from './compile.ts';
import { failStep } from './failing.ts';
import { goOn, open, succeed } from './finish.ts';
import { itemList } from './item-list.ts';
import {
  countOfResults,
  heldResults,
  mostResultBytes,
  newResults,
  resultsTooLarge,
  storedResults,
} from './map-results.ts';
import { type ActiveRun, type ItemWindow, itemPath, keyOf, type OpenMap, openItem, type Scope } from './run-memory.ts';
import type { WorkDeps } from './work-deps.ts';

const noWindow: ItemWindow = { start: 0, items: [], found: new Map() };

export async function openMap(
  deps: WorkDeps,
  run: ActiveRun,
  scope: Scope,
  one: CompiledStep,
  row: StepRow,
  inputs: Values,
  config: Values,
  batch: Batch,
): Promise<void> {
  if (one.type.executes !== 'container') return;
  const items = await itemList(deps.values, listOf(inputs['items']));
  const resumed = row.startedAt !== null;
  row.state = 'running';
  row.startedAt ??= deps.clock.now();
  row.items = { total: items.length, done: 0, failed: 0, running: 0 };
  if (items.ref !== null) row.marks = { ...row.marks, items: items.ref };
  const map: OpenMap = {
    scope,
    level: levelOf(run.flow, one.step.id),
    one,
    items,
    limits: one.type.limits(config),
    resumed,
    stale: Math.max(scope.stale, row.marks?.staleSeq ?? 0),
    counts: row.items,
    window: noWindow,
    results: newResults(items.length),
    next: 0,
    closed: false,
  };
  open(deps, run, scope, one, row, { map });
  if (!resumed) write(batch, row);
  if (scope.map === null) run.progress.total += items.length - 1;
  run.tasks.push({ kind: 'items', map });
}

function listOf(items: unknown): readonly unknown[] {
  if (!Array.isArray(items))
    throw new StepFailure('input_wrong', 'A list of items is needed.', 'Wire a list to "Items".');
  if (items.length <= limits.mapItems) return items;
  const message = `This list has ${items.length} items; ${limits.mapItems} is the most.`;
  throw new StepFailure('map_too_large', message, 'Split the list.');
}

/** Opens items up to the Map's bound; at the end, gives its results. */
export async function feed(deps: WorkDeps, run: ActiveRun, map: OpenMap, batch: Batch): Promise<void> {
  while (map.next < map.items.length && map.counts.running < map.limits.concurrency) {
    const { start, items } = map.window;
    if (map.next < start || map.next >= start + items.length) map.window = await windowAt(deps, run, map, map.next);
    const { scope, next } = openItem(run.flow, map, map.next);
    map.next += 1;
    map.counts.running += 1;
    goOn(deps, run, scope, next, batch);
  }
  const step = run.open.get(keyOf(map.one.step.id, map.scope.path));
  if (step === undefined) return;
  show(batch, step.row);
  if (map.results.bytes > mostResultBytes)
    return failStep(deps, run, map.scope, map.one, step.row, resultsTooLarge, batch);
  if (map.next >= map.items.length && map.counts.running === 0) await giveResults(deps, run, map, step.row, batch);
}

async function windowAt(deps: WorkDeps, run: ActiveRun, map: OpenMap, start: number): Promise<ItemWindow> {
  const items = await map.items.window(start);
  if (!map.resumed) return { start, items, found: noWindow.found };
  const paths = items.map((_, offset) => itemPath(map.scope.path, map.one.step.id, start + offset));
  const inside = map.level.steps.map(({ step }) => step.id);
  const found = new Map<string, Map<string, StepRow>>();
  for (const row of await deps.rowsAt(run, inside, paths)) {
    const rows = found.get(row.path) ?? new Map<string, StepRow>();
    found.set(row.path, rows.set(row.stepId, row));
  }
  return { start, items, found };
}

async function giveResults(deps: WorkDeps, run: ActiveRun, map: OpenMap, row: StepRow, batch: Batch): Promise<void> {
  const held = await heldResults(deps.values, map);
  if (held === null && sizeOf(batch) > 0) {
    // What they are read back from is in this batch: first it becomes durable.
    run.tasks.unshift({ kind: 'items', map });
    batch.full = true;
    return;
  }
  const { items: _, staleSeq: __, ...marks } = row.marks ?? {};
  row.marks = Object.keys(marks).length === 0 ? null : marks;
  const outputs = { results: held ?? new Array(countOfResults(map)) };
  const kept = held === null ? { results: await storedResults(deps.values, map, read(deps, run)) } : outputs;
  succeed(deps, run, map.scope, map.one, row, outputs, held === null ? kept : await deps.values.keep(kept), batch);
}

function read(deps: WorkDeps, run: ActiveRun) {
  return async (stepId: string, paths: readonly string[]) =>
    new Map((await deps.rowsAt(run, [stepId], paths)).map((row) => [row.path, row.outputs] as const));
}
