/** Maps: their items are opened up to a bound, and their results put together at the end (F4). */
import { StepFailure, type Values } from '../../shared/flows/step-type.ts';
import type { StepError } from '../../shared/model/run.ts';
import { isBlobRef, limits } from '../../shared/model/values.ts';
import type { StepRow } from '../store/tables.ts';
import { type Batch, show, write } from './batch.ts';
import type { CompiledStep } from './compile.ts';
import { failStep, goOn, open, succeed } from './finish.ts';
import { mostResultBytes } from './item-result.ts';
import { type ActiveRun, keyOf, type OpenMap, openItem, type Scope } from './run-memory.ts';
import type { WorkDeps } from './work-deps.ts';

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
  const items = inputs['items'];
  if (!Array.isArray(items))
    throw new StepFailure('input_wrong', 'A list of items is needed.', 'Wire a list to "Items".');
  if (items.length > limits.mapItems) {
    throw new StepFailure(
      'map_too_large',
      `This list has ${items.length} items; ${limits.mapItems} is the most.`,
      'Split the list.',
    );
  }
  const isNew = row.startedAt === null;
  row.state = 'running';
  row.startedAt ??= deps.clock.now();
  row.items = { total: items.length, done: 0, failed: 0, running: 0 };
  const map: OpenMap = {
    scope,
    one,
    items,
    limits: one.type.limits(config),
    counts: row.items,
    next: 0,
    results: items.map(() => ({})),
    resultBytes: 0,
    found: isNew ? new Map() : await deps.foundItems(run, one.step.id, scope.path),
  };
  open(run, scope, one, row);
  if (isNew) write(batch, row);
  if (scope.map === null) run.progress.total += items.length - 1;
  run.tasks.push({ kind: 'items', map });
}

/** Opens items up to the Map's bound; at the end, gives its results. */
export async function feed(deps: WorkDeps, run: ActiveRun, map: OpenMap, batch: Batch): Promise<void> {
  while (map.next < map.items.length && map.counts.running < map.limits.concurrency) {
    const { scope, next } = openItem(run.flow, map, map.next);
    map.next += 1;
    map.counts.running += 1;
    goOn(deps, run, scope, next, batch);
  }
  const step = run.open.get(keyOf(map.one.step.id, map.scope.path));
  if (step === undefined) return;
  show(batch, step.row);
  if (map.resultBytes > mostResultBytes) {
    failStep(deps, run, map.scope, map.one, step.row, resultsTooLarge, batch);
    return;
  }
  if (map.next < map.items.length || map.counts.running > 0) return;
  const outputs = { results: await assemble(deps, map) };
  succeed(deps, run, map.scope, map.one, step.row, outputs, await deps.values.keep(outputs), batch);
}

async function assemble(deps: WorkDeps, map: OpenMap): Promise<unknown[]> {
  const values: unknown[] = [];
  for (const result of map.results) {
    if ('value' in result) values.push(isBlobRef(result.value) ? await deps.values.load(result.value) : result.value);
  }
  return values;
}

const resultsTooLarge: StepError = {
  code: 'results_too_large',
  message: 'The results of the items are larger than 64 MiB together.',
  next: 'Let each item give less, for example with Transform.',
};
