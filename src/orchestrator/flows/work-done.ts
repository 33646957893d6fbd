/** Who did how much of a run: by node for its weave, by step and node for the small pictures of flows. */
import type { WeavePart } from '../../shared/model/run.ts';

export interface WorkDone {
  readonly byNode: Map<string, { ms: number; count: number }>;
  readonly byStep: Map<string, Map<string, number>>;
}

export function noWork(): WorkDone {
  return { byNode: new Map(), byStep: new Map() };
}

/** Adds one attempt; what is done inside a Map counts for the outermost Map. */
export function addWork(done: WorkDone, at: { stepId: string; path: string }, nodeId: string, ms: number): void {
  const part = done.byNode.get(nodeId) ?? { ms: 0, count: 0 };
  done.byNode.set(nodeId, { ms: part.ms + Math.max(0, ms), count: part.count + 1 });
  const top = at.path === '' ? at.stepId : at.path.slice(0, at.path.indexOf('['));
  const nodes = done.byStep.get(top) ?? new Map<string, number>();
  done.byStep.set(top, nodes.set(nodeId, (nodes.get(nodeId) ?? 0) + Math.max(1, ms)));
}

export function weaveOf({ byNode }: WorkDone): WeavePart[] {
  return [...byNode].map(([nodeId, part]) => ({ nodeId, ...part }));
}

export function workersOf({ byStep }: WorkDone): Record<string, string> {
  const most = (nodes: ReadonlyMap<string, number>) =>
    [...nodes].reduce((one, other) => (other[1] > one[1] ? other : one));
  return Object.fromEntries([...byStep].map(([step, nodes]) => [step, most(nodes)[0]]));
}
