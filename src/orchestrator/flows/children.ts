/** Runs of other flows that Sub-flow steps wait for: started once, linked both ways, never in a circle. */
import { AppError } from '../../shared/errors.ts';
import type { StepError } from '../../shared/model/run.ts';
import { isRunOver } from '../../shared/model/run.ts';
import type { FlowService } from '../services.ts';
import type { Store } from '../store/store.ts';
import { flows as flowTable, type RunRow, runs } from '../store/tables.ts';
import type { Timers } from '../timers.ts';
import { isFullDisk } from './full-disk.ts';
import type { ChildRun, Ending, RunEnding } from './holds/hold-desk.ts';
import { keyOf } from './run-memory.ts';
import type { Runner } from './runner.ts';
import type { StartRun } from './start-run.ts';
import type { RunValues } from './values.ts';

/** So many flows at most stand above one another. */
const deepest = 8;

/** Between two tries to start a run that a full disk does not let through. */
const againMs = 1_000;

export interface ChildrenDeps {
  readonly store: Store;
  readonly values: RunValues;
  readonly timers: Timers;
  readonly flows: Pick<FlowService, 'freeze'>;
  start(what: StartRun): Promise<unknown>;
  /** Cancels a run; resolves also where it has ended already. */
  cancel(runId: string): Promise<void>;
  readonly runner: () => Pick<Runner, 'release'>;
  unexpected(error: unknown, what: string): void;
}

export interface Children {
  /** Starts the run unless it is there already. Rejects what keeps it from starting; nobody else is told of that. */
  begin(child: ChildRun): Promise<void>;
  start(child: ChildRun): void;
  cancel(runId: string): void;
  /** Tells the run above, where there is one. */
  ended(row: RunRow): void;
  /** Those that could not be started yet are started at the next start. */
  stop(): void;
}

export function createChildren(deps: ChildrenDeps): Children {
  const { store } = deps;

  const release = ({ runId, stepId, path }: ChildRun['parent'], ending: Ending) =>
    deps.runner().release(runId, { key: keyOf(stepId, path), ending });

  const report = async (row: RunRow) => {
    if (row.parent !== null) await release(row.parent, await endingOf(deps.values, row));
  };

  const begin = async (child: ChildRun) => {
    const before = await store.get(runs, { id: child.id });
    if (before !== null) return isRunOver(before.state) ? report(before) : undefined;
    const above = await store.get(runs, { id: child.parent.runId });
    const flow = await store.get(flowTable, { id: child.flowId });
    // It ended while this one waited for room on the disk.
    if (above !== null && isRunOver(above.state)) return;
    // Nothing crosses workspaces.
    if (above === null || flow === null || flow.workspaceId !== above.workspaceId || flow.deletedAt !== null)
      throw new AppError('not_found', 'The flow that this step runs is not there');
    const flows = [...(above.parent?.flows ?? []), ...(above.flowId === null ? [] : [above.flowId])];
    checkAbove(flows, child.flowId);
    const { version, file } = await deps.flows.freeze(child.flowId, null);
    const { workspaceId, startedBy } = above;
    const trigger = { kind: 'flow', stepId: child.parent.stepId } as const;
    await deps.start({
      ...{ id: child.id, workspaceId, flowId: child.flowId, version, file, inputs: { ...child.inputs }, startedBy },
      ...{ trigger, given: {}, parent: { ...child.parent, flows } },
    });
  };

  const quietly = (act: Promise<unknown>, what: string) => {
    act.catch((error: unknown) => deps.unexpected(error, what));
  };

  const waiting = new Set<() => void>();
  const startAgain = (child: ChildRun) => {
    const cancel = deps.timers.after(againMs, () => {
      waiting.delete(cancel);
      start(child);
    });
    waiting.add(cancel);
  };
  const start = (child: ChildRun) =>
    quietly(
      begin(child).catch(async (error: unknown) => {
        if (isFullDisk(error)) return startAgain(child);
        if (!(error instanceof AppError)) deps.unexpected(error, `Run ${child.id} could not be started`);
        await release(child.parent, { by: 'failure', error: notStarted(error) });
      }),
      `Run ${child.id} below ${child.parent.runId}`,
    );

  return {
    begin,
    start,
    cancel: (runId) => quietly(deps.cancel(runId), `Cancelling run ${runId}`),
    ended: (row) => quietly(report(row), `Telling the run above ${row.id}`),
    stop() {
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}

function checkAbove(above: readonly string[], flowId: string): void {
  if (above.includes(flowId)) throw new AppError('flow_cyclic', 'This flow runs itself by way of its Sub-flow steps');
  if (above.length > deepest) throw new AppError('flow_too_large', `At most ${deepest} flows run one another in a row`);
}

function notStarted(error: unknown): StepError {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return { code: 'step_broken', message: 'The flow could not be started.', next: 'See the log of the host.' };
}

/** How a run below ended, for whoever waits for it. */
export async function endingOf(values: RunValues, row: RunRow): Promise<RunEnding> {
  if (row.state === 'succeeded') {
    const loaded = Object.entries((row.outputs ?? {}) as Record<string, unknown>).map(
      async ([name, value]) => [name, await values.load(value)] as const,
    );
    return { by: 'run', outputs: Object.fromEntries(await Promise.all(loaded)) };
  }
  const next = `See run ${row.number}.`;
  if (row.state === 'cancelled')
    return { by: 'failure', error: { code: 'run_cancelled', message: `Run ${row.number} was stopped.`, next } };
  const message = `Run ${row.number}: ${row.error?.message ?? 'it failed.'}`;
  return { by: 'failure', error: { code: row.error?.code ?? 'run_failed', message, next } };
}
