/** Pages of step instances, and windows of the items of a Map: small and fast however many there are. */
import type { StepInstance } from '../../shared/model/run.ts';
import type { Page, PageRequest, StepFilter } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type StepRow, steps } from '../store/tables.ts';
import type { CompiledFlow } from './compile.ts';
import { isStale } from './policy.ts';
import { type ActiveRun, instanceOf, itemPath, keyOf } from './run-memory.ts';

interface Deps {
  readonly store: Store;
  active(runId: string): ActiveRun | undefined;
}

const defaultPage = 50;

/** In the order in which they began. */
export async function pageOfSteps(
  deps: Deps,
  runId: string,
  { stepId, under, state, cursor, limit = defaultPage }: PageRequest & StepFilter,
): Promise<Page<StepInstance>> {
  const rows = await deps.store.list(steps, {
    where: {
      runId,
      ...(stepId === undefined ? {} : { stepId }),
      ...(under === undefined ? {} : { under }),
      ...(state === undefined ? {} : { state }),
    },
    order: { by: 'seq', direction: 'up' },
    ...(cursor === undefined ? {} : { after: { column: 'seq' as const, value: Number(cursor) || 0 } }),
    limit: limit + 1,
  });
  const items = rows.slice(0, limit);
  return {
    items: items.map((row) => instanceOf(liveRow(deps, row))),
    next: rows.length > limit ? String(items.at(-1)?.seq ?? '') : null,
  };
}

/** Every instance of some items of one Map, by item; those that have not begun are not there. */
export async function windowOfItems(
  deps: Deps,
  runId: string,
  flow: CompiledFlow,
  { under = '', mapPath = '', firstItem = 0, items = defaultPage, stepId, state }: StepFilter,
): Promise<Page<StepInstance>> {
  const inside = flow.levels.get(under)?.steps.map(({ step }) => step.id) ?? [];
  const wanted = stepId === undefined ? inside : inside.filter((id) => id === stepId);
  const paths = Array.from({ length: items }, (_, offset) => itemPath(mapPath, under, firstItem + offset));
  const rows = await deps.store.list(steps, { where: { runId, stepId: wanted, path: paths } });
  const found = new Map(rows.map((row) => [keyOf(row.stepId, row.path), liveRow(deps, row)]));
  for (const path of paths) {
    for (const id of wanted) {
      const open = deps.active(runId)?.open.get(keyOf(id, path));
      if (open !== undefined) found.set(keyOf(id, path), open.row);
    }
  }
  const order = new Map(paths.map((path, index) => [path, index]));
  const all = [...found.values()].filter((row) => state === undefined || row.state === state);
  all.sort((one, other) => (order.get(one.path) ?? 0) - (order.get(other.path) ?? 0) || one.seq - other.seq);
  return { items: all.map(instanceOf), next: null };
}

/**
 * The row with what the runner knows beyond it: which node works on it, how far a Map has come, and that it is to be done
 * again because its run goes on.
 */
export function liveRow({ active }: Deps, row: StepRow): StepRow {
  const run = active(row.runId);
  if (run === undefined) return row;
  const open = run.open.get(keyOf(row.stepId, row.path));
  if (open !== undefined) return open.row;
  return isStale(row, run.row.resumedSeq ?? 0) ? { ...row, state: 'waiting', error: null, finishedAt: null } : row;
}
