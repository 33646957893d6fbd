/**
 * The Gantt of a run, pure: what ran where and when, in milliseconds since the run started.
 *
 *   by step:  one row a step; under a Map one lane a node, one bar an item
 *   by node:  one row a node, with everything it did
 */
import type { FlowFile } from '../../../shared/model/flow.ts';
import type { Attempt } from '../../../shared/model/job.ts';
import type { RunSummary, StepInstance, StepState } from '../../../shared/model/run.ts';

export interface Bar {
  key: string;
  stepId: string;
  path: string;
  from: number;
  to: number;
  /** Null: on the host. */
  nodeId: string | null;
  look: 'done' | 'running' | 'failed' | 'lost' | 'asks';
  /** Which of several at once on the same node, from 0. */
  track: number;
}

export interface Lane {
  nodeId: string | null;
  bars: readonly Bar[];
  tracks: number;
}

export interface TimelineRow {
  stepId: string;
  name: string;
  state: StepState;
  instance: StepInstance | null;
  /** Waited in line. */
  line: { from: number; to: number } | null;
  bar: Bar | null;
  /** Under a Map. */
  lanes: readonly Lane[];
}

/** An instance that was tried more than once, with its attempts. */
export interface Tried {
  stepId: string;
  path: string;
  attempts: readonly Attempt[];
}

export interface TimelineInput {
  run: RunSummary;
  file: FlowFile;
  /** At the top level. */
  steps: readonly StepInstance[];
  /** Inside Maps, by the id of the Map step. */
  inner: ReadonlyMap<string, readonly StepInstance[]>;
  tried: readonly Tried[];
  now: number;
}

export const runLength = (run: RunSummary, now: number): number => Math.max(1, (run.finishedAt ?? now) - run.createdAt);

export function timelineByStep(input: TimelineInput): TimelineRow[] {
  const instances = new Map(input.steps.map((step) => [step.stepId, step]));
  const { ids, names } = orderOf(input.file);
  return ids.map((stepId) => {
    const instance = instances.get(stepId) ?? null;
    const inner = input.inner.get(stepId) ?? [];
    return {
      stepId,
      name: names.get(stepId) ?? stepId,
      state: instance?.state ?? 'waiting',
      instance,
      line: instance === null ? null : lineOf(input, instance),
      bar: instance === null ? null : barOf(input, instance),
      lanes: lanesOf(input, inner),
    };
  });
}

interface Order {
  ids: readonly string[];
  names: ReadonlyMap<string, string>;
}

/** A run's file never changes, and a timeline is laid out anew many times a minute. */
const orders = new WeakMap<FlowFile, Order>();

function orderOf(file: FlowFile): Order {
  const known = orders.get(file);
  if (known !== undefined) return known;
  const top = file.steps.filter((step) => step.parent === undefined);
  const ids = inFlowOrder(
    top.map((step) => step.id),
    file.edges,
  );
  const order = { ids, names: new Map(top.map((step) => [step.id, step.name])) };
  orders.set(file, order);
  return order;
}

export function timelineByNode(input: TimelineInput): Lane[] {
  const maps = new Set(input.inner.keys());
  const all = [...input.steps.filter((step) => !maps.has(step.stepId)), ...[...input.inner.values()].flat()];
  return toLanes([...all.flatMap((step) => barOf(input, step) ?? []), ...lostBars(input, null)]);
}

function lineOf(input: TimelineInput, step: StepInstance): TimelineRow['line'] {
  if (step.readyAt === undefined || step.jobId === undefined) return null;
  const from = since(input, step.readyAt);
  const to = since(input, step.startedAt ?? step.finishedAt ?? input.now);
  return to - from > 0 ? { from, to } : null;
}

const since = (input: TimelineInput, at: number) => Math.max(0, at - input.run.createdAt);

const looks: Partial<Record<StepState, Bar['look']>> = {
  running: 'running',
  failed: 'failed',
  awaiting_approval: 'asks',
};

