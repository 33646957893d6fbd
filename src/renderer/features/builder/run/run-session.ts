/**
 * The run that the canvas shows. It starts from GET answers and follows `run:<id>` from the position of those answers;
 * on a gap it gets everything again. Summaries of runs come from the workspace's list, which the app keeps up to date.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Client } from '../../../../shared/api/client.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { FlowFile } from '../../../../shared/model/flow.ts';
import type { RunOptions, RunSummary, StepInstance } from '../../../../shared/model/run.ts';
import type { Live } from '../../../api/live.ts';
import { readPosition } from '../../../api/position.ts';
import { inCell, shownAs } from '../../../app/value/shown.ts';
import { applySteps, type RunOverlay, startOverlay } from './overlay.ts';

export interface RunState {
  overlay: RunOverlay | null;
  /** The frozen flow that the shown run executes. */
  file: FlowFile | null;
  /** The head and the first row of the tables that Outputs gave, by step. */
  tables: ReadonlyMap<string, TableHead>;
  /** The beginning of texts that Outputs gave, by step. */
  texts: ReadonlyMap<string, string>;
  /** What the host is being asked for. */
  pending: 'start' | 'stop' | 'resume' | null;
  /** Why the last thing that was asked for did not happen. */
  problem: unknown;
}

export interface TableHead {
  columns: readonly string[];
  row: readonly string[];
}

export interface RunSession {
  state: StoreApi<RunState>;
  /** Resolves with the run, or null where the host refused; then `problem` says why. */
  start(wanted: StartOptions): Promise<RunSummary | null>;
  /** Goes on with the shown run from where it failed or was stopped; false where the host refused. */
  resume(): Promise<boolean>;
  stop(): Promise<void>;
  show(runId: string): Promise<void>;
  /** Takes the run off the canvas. */
  hide(): void;
  /** Newer news about the shown run. */
  takeRun(run: RunSummary): void;
  clearProblem(): void;
  end(): void;
}

export interface StartOptions extends RunOptions {
  inputs: Record<string, unknown>;
}

export interface RunSessionOptions {
  client: Client;
  live: Pick<Live, 'follow'>;
  flowId: string;
  /** Told which step instances changed, for those who keep details of them. */
  onSteps?: (steps: readonly StepInstance[]) => void;
}

/** Items of one Map that are asked for at the start; the counts of the Map itself say how far it is. */
const windowItems = 200;

