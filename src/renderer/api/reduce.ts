import type { Approval } from '../../shared/model/approval.ts';
import type { FlowFile } from '../../shared/model/flow.ts';
import type { Node } from '../../shared/model/node.ts';
import type { FlowSummary, RunDetail, RunSummary, StepInstance } from '../../shared/model/run.ts';
import type { LiveEvent } from '../../shared/protocol/live.ts';
import type { ItemWindow, RunFilter } from './keys.ts';

/** What a live event does to each thing that is kept: pure, and the same object where nothing changes. */
export interface Pages<Item> {
  pages: { items: Item[]; next: string | null }[];
}

const isNewer = (one: string, other: string) => one > other;

export function reduceFlows(
  flows: readonly FlowSummary[],
  event: LiveEvent,
  workspaceId: string,
): readonly FlowSummary[] {
  switch (event.kind) {
    case 'flow.changed':
      return event.flow.workspaceId === workspaceId ? putFirst(flows, event.flow) : flows;
    case 'flow.removed':
      return without(flows, event.flowId);
    case 'run.changed':
      return flows.some((flow) => takesRun(flow, event.run))
        ? flows.map((flow) => (takesRun(flow, event.run) ? { ...flow, lastRun: event.run } : flow))
        : flows;
    default:
      return flows;
  }
}

const takesRun = (flow: FlowSummary, run: RunSummary) =>
  flow.id === run.flowId && (flow.lastRun === null || flow.lastRun.number <= run.number);

export function reduceNodes(nodes: readonly Node[], event: LiveEvent, workspaceId: string): readonly Node[] {
  switch (event.kind) {
    case 'node.changed': {
      const belongs = event.node.workspaces.some((workspace) => workspace.id === workspaceId);
      if (!belongs) return without(nodes, event.node.id);
      return replaceOrAdd(nodes, event.node);
    }
    case 'node.removed':
      return without(nodes, event.nodeId);
    default:
      return nodes;
  }
}

export const fitsFilter = (run: RunSummary, filter: RunFilter): boolean =>
  (filter.state === undefined || filter.state === run.state) &&
  (filter.flowId === undefined || filter.flowId === run.flowId);

export function reduceRuns<Kept extends Pages<RunSummary>>(
  runs: Kept,
  event: LiveEvent,
  workspaceId: string,
  filter: RunFilter,
): Kept {
  if (event.kind !== 'run.changed' || event.run.workspaceId !== workspaceId) return runs;
  const { run } = event;
  const fits = fitsFilter(run, filter);
  const known = runs.pages.some((page) => page.items.some((one) => one.id === run.id));
  if (!known && !fits) return runs;
  const pages = runs.pages.map((page) => ({
    ...page,
    items: fits
      ? page.items.map((one) => (one.id === run.id ? run : one))
      : page.items.filter((one) => one.id !== run.id),
  }));
  const first = pages[0];
  if (!known && first !== undefined) pages[0] = { ...first, items: insertLatest(first.items, run) };
  return { ...runs, pages };
}

function insertLatest(runs: readonly RunSummary[], run: RunSummary): RunSummary[] {
  const at = runs.findIndex((one) => isNewer(run.id, one.id));
  return at === -1 ? [...runs, run] : [...runs.slice(0, at), run, ...runs.slice(at)];
}

export function reduceRun(detail: RunDetail, event: LiveEvent): RunDetail {
  if (event.kind === 'run.changed') return event.run.id === detail.run.id ? { ...detail, run: event.run } : detail;
  if (event.kind !== 'steps.changed' || event.runId !== detail.run.id) return detail;
  const steps = mergeSteps(
    detail.steps,
    event.steps.filter((step) => step.path === ''),
  );
  return steps === detail.steps ? detail : { ...detail, steps: [...steps] };
}

/** Instances of the items in a window, directly in its Map: those further in belong to windows of their own. */
export function reduceWindow(
  steps: readonly StepInstance[],
  event: LiveEvent,
  runId: string,
  window: ItemWindow,
): readonly StepInstance[] {
  if (event.kind !== 'steps.changed' || event.runId !== runId) return steps;
  return mergeSteps(
    steps,
    event.steps.filter((step) => isInWindow(step.path, window)),
  );
}

/** Whether a path is that of an item of this window, and of nothing inside the item. */
export function isInWindow(path: string, { under, mapPath, first, items }: ItemWindow): boolean {
  const start = mapPath === '' ? `${under}[` : `${mapPath}/${under}[`;
  if (!path.startsWith(start) || path.indexOf(']', start.length) !== path.length - 1) return false;
  const index = Number(path.slice(start.length, -1));
  return index >= first && index < first + items;
}

const stepKey = (step: StepInstance) => `${step.stepId} ${step.path}`;

function mergeSteps(steps: readonly StepInstance[], changed: readonly StepInstance[]): readonly StepInstance[] {
  if (changed.length === 0) return steps;
  const merged = new Map(steps.map((step) => [stepKey(step), step]));
  for (const step of changed) merged.set(stepKey(step), step);
  return [...merged.values()];
}

/** What waits for people, the latest first. */
export function reducePending(
  pending: readonly Approval[],
  event: LiveEvent,
  workspaceId: string,
): readonly Approval[] {
  if (event.kind !== 'approval.changed' || event.approval.workspaceId !== workspaceId) return pending;
  const { approval } = event;
  if (approval.state !== 'pending') return without(pending, approval.id);
  return pending.some((one) => one.id === approval.id)
    ? pending.map((one) => (one.id === approval.id ? approval : one))
    : [approval, ...pending];
}

export interface FlowAndFile {
  flow: FlowSummary;
  file: FlowFile;
}

export function reduceFlow(kept: FlowAndFile, event: LiveEvent): FlowAndFile {
  if (event.kind === 'flow.changed' && event.flow.id === kept.flow.id) return { ...kept, flow: event.flow };
  return kept;
}

interface Named {
  id: string;
}

function putFirst<Item extends Named & { updatedAt: number }>(items: readonly Item[], item: Item): readonly Item[] {
  const known = items.find((one) => one.id === item.id);
  if (known !== undefined && known.updatedAt === item.updatedAt)
    return items.map((one) => (one.id === item.id ? item : one));
  return [item, ...without(items, item.id)];
}

const replaceOrAdd = <Item extends Named>(items: readonly Item[], item: Item): readonly Item[] =>
  items.some((one) => one.id === item.id) ? items.map((one) => (one.id === item.id ? item : one)) : [...items, item];

const without = <Item extends Named>(items: readonly Item[], id: string): readonly Item[] =>
  items.some((one) => one.id === id) ? items.filter((one) => one.id !== id) : items;