function barOf(input: TimelineInput, step: StepInstance): Bar | null {
  const started = step.startedAt ?? (step.state === 'awaiting_approval' ? step.readyAt : undefined);
  if (started === undefined) return null;
  const from = since(input, started);
  return {
    key: `${step.stepId} ${step.path}`,
    stepId: step.stepId,
    path: step.path,
    from,
    to: Math.max(from, since(input, step.finishedAt ?? input.now)),
    nodeId: step.nodeId ?? null,
    look: looks[step.state] ?? 'done',
    track: 0,
  };
}

/** Only what a node did makes a lane; steps inside a Map that the host does itself take no time worth a bar. */
function lanesOf(input: TimelineInput, inner: readonly StepInstance[]): Lane[] {
  const worked = inner.filter((step) => step.nodeId !== undefined);
  const bars = worked.flatMap((step) => barOf(input, step) ?? []);
  return toLanes([...bars, ...lostBars(input, inner)]);
}

/** Attempts before the last one, of those instances (null: of all). */
function lostBars(input: TimelineInput, among: readonly StepInstance[] | null): Bar[] {
  const wanted = among === null ? null : new Set(among.map((step) => `${step.stepId} ${step.path}`));
  return input.tried
    .filter((tried) => wanted === null || wanted.has(`${tried.stepId} ${tried.path}`))
    .flatMap((tried) =>
      tried.attempts.slice(0, -1).map((attempt) => ({
        key: `${tried.stepId} ${tried.path} ${attempt.number}`,
        stepId: tried.stepId,
        path: tried.path,
        from: since(input, attempt.assignedAt),
        to: since(input, attempt.finishedAt ?? attempt.assignedAt),
        nodeId: attempt.nodeId,
        look: 'lost' as const,
        track: 0,
      })),
    );
}

function toLanes(bars: readonly Bar[]): Lane[] {
  const byNode = Map.groupBy(bars, (bar) => bar.nodeId);
  return [...byNode.entries()]
    .map(([nodeId, own]) => ({ nodeId, ...inTracks(own) }))
    .sort(
      (a, b) =>
        Number(a.nodeId === null) - Number(b.nodeId === null) || (a.bars[0]?.from ?? 0) - (b.bars[0]?.from ?? 0),
    );
}

/** Lays bars that overlap in time into different tracks, each into the first that is free. */
function inTracks(bars: readonly Bar[]): Pick<Lane, 'bars' | 'tracks'> {
  const free: number[] = [];
  const laid = [...bars]
    .sort((a, b) => a.from - b.from)
    .map((bar) => {
      const found = free.findIndex((until) => until <= bar.from);
      const track = found === -1 ? free.length : found;
      free[track] = bar.to;
      return { ...bar, track };
    });
  return { bars: laid, tracks: Math.max(1, free.length) };
}

/** Steps by how many others lie before them; equals keep the order they have in the file. A circle counts as far as it was walked. */
function inFlowOrder(ids: readonly string[], edges: FlowFile['edges']): string[] {
  const depths = new Map(ids.map((id) => [id, 0]));
  const links = edges.filter((edge) => depths.has(edge.from.step) && depths.has(edge.to.step));
  for (let round = 0; round < ids.length; round += 1) {
    let changed = false;
    for (const { from, to } of links) {
      const after = (depths.get(from.step) ?? 0) + 1;
      if (after > (depths.get(to.step) ?? 0) && after < ids.length) {
        depths.set(to.step, after);
        changed = true;
      }
    }
    if (!changed) break;
  }
  return ids.toSorted((a, b) => (depths.get(a) ?? 0) - (depths.get(b) ?? 0));
}

const niceSteps = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
  7_200_000, 21_600_000, 86_400_000,
];

/** Where the axis is marked, in milliseconds: at most eight round marks from 0. */
export function ticksOf(length: number): number[] {
  const step = niceSteps.find((one) => length / one <= 8) ?? Math.ceil(length / 8);
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => index * step);
}
