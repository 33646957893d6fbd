/**
 * Which steps of a level are ready (data.md, Runs). A level is the top of a flow, or the inside of a Map. Pure: a level is
 * compiled once, a progress is settled step by step, and each settling costs only the edges of the steps it touches (F3).
 *
 *   every incoming edge delivered or died ─► ready
 *   a required input whose edges all died, or no edge alive at all ─► skipped, and its own edges die
 */
import type { FlowEdge } from '../../shared/model/flow.ts';

/** One step as the plan needs it. */
export interface PlanStep {
  readonly id: string;
  /** Input ports that must get something where edges lead to them. */
  readonly required: readonly string[];
  /** Steps of the same level that its templates name. */
  readonly mentions: readonly string[];
}

export interface LevelInput {
  readonly steps: readonly PlanStep[];
  /** Edges between these steps, and edges from the container's inner ports (`from.step` is the container). */
  readonly edges: readonly FlowEdge[];
}

export interface Level {
  readonly steps: readonly PlanStep[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly edges: readonly FlowEdge[];
  /** Edge numbers into and out of each step, and the steps that mention it. */
  readonly into: readonly (readonly number[])[];
  readonly outOf: readonly (readonly number[])[];
  readonly mentionedBy: readonly (readonly number[])[];
  /** Edges that come from outside the level and deliver at the start. */
  readonly given: readonly number[];
}

export function compileLevel({ steps, edges }: LevelInput): Level {
  const indexOf = new Map(steps.map((step, index) => [step.id, index]));
  const into: number[][] = steps.map(() => []);
  const outOf: number[][] = steps.map(() => []);
  const mentionedBy: number[][] = steps.map(() => []);
  const given: number[] = [];
  for (const [number, edge] of edges.entries()) {
    into[indexOf.get(edge.to.step) ?? -1]?.push(number);
    const source = indexOf.get(edge.from.step);
    if (source === undefined) given.push(number);
    else outOf[source]?.push(number);
  }
  for (const [index, step] of steps.entries()) {
    for (const mention of step.mentions) mentionedBy[indexOf.get(mention) ?? -1]?.push(index);
  }
  return { steps, indexOf, edges, into, outOf, mentionedBy, given };
}

const pending = 0;
const live = 1;
const dead = 2;

/** How far one pass through a level has come. Changed in place by `settle`; small, because a Map holds one per open item. */
export interface Progress {
  readonly edges: Uint8Array;
  /** Per step: edges and mentions that it still waits for; -1 once it is settled or handed out. */
  readonly waits: Int32Array;
  /** Steps that are not settled. */
  open: number;
}

export interface Next {
  readonly ready: number[];
  readonly skipped: number[];
}

/** Begins a level. Steps that wait for nothing are ready at once. */
export function begin(level: Level): { progress: Progress; next: Next } {
  const progress: Progress = {
    edges: new Uint8Array(level.edges.length),
    waits: Int32Array.from(level.steps, (step, index) => {
      const mentions = step.mentions.filter((mention) => level.indexOf.has(mention)).length;
      return (level.into[index]?.length ?? 0) + mentions;
    }),
    open: level.steps.length,
  };
  const next: Next = { ready: [], skipped: [] };
  const free = level.steps.flatMap((_, index) => (progress.waits[index] === 0 ? [index] : []));
  for (const number of level.given) deliver(level, progress, number, live, free);
  decide(level, progress, free, next);
  return { progress, next };
}

/** Settles a step: the edges from `alive` ports deliver, its others die. Answers what follows, skipped steps settled too. */
export function settle(level: Level, progress: Progress, step: number, alive: (port: string) => boolean): Next {
  const next: Next = { ready: [], skipped: [] };
  decide(level, progress, release(level, progress, step, alive), next);
  return next;
}

/** Whether an edge has delivered. */
export function isAlive(progress: Progress, edge: number): boolean {
  return progress.edges[edge] === live;
}

function release(level: Level, progress: Progress, step: number, alive: (port: string) => boolean): number[] {
  const free: number[] = [];
  progress.open -= 1;
  for (const number of level.outOf[step] ?? []) {
    const edge = level.edges[number];
    if (edge !== undefined) deliver(level, progress, number, alive(edge.from.port) ? live : dead, free);
  }
  for (const mentioning of level.mentionedBy[step] ?? []) countDown(progress, mentioning, free);
  return free;
}

function deliver(level: Level, progress: Progress, number: number, state: number, free: number[]): void {
  const target = level.indexOf.get(level.edges[number]?.to.step ?? '');
  if (progress.edges[number] !== pending) return;
  progress.edges[number] = state;
  if (target !== undefined) countDown(progress, target, free);
}

function countDown(progress: Progress, step: number, free: number[]): void {
  const left = (progress.waits[step] ?? 0) - 1;
  progress.waits[step] = left;
  if (left === 0) free.push(step);
}

function decide(level: Level, progress: Progress, free: number[], next: Next): void {
  const queue = [...free];
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    progress.waits[step] = -1;
    if (isStarved(level, progress, step)) {
      next.skipped.push(step);
      queue.push(...release(level, progress, step, () => false));
    } else next.ready.push(step);
  }
}

function isStarved(level: Level, progress: Progress, step: number): boolean {
  const into = level.into[step] ?? [];
  if (into.length === 0) return false;
  if (into.every((number) => progress.edges[number] === dead)) return true;
  return (level.steps[step]?.required ?? []).some((port) => {
    const wired = into.filter((number) => level.edges[number]?.to.port === port);
    return wired.length > 0 && wired.every((number) => progress.edges[number] === dead);
  });
}
