/**
 * What a run is started from when it is not the whole flow (F7): steps taken over from an earlier run, pinned outputs, some
 * steps alone. What stands already is settled at once, whatever leads to it; everything else runs as always.
 */
import { AppError, type FieldError } from '../../shared/errors.ts';
import type { Values } from '../../shared/flows/step-type.ts';
import type { RunOptions } from '../../shared/model/run.ts';
import type { Store } from '../store/store.ts';
import { type RunBasis, type RunRow, runs, type StepRow, steps } from '../store/tables.ts';
import { type CompiledFlow, compileFlow, levelOf, type Settled } from './compile.ts';
import type { RunValues } from './values.ts';

export interface StartedFrom {
  readonly basis: RunBasis | null;
  /** Rows that are written with the run. */
  readonly rows: readonly StepRow[];
  readonly flow: CompiledFlow;
  /** Inputs of the earlier run, where it is of the same workspace. */
  readonly inputs: Values;
}

interface Deps {
  readonly store: Store;
  readonly values: RunValues;
}

/** Rejects `not_found` for an earlier run elsewhere, `bad_request` for steps that are not there, `run_data_missing`. */
export async function startFrom(
  deps: Deps,
  run: { id: string; workspaceId: string },
  flow: CompiledFlow,
  options: RunOptions,
): Promise<StartedFrom> {
  const { from, pinned = {}, only } = options;
  if (from === undefined && only === undefined && Object.keys(pinned).length === 0)
    return { basis: null, rows: [], flow, inputs: {} };
  checkSteps(flow, options);
  const earlier = from === undefined ? null : await earlierRun(deps.store, run.workspaceId, from.runId);
  const wanted = only === undefined ? upstream(flow, from) : suppliersOf(flow, only);
  const takeable = [...wanted].filter((id) => !Object.hasOwn(pinned, id) && !isInput(flow, id));
  const rows = earlier === null ? [] : await takeOver(deps.store, run.id, earlier, takeable);
  const settled = new Set([...rows.map(({ stepId }) => stepId), ...Object.keys(pinned)]);
  if (only !== undefined) checkSuppliers(flow, [...wanted], settled);
  const basis: RunBasis = {
    ...(from === undefined ? {} : { from }),
    ...(only === undefined ? {} : { only }),
    ...(Object.keys(pinned).length === 0 ? {} : { pinned: await keepPins(deps.values, pinned) }),
  };
  return { basis, rows, flow: cutFlow(flow, basis, rows), inputs: (earlier?.inputs ?? {}) as Values };
}

/** The flow as such a run works with it; `rows` are those of its top level. */
export function cutFlow(
  flow: CompiledFlow,
  basis: RunBasis | null | undefined,
  rows: readonly StepRow[],
): CompiledFlow {
  if (basis == null) return flow;
  const taken = rows.filter(({ marks, path }) => path === '' && marks?.takenFrom !== undefined);
  const standing = new Set([...taken.map(({ stepId }) => stepId), ...Object.keys(basis.pinned ?? {})]);
  const settled: Settled = {
    standing,
    only: basis.only === undefined ? null : new Set([...basis.only, ...suppliersOf(flow, basis.only)]),
  };
  return compileFlow(flow.file, settled);
}

function checkSteps(flow: CompiledFlow, { from, pinned = {}, only = [] }: RunOptions): void {
  const unknown: FieldError[] = [
    ...(from?.step === undefined || flow.steps.has(from.step)
      ? []
      : [{ path: 'from/step', message: noStep(from.step) }]),
    ...Object.keys(pinned).flatMap((id) => (flow.steps.has(id) ? [] : [{ path: `pinned/${id}`, message: noStep(id) }])),
    ...only.flatMap((id) => (isAtTop(flow, id) ? [] : [{ path: 'only', message: notAlone(flow, id) }])),
  ];
  const [first] = unknown;
  if (first !== undefined) throw new AppError('bad_request', first.message, { errors: unknown });
}

