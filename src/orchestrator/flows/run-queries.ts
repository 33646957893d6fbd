import { AppError } from '../../shared/errors.ts';
import { migrateFile } from '../../shared/flows/migrate.ts';
import { StepFailure, type Values } from '../../shared/flows/step-type.ts';
import {
  isRunOver,
  type RunDetail,
  type RunState,
  type RunSummary,
  type StepDetail,
  type StepInstance,
} from '../../shared/model/run.ts';
import { isBlobRef } from '../../shared/model/values.ts';
import type { JobService, Page, PageRequest, StepFilter } from '../services.ts';
import type { Store } from '../store/store.ts';
import { flowVersions, type RunRow, runs, steps } from '../store/tables.ts';
import { type CompiledFlow, compileFlow } from './compile.ts';
import { deriveInputs } from './derive.ts';
import { type ActiveRun, instanceOf, keyOf } from './run-memory.ts';
import { summaryOf } from './run-summary.ts';
import { forDisplay } from './shown.ts';
import { liveRow, pageOfSteps, windowOfItems } from './step-pages.ts';
import type { RunValues } from './values.ts';

export interface QueryDeps {
  readonly store: Store;
  readonly jobs: Pick<JobService, 'get'>;
  readonly values: RunValues;
  active(runId: string): ActiveRun | undefined;
}

const defaultPage = 50;

export async function getRow({ store, active }: QueryDeps, runId: string): Promise<RunRow> {
  const open = active(runId)?.row;
  // Finished means committed: while its end is being written a run is what it was. A copy, since the runner goes on.
  const row = open?.state === 'running' ? { ...open } : await store.get(runs, { id: runId });
  if (row === null) throw new AppError('not_found', 'There is no such run');
  return row;
}

