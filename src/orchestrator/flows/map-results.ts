/**
 * The results of a Map's items (F4). A few small ones are held and put together at once; beyond that they stay where they
 * are, in the rows of the items, and are read back window by window into a blob, so that memory does not grow with the items.
 */
import type { StepError } from '../../shared/model/run.ts';
import { type BlobRef, isBlobRef, limits } from '../../shared/model/values.ts';
import type { ActiveRun, OpenMap, Scope } from './run-memory.ts';
import { itemPath } from './run-memory.ts';
import { type RunValues, sizeUpTo } from './values.ts';

export interface MapResults {
  /** What each item came to: `open`, `none` (left out), `value`, `null`. */
  readonly outcomes: Uint8Array;
  /** Values by item; null once they are more than may be held. */
  held: Map<number, unknown> | null;
  /** About how many bytes they take. */
  bytes: number;
}

/** All results of a Map together: steps after it load them whole (S10). */
export const mostResultBytes = 64 * 1024 * 1024;
const mostHeld = 1_000;
const open = 0;
const none = 1;
const withValue = 2;
const withNull = 3;

export function newResults(items: number): MapResults {
  return { outcomes: new Uint8Array(items).fill(open), held: new Map(), bytes: 0 };
}

export function itemDone(run: ActiveRun, map: OpenMap, scope: Scope, outcome: { ok: boolean }): void {
  map.counts.running -= 1;
  map.counts[outcome.ok ? 'done' : 'failed'] += 1;
  if (map.scope.map === null) run.progress[outcome.ok ? 'done' : 'failed'] += 1;
  note(map, scope, outcome.ok);
  run.tasks.push({ kind: 'items', map });
}

function note(map: OpenMap, scope: Scope, ok: boolean): void {
  const { results, limits: policy } = map;
  const value = ok ? resultOf(scope) : undefined;
  const isNull = !ok && policy.onItemError === 'null';
  results.outcomes[scope.index] = value !== undefined ? withValue : isNull ? withNull : none;
  if (value === undefined) return;
  results.bytes += isBlobRef(value) ? value.size : sizeUpTo(value, mostResultBytes);
  if (results.bytes > limits.storedInline || map.items.length > mostHeld) results.held = null;
  results.held?.set(scope.index, value);
}

function resultOf(scope: Scope): unknown {
  const from = scope.level.results.get('result')?.from;
  if (from === undefined) return undefined;
  return (isOwn(scope, from.step) ? scope.inner : scope.outputs.get(from.step))?.[from.port];
}

const isOwn = (scope: Scope, stepId: string) => stepId === scope.map?.one.step.id;

/** The results that are held, in the order of the items; null where they have to be read back. */
export async function heldResults(values: RunValues, map: OpenMap): Promise<unknown[] | null> {
  const { held, outcomes } = map.results;
  if (held === null) return null;
  const all: unknown[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome === withNull) all.push(null);
    if (outcome !== withValue) continue;
    const value = held.get(index);
    all.push(isBlobRef(value) && !isItemItself(map) ? await values.load(value) : value);
  }
  return all;
}

/** Whether the result is the item or its index: values that are the user's own, and never references. */
function isItemItself(map: OpenMap): boolean {
  return source(map)?.step === map.one.step.id;
}

const source = (map: OpenMap) => map.level.results.get('result')?.from;

/** Outputs of one step for some items of a Map, by path. */
export type ReadOutputs = (stepId: string, paths: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;

/** Reads all results back and puts them away as one list. What they are made of must be durable. */
export async function storedResults(values: RunValues, map: OpenMap, read: ReadOutputs): Promise<BlobRef> {
  return values.putText(resultsText(values, map, read));
}

export function countOfResults({ results }: OpenMap): number {
  return results.outcomes.reduce(
    (count, outcome) => count + (outcome === withValue || outcome === withNull ? 1 : 0),
    0,
  );
}

const atOnce = 256;

async function* resultsText(values: RunValues, map: OpenMap, read: ReadOutputs): AsyncIterable<string | Uint8Array> {
  let separator = '[';
  for (let start = 0; start < map.items.length; ) {
    const some = isItemItself(map) ? await itemsFrom(map, start) : await outputsFrom(map, start, read);
    for (let index = start; index < start + some.length; index += 1) {
      const outcome = map.results.outcomes[index];
      if (outcome !== withNull && outcome !== withValue) continue;
      yield separator;
      separator = ',';
      const value = outcome === withNull ? null : some.value(index);
      if (isBlobRef(value) && !isItemItself(map)) yield* values.read(value);
      else yield JSON.stringify(value ?? null);
    }
    start += some.length;
  }
  yield separator === '[' ? '[]' : ']';
}

interface Some {
  readonly length: number;
  value(index: number): unknown;
}

async function itemsFrom(map: OpenMap, start: number): Promise<Some> {
  const items = await map.items.window(start);
  const port = source(map)?.port;
  return { length: items.length, value: (index) => (port === 'index' ? index : items[index - start]) };
}

async function outputsFrom(map: OpenMap, start: number, read: ReadOutputs): Promise<Some> {
  const end = Math.min(map.items.length, start + atOnce);
  const pathOf = (index: number) => itemPath(map.scope.path, map.one.step.id, index);
  const paths = Array.from({ length: end - start }, (_, offset) => pathOf(start + offset));
  const { step, port } = source(map) ?? { step: '', port: '' };
  const found = await read(step, paths);
  return {
    length: end - start,
    value: (index) => (found.get(pathOf(index)) as Record<string, unknown> | undefined)?.[port],
  };
}

export const resultsTooLarge: StepError = {
  code: 'results_too_large',
  message: 'The results of the items are larger than 64 MiB together.',
  next: 'Let each item give less, for example with Transform.',
};
