/** What the runner holds of a run that goes on. All of it can be rebuilt from the store (F2). */
import type { Values } from '../../shared/flows/step-type.ts';
import type { ItemCounts, StepInstance } from '../../shared/model/run.ts';
import type { FinishedJob } from '../services.ts';
import type { RunRow, StepRow } from '../store/tables.ts';
import type { CompiledFlow, CompiledLevel, CompiledStep } from './compile.ts';
import { levelOf } from './compile.ts';
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
  /** Rows found at a resume, by step. */
  readonly found: ReadonlyMap<string, StepRow>;
  closed: boolean;
}

/** A Map step that works through its items. */
export interface OpenMap {
  readonly scope: Scope;
  readonly one: CompiledStep;
  readonly items: readonly unknown[];
  readonly limits: { concurrency: number; onItemError: 'fail' | 'leave_out' | 'null' };
  readonly found: ReadonlyMap<number, ReadonlyMap<string, StepRow>>;
  readonly counts: ItemCounts;
  /** By item: its result, null where the policy says so, absent where it is left out. */
  readonly results: { value?: unknown }[];
  /** About how many bytes the results take. */
  resultBytes: number;
  next: number;
}

/** A step instance that has begun and not finished. */
export interface OpenStep {
  readonly scope: Scope;
  readonly one: CompiledStep;
  readonly row: StepRow;
}

export type Task =
  | { readonly kind: 'start'; readonly scope: Scope; readonly step: number }
  | { readonly kind: 'job'; readonly key: string; readonly finished: FinishedJob }
  | { readonly kind: 'items'; readonly map: OpenMap }
  | { readonly kind: 'cancel'; readonly done: () => void };

export interface ActiveRun {
  readonly row: RunRow;
  readonly flow: CompiledFlow;
  readonly top: Scope;
  readonly open: Map<string, OpenStep>;
  readonly tasks: Task[];
  readonly progress: { total: number; done: number; failed: number };
  readonly work: WorkDone;
  /** Files found to be of the workspace. */
  readonly knownFiles: Set<string>;
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

export function openTop(flow: CompiledFlow, found: ReadonlyMap<string, StepRow>): { scope: Scope; next: Next } {
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
    closed: false,
  };
  return { scope, next };
}

export function openItem(flow: CompiledFlow, map: OpenMap, index: number): { scope: Scope; next: Next } {
  const level = levelOf(flow, map.one.step.id);
  const { progress, next } = begin(level.level);
  const scope: Scope = {
    level,
    path: itemPath(map.scope.path, map.one.step.id, index),
    outer: map.scope,
    map,
    index,
    inner: { item: map.items[index], index },
    progress,
    outputs: new Map(),
    found: map.found.get(index) ?? new Map(),
    closed: false,
  };
  return { scope, next };
}

/** Whether a scope, or one around it, has been closed: what still comes from it is dropped. */
export function isClosed(scope: Scope): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.outer) if (at.closed) return true;
  return false;
}

export function isInside(scope: Scope, around: Scope): boolean {
  for (let at: Scope | null = scope; at !== null; at = at.outer) if (at === around) return true;
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
  };
}
