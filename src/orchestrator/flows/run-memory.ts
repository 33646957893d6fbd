/** What the runner holds of a run that goes on. All of it can be rebuilt from the store (F2). */
import type { Values } from '../../shared/flows/step-type.ts';
import type { ItemCounts, StepInstance } from '../../shared/model/run.ts';
import type { FinishedJob } from '../services.ts';
import type { HeldFor, HoldRow, RunRow, StepMarks, StepRow } from '../store/tables.ts';
import type { CompiledFlow, CompiledLevel, CompiledStep } from './compile.ts';
import { levelOf } from './compile.ts';
import type { Ending } from './holds/hold-desk.ts';
import type { ItemList } from './item-list.ts';
import type { MapResults } from './map-results.ts';
import { begin, type Next, type Progress } from './plan.ts';
import type { WorkDone } from './work-done.ts';

/** One pass through a level: the top of the run, or one item of a Map. */
export interface Scope {
  readonly level: CompiledLevel;
  /** Item path of the instances in it. */
  readonly path: string;
  readonly outer: Scope | null;
  /** The Map it is an item of, and which. */
  readonly map: OpenMap | null;
  readonly index: number;
  readonly inner: Values | undefined;
  readonly progress: Progress;
  /** Outputs of its finished steps, as kept (large ones are blobs). */
  readonly outputs: Map<string, Values>;
  /** Rows that are there already, by step: found at a resume, or to be tried again. */
  readonly found: Map<string, StepRow>;
  /** Rows up to this number that failed or were cancelled are done again (policy.ts, isStale). */
  readonly stale: number;
  /** How often a step of this item was tried again because the Map's policy says so. */
  tries: number;
  closed: boolean;
}

/** A Map step that works through its items. */
export interface OpenMap {
  readonly scope: Scope;
  /** What stands inside. */
  readonly level: CompiledLevel;
  readonly one: CompiledStep;
  readonly items: ItemList;
  readonly limits: { concurrency: number; onItemError: 'fail' | 'leave_out' | 'null' };
  /** Whether there may be rows of its items from before. */
  readonly resumed: boolean;
  readonly stale: number;
  readonly counts: ItemCounts;
  /** Items from `start` on, with the rows found of them; the rest is in the store. */
  window: ItemWindow;
  readonly results: MapResults;
  next: number;
  closed: boolean;
}

export interface ItemWindow {
  readonly start: number;
  readonly items: readonly unknown[];
  readonly found: ReadonlyMap<string, Map<string, StepRow>>;
}

/** A step instance that has begun and not finished. */
export interface OpenStep {
  readonly scope: Scope;
  readonly one: CompiledStep;
  readonly row: StepRow;
  /** Its items, where it is a Map. */
  readonly map?: OpenMap;
  /** What it waits for, where it is a hold. */
  readonly held?: Held;
}

/** What a step waits for; `over` once that has come. */
export interface Held {
  readonly due: number | null;
  readonly what: HeldFor;
  over: boolean;
}

/** Ends a wait. `patience`: how often it may wait for the step to be taken up again, after a restart. */
export interface ReleaseTask {
  readonly kind: 'release';
  readonly key: string;
  readonly ending: Ending;
  /** For which approval, and who decided. */
  readonly approvalId?: string;
  readonly deciderId?: string;
  /** Told whether it was this that ended the wait. */
  readonly done?: (released: boolean) => void;
  patience: number;
}

export type Task =
  | { readonly kind: 'start'; readonly scope: Scope; readonly step: number }
  | { readonly kind: 'job'; readonly key: string; readonly finished: FinishedJob }
  | { readonly kind: 'items'; readonly map: OpenMap }
  | { readonly kind: 'timeout'; readonly key: string; readonly row: StepRow }
  | ReleaseTask
  | { readonly kind: 'cancel'; readonly done: () => void };