export async function listRuns(
  deps: QueryDeps,
  workspaceId: string,
  page: PageRequest & { state?: RunState; flowId?: string },
): Promise<Page<RunSummary>> {
  const limit = page.limit ?? defaultPage;
  const rows = await deps.store.list(runs, {
    where: {
      workspaceId,
      ...(page.state === undefined ? {} : { state: page.state }),
      ...(page.flowId === undefined ? {} : { flowId: page.flowId }),
    },
    order: { by: 'id', direction: 'down' },
    ...(page.cursor === undefined ? {} : { after: { column: 'id' as const, value: page.cursor } }),
    limit: limit + 1,
  });
  const items = rows.slice(0, limit).map((row) => summaryOf(row, deps.active(row.id)));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

export async function lastRuns(deps: QueryDeps, flowIds: readonly string[]): Promise<Map<string, RunSummary>> {
  const found = await Promise.all(
    flowIds.map(async (flowId) => {
      const [row] = await deps.store.list(runs, {
        where: { flowId },
        order: { by: 'id', direction: 'down' },
        limit: 1,
      });
      return row === undefined ? [] : [[flowId, summaryOf(row, deps.active(row.id))] as const];
    }),
  );
  return new Map(found.flat());
}

export async function runDetail(deps: QueryDeps, runId: string): Promise<RunDetail> {
  const row = await getRow(deps, runId);
  const flow = await flowOf(deps, row);
  const top = flow.file.steps.filter(({ parent }) => parent === undefined);
  const ids = top.map(({ id }) => id);
  const found = await deps.store.list(steps, { where: { runId, stepId: ids, path: '' } });
  const byId = new Map(found.map((step) => [step.stepId, liveRow(deps, step)]));
  for (const { row: open } of deps.active(runId)?.open.values() ?? [])
    if (open.path === '') byId.set(open.stepId, open);
  const outputs = await shownOutputs(deps, row.outputs);
  return {
    run: summaryOf(row, deps.active(runId)),
    file: flow.file,
    inputs: (row.inputs ?? {}) as Record<string, unknown>,
    outputs: outputs.values,
    cut: outputs.cut,
    steps: top.map(({ id }) => {
      const known = byId.get(id);
      return known === undefined ? notReached(row, id) : instanceOf(known);
    }),
  };
}

export async function listSteps(
  deps: QueryDeps,
  runId: string,
  page: PageRequest & StepFilter,
): Promise<Page<StepInstance>> {
  const run = await getRow(deps, runId);
  if (page.under === undefined || page.firstItem === undefined) return pageOfSteps(deps, runId, page);
  return windowOfItems(deps, runId, await flowOf(deps, run), page);
}

export async function stepDetail(deps: QueryDeps, runId: string, stepId: string, path: string): Promise<StepDetail> {
  const run = await getRow(deps, runId);
  const flow = await flowOf(deps, run);
  const one = flow.steps.get(stepId);
  if (one === undefined) throw new AppError('not_found', 'The run has no such step');
  const stored = await deps.store.get(steps, { runId, stepId, path });
  const open = deps.active(runId)?.open.get(keyOf(stepId, path))?.row;
  const row = open ?? (stored === null ? null : liveRow(deps, stored));
  const instance = row === null ? { ...notReached(run, stepId), path } : instanceOf(row);
  const inputs = row === null || row.state === 'skipped' ? {} : await inputsOf(deps, run, flow, stepId, path);
  const outputs = await shownOutputs(deps, row?.outputs);
  const job = instance.jobId === undefined ? null : await deps.jobs.get(instance.jobId);
  const given = shownValues(inputs);
  return {
    instance,
    inputs: given.values,
    outputs: outputs.values,
    cut: [...given.cut, ...outputs.cut],
    attempts: job?.attempts ?? [],
  };
}

/** One output, of the run or of a step, as its JSON text: what was put away as a blob is passed on without being read. */
export async function runValue(
  deps: QueryDeps,
  runId: string,
  { port, stepId, path = '' }: { port: string; stepId?: string; path?: string },
): Promise<AsyncIterable<Uint8Array>> {
  const run = await getRow(deps, runId);
  const row = stepId === undefined ? run : await deps.store.get(steps, { runId, stepId, path });
  const value = (row?.outputs as Values | null | undefined)?.[port];
  if (value === undefined) throw new AppError('not_found', 'The run has no such value');
  return isBlobRef(value) ? deps.values.read(value) : textOf(value);
}

async function* textOf(value: unknown): AsyncIterable<Uint8Array> {
  yield Buffer.from(JSON.stringify(value));
}

async function inputsOf(
  deps: QueryDeps,
  run: RunRow,
  flow: CompiledFlow,
  stepId: string,
  path: string,
): Promise<Values> {
  const one = flow.steps.get(stepId);
  if (one === undefined) return {};
  const outputsOf = async (id: string, at: string) => {
    const row = await deps.store.get(steps, { runId: run.id, stepId: id, path: at });
    return row?.outputs == null ? undefined : loadAll(deps, row.outputs as Values);
  };
  try {
    return await deriveInputs({ flow, runInputs: (run.inputs ?? {}) as Values, outputsOf }, one, path);
  } catch (error) {
    if (error instanceof StepFailure) return {};
    throw error;
  }
}

/** Values beyond this many bytes are not even read to be shown. */
const mostRead = 4 * 1024 * 1024;

async function shownOutputs(deps: QueryDeps, outputs: unknown) {
  const entries = Object.entries((outputs ?? {}) as Values);
  const tooLarge = entries.filter(([, value]) => isBlobRef(value) && value.size > mostRead).map(([port]) => port);
  const rest = entries.filter(([port]) => !tooLarge.includes(port));
  const { values, cut } = shownValues(await loadAll(deps, Object.fromEntries(rest)));
  const empty = Object.fromEntries(tooLarge.map((port) => [port, null]));
  return { values: { ...values, ...empty }, cut: [...cut, ...tooLarge] };
}

function shownValues(values: Values): { values: Record<string, unknown>; cut: string[] } {
  const entries = Object.entries(values).map(([port, value]) => [port, forDisplay(value)] as const);
  return {
    values: Object.fromEntries(entries.map(([port, { value }]) => [port, value])),
    cut: entries.flatMap(([port, { cut }]) => (cut ? [port] : [])),
  };
}

async function loadAll({ values }: QueryDeps, outputs: Values): Promise<Values> {
  const entries = Object.entries(outputs).map(async ([port, value]) => [port, await values.load(value)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

function notReached(run: RunRow, stepId: string): StepInstance {
  const over = run.basis?.only === undefined ? 'cancelled' : 'skipped';
  return { runId: run.id, stepId, path: '', state: isRunOver(run.state) ? over : 'waiting' };
}

export async function flowOf(
  { store, active }: Pick<QueryDeps, 'store' | 'active'>,
  run: RunRow,
): Promise<CompiledFlow> {
  const known = active(run.id)?.flow;
  if (known !== undefined) return known;
  const version = await store.get(flowVersions, { id: run.versionId });
  if (version === null) throw new AppError('not_found', 'The version that this run froze is gone');
  return compileFlow(migrateFile(version.file));
}