const noStep = (id: string) => `The flow has no step "${id}"`;
const isAtTop = (flow: CompiledFlow, id: string) => flow.steps.has(id) && flow.steps.get(id)?.step.parent === undefined;
const isInput = (flow: CompiledFlow, id: string) => flow.steps.get(id)?.type.type === 'input';

function notAlone(flow: CompiledFlow, id: string): string {
  const name = flow.steps.get(id)?.step.name;
  return name === undefined ? noStep(id) : `${name} stands inside a Map; run the Map instead`;
}

async function earlierRun(store: Store, workspaceId: string, runId: string): Promise<RunRow> {
  const row = await store.get(runs, { id: runId });
  // Nothing crosses workspaces.
  if (row === null || row.workspaceId !== workspaceId) throw new AppError('not_found', 'There is no such earlier run');
  return row;
}

/** Every step at the top that is not downstream of the one to run from; all of them where none is named. */
function upstream(flow: CompiledFlow, from: RunOptions['from']): Set<string> {
  const all = new Set(levelOf(flow, '').steps.map(({ step }) => step.id));
  if (from === undefined) return new Set();
  if (from.step === undefined) return all;
  return all.difference(downstreamOf(flow, outermost(flow, from.step)));
}

/** A step at the top and everything after it. */
export function downstreamOf(flow: CompiledFlow, stepId: string): Set<string> {
  const { level } = levelOf(flow, '');
  const found = new Set([stepId]);
  for (const id of found) {
    const index = level.indexOf.get(id) ?? -1;
    for (const edge of level.outOf[index] ?? []) found.add(level.edges[edge]?.to.step ?? id);
    for (const mentioning of level.mentionedBy[index] ?? []) found.add(level.steps[mentioning]?.id ?? id);
  }
  return found;
}

function outermost(flow: CompiledFlow, stepId: string): string {
  const parent = flow.steps.get(stepId)?.step.parent;
  return parent === undefined ? stepId : outermost(flow, parent);
}

/** What these steps get their values from, at the top. */
function suppliersOf(flow: CompiledFlow, only: readonly string[]): Set<string> {
  const { level } = levelOf(flow, '');
  const found = new Set<string>();
  for (const id of only) {
    const index = level.indexOf.get(id) ?? -1;
    for (const edge of level.into[index] ?? []) found.add(level.edges[edge]?.from.step ?? id);
    for (const mention of level.steps[index]?.mentions ?? []) found.add(mention);
  }
  return found.difference(new Set(only));
}

function checkSuppliers(flow: CompiledFlow, suppliers: readonly string[], settled: ReadonlySet<string>): void {
  const missing = suppliers.filter((id) => !settled.has(id) && !isInput(flow, id));
  const errors = missing.map((id) => ({
    path: `steps/${id}`,
    message: `${flow.steps.get(id)?.step.name ?? id} has no data from an earlier run`,
  }));
  if (errors[0] !== undefined) throw new AppError('run_data_missing', errors[0].message, { errors });
}

/** What an earlier run came to at these steps, as rows of this one. */
async function takeOver(
  store: Store,
  runId: string,
  earlier: RunRow,
  stepIds: readonly string[],
): Promise<readonly StepRow[]> {
  const found = await store.list(steps, { where: { runId: earlier.id, stepId: stepIds, path: '' } });
  return found.filter(isTakeable).map((row, index) => ({
    ...row,
    runId,
    jobId: null,
    nodeId: null,
    cacheKey: null,
    seq: index + 1,
    marks: { ...row.marks, takenFrom: { runId: row.marks?.takenFrom?.runId ?? earlier.id } },
  }));
}

function isTakeable({ state, outputs }: StepRow): boolean {
  return state === 'succeeded' || state === 'skipped' || (state === 'failed' && outputs !== null);
}

async function keepPins(values: RunValues, pinned: Readonly<Record<string, Values>>): Promise<Record<string, Values>> {
  const kept = Object.entries(pinned).map(async ([id, outputs]) => [id, await values.keep(outputs)] as const);
  return Object.fromEntries(await Promise.all(kept));
}