export interface ActiveRun {
  readonly row: RunRow;
  readonly flow: CompiledFlow;
  readonly top: Scope;
  readonly open: Map<string, OpenStep>;
  /** Waits found at a resume that have not been taken up again yet, by step instance. */
  readonly holds: Map<string, HoldRow>;
  readonly tasks: Task[];
  readonly progress: { total: number; done: number; failed: number };
  readonly work: WorkDone;
  /** Files found to be of the workspace. */
  readonly knownFiles: Set<string>;
  /** How to cancel what waits for its time. */
  readonly timers: Set<() => void>;
  seq: number;
  working: Promise<void> | null;
  ended: boolean;
}

export function keyOf(stepId: string, path: string): string {
  return `${stepId}@${path}`;
}

export function itemPath(outer: string, mapId: string, index: number): string {
  return `${outer === '' ? '' : `${outer}/`}${mapId}[${index}]`;
}

export function openTop(flow: CompiledFlow, found: Map<string, StepRow>, stale: number): { scope: Scope; next: Next } {
  const level = levelOf(flow, '');
  const { progress, next } = begin(level.level);
  const scope: Scope = {
    level,
    path: '',
    outer: null,
    map: null,
    index: 0,
    inner: undefined,
    progress,
    outputs: new Map(),
    found,
    stale,
    tries: 0,
    closed: false,
  };
  return { scope, next };
}

export function openItem(flow: CompiledFlow, map: OpenMap, index: number): { scope: Scope; next: Next } {
  const level = levelOf(flow, map.one.step.id);
  const { progress, next } = begin(level.level);
  const path = itemPath(map.scope.path, map.one.step.id, index);
  const found = map.window.found.get(path) ?? new Map<string, StepRow>();
  const scope: Scope = {
    level,
    path,
    outer: map.scope,
    map,
    index,
    inner: { item: map.window.items[index - map.window.start], index },
    progress,
    outputs: new Map(),
    found,
    stale: map.stale,
    tries: [...found.values()].reduce((sum, row) => sum + (row.marks?.itemTries ?? 0), 0),
    closed: false,
  };
  return { scope, next };
}

/** Whether a scope, or one around it, or a Map has been closed: what still comes from it is dropped. */
export function isClosed(scope: Scope): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.outer) if (at.closed || at.map?.closed === true) return true;
  return false;
}

export function isInside(scope: Scope, around: Scope | OpenMap): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.outer) if (at === around || at.map === around) return true;
  return false;
}

export function instanceOf(row: StepRow): StepInstance {
  return {
    runId: row.runId,
    stepId: row.stepId,
    path: row.path,
    state: row.state,
    ...(row.jobId === null ? {} : { jobId: row.jobId }),
    ...(row.nodeId === null ? {} : { nodeId: row.nodeId }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.items === null ? {} : { items: { ...row.items } }),
    ...(row.summary === null ? {} : { summary: row.summary }),
    ...(row.readyAt === null ? {} : { readyAt: row.readyAt }),
    ...(row.startedAt === null ? {} : { startedAt: row.startedAt }),
    ...(row.finishedAt === null ? {} : { finishedAt: row.finishedAt }),
    attempts: row.attempts,
    ...(row.marks == null ? {} : marksOf(row.marks, row.finishedAt === null)),
  };
}

function marksOf(
  { pinned, takenFrom, cachedFrom, usedDefault, held }: StepMarks,
  goesOn: boolean,
): Partial<StepInstance> {
  return {
    ...(pinned === undefined ? {} : { pinned }),
    ...(takenFrom === undefined ? {} : { takenFrom }),
    ...(cachedFrom === undefined ? {} : { cachedFrom }),
    ...(usedDefault === undefined ? {} : { usedDefault }),
    ...(held?.until === undefined || !goesOn ? {} : { waitsUntil: held.until }),
    ...(held?.approvalId === undefined ? {} : { approvalId: held.approvalId }),
    ...(held?.childRunId === undefined ? {} : { childRunId: held.childRunId }),
  };
}