export function createRunSession({ client, live, flowId, onSteps }: RunSessionOptions): RunSession {
  const state = createStore<RunState>(() => ({
    overlay: null,
    file: null,
    tables: new Map(),
    texts: new Map(),
    pending: null,
    problem: null,
  }));
  const ending = new AbortController();
  const { signal } = ending;
  let wanted: string | null = null;
  let unfollow: (() => void) | null = null;

  const takeSteps = (steps: readonly StepInstance[]) => {
    state.setState(({ overlay }) => ({ overlay: overlay === null ? null : applySteps(overlay, steps) }));
    onSteps?.(steps);
    for (const step of steps) if (step.path === '' && step.state === 'succeeded') void readTable(step);
  };

  /** Of an Output that gave rows, the first is shown on the canvas. It is decoration: where it can't be had, it is left out. */
  const readTable = async ({ runId, stepId }: StepInstance) => {
    const { file, tables } = state.getState();
    if (tables.has(stepId) || file?.steps.find((step) => step.id === stepId)?.type !== 'output') return;
    const detail = await client
      .call('getRunStep', { params: { id: runId, stepId }, query: {}, signal })
      .catch(() => null);
    const shown = shownAs(detail?.outputs['value'] ?? detail?.inputs['value']);
    if (wanted !== runId) return;
    if (shown.kind === 'text' && shown.text.trim() !== '')
      state.setState((before) => ({ texts: new Map(before.texts).set(stepId, beginningOf(shown.text)) }));
    if (shown.kind !== 'table') return;
    const head = { columns: shown.columns.slice(0, 3), row: (shown.rows[0] ?? []).slice(0, 3).map(inCell) };
    state.setState((before) => ({ tables: new Map(before.tables).set(stepId, head) }));
  };

  const report = (problem: unknown) => {
    if (!signal.aborted) state.setState({ problem });
  };

  /** The items of a short Map; of a long one, those around where the work is. */
  const loadItems = async (runId: string, mapId: string) => {
    const counts = state.getState().overlay?.steps.get(mapId)?.items;
    if (counts === undefined) return;
    const around = Math.max(0, Math.min(counts.total, counts.done + counts.failed + windowItems / 2) - windowItems);
    const firstItem = counts.total <= windowItems ? 0 : around;
    const query = { under: mapId, mapPath: '', firstItem, items: windowItems };
    const answer = await client.call('listRunSteps', { params: { id: runId }, query, signal });
    if (wanted === runId) takeSteps(answer.items);
  };

  const mapsOf = (steps: FlowFile['steps']): string[] => {
    const parents = new Set(steps.flatMap((step) => step.parent ?? []));
    return steps.filter((step) => step.parent === undefined && parents.has(step.id)).map((step) => step.id);
  };

  let reading: ReturnType<typeof setTimeout> | null = null;
  /** Some news of items were left out: what is shown of them is read again, at most once a second. */
  const readSoon = (runId: string) => {
    reading ??= setTimeout(() => {
      reading = null;
      for (const mapId of mapsOf(state.getState().file?.steps ?? []))
        if (wanted === runId) void loadItems(runId, mapId).catch(report);
    }, 1000);
  };

  const follow = (runId: string, position: string | null) =>
    live.follow(`run:${runId}`, {
      since: () => readPosition(position),
      onEvents: (events) => {
        for (const { event } of events)
          if (event.kind === 'steps.changed' && event.runId === runId) {
            takeSteps(event.steps);
            if (event.more !== undefined) readSoon(runId);
          }
      },
      onRefetch: () => void load(runId).catch(report),
    });

  const load = async (runId: string) => {
    const { value, position } = await client.callPositioned('getRun', { params: { id: runId }, signal });
    if (wanted !== runId) return;
    const fresh = { tables: new Map(), texts: new Map() };
    state.setState({ overlay: startOverlay(value.run, value.file, []), file: value.file, ...fresh });
    takeSteps(value.steps);
    unfollow ??= follow(runId, position);
    for (const mapId of mapsOf(value.file.steps)) await loadItems(runId, mapId);
  };

  const show = async (runId: string) => {
    if (wanted === runId) return;
    unfollow?.();
    unfollow = null;
    wanted = runId;
    await load(runId).catch((error: unknown) => {
      if (wanted === runId) wanted = null;
      report(error);
    });
  };

  const ask = async <Answer>(
    pending: 'start' | 'stop' | 'resume',
    call: () => Promise<Answer>,
  ): Promise<Answer | null> => {
    state.setState({ pending, problem: null });
    try {
      return await call();
    } catch (error) {
      report(error);
      return null;
    } finally {
      state.setState({ pending: null });
    }
  };

  const takeRun = (run: RunSummary) => {
    const known = state.getState().overlay?.run;
    if (known?.id !== run.id) return;
    state.setState(({ overlay }) => (overlay === null ? {} : { overlay: { ...overlay, run } }));
    // What was finished goes on again: everything that is known of the steps is out of date.
    if (known.resumedAt !== run.resumedAt) void load(run.id).catch(report);
  };

  return {
    state,
    show,
    takeRun,
    hide() {
      unfollow?.();
      unfollow = null;
      wanted = null;
      state.setState({ overlay: null, file: null, tables: new Map(), texts: new Map() });
    },
    clearProblem: () => state.setState({ problem: null }),
    start: (body) =>
      ask('start', async () => {
        const idempotencyKey = crypto.randomUUID();
        const run = await client.call('startRun', { params: { id: flowId }, body, idempotencyKey });
        await show(run.id);
        return run;
      }),
    async resume() {
      if (wanted === null) return false;
      const id = wanted;
      const run = await ask('resume', () => client.call('resumeRun', { params: { id }, body: {} }));
      if (run !== null) takeRun(run);
      return run !== null;
    },
    async stop() {
      if (wanted === null) return;
      const id = wanted;
      const run = await ask('stop', () => client.call('cancelRun', { params: { id } }));
      if (run !== null) takeRun(run);
    },
    end() {
      if (reading !== null) clearTimeout(reading);
      ending.abort();
      wanted = null;
      unfollow?.();
    },
  };
}

const mostText = 160;

/** The first lines of a text, as much as a step shows. */
function beginningOf(text: string): string {
  const lines = text.trim().split('\n').slice(0, 3).join('\n');
  return lines.length > mostText ? `${lines.slice(0, mostText - 1)}…` : lines;
}

/** The mistakes that a refusal names, by step: `steps/<id>/<field>` (errors.ts). */
export function mistakesByStep(problem: unknown): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  if (!(problem instanceof AppError)) return found;
  for (const { path, message } of problem.errors) {
    const stepId = /^\/?steps\/([^/]+)/.exec(path)?.[1];
    if (stepId !== undefined) found.set(stepId, [...(found.get(stepId) ?? []), message]);
  }
  return found;
}
