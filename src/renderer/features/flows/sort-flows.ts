import type { FlowSummary } from '../../../shared/model/run.ts';

export const flowOrders = ['run', 'edit', 'name'] as const;
export type FlowOrder = (typeof flowOrders)[number];
export const flowOrderWords: Record<FlowOrder, string> = { run: 'Last run', edit: 'Last edit', name: 'Name' };

export const isRunning = (flow: FlowSummary): boolean => flow.lastRun?.state === 'running';

/** Running first, then by what was asked for; never run stands last. */
export function sortFlows(flows: readonly FlowSummary[], order: FlowOrder): FlowSummary[] {
  const lastRun = (flow: FlowSummary) => flow.lastRun?.createdAt ?? 0;
  const by: Record<FlowOrder, (a: FlowSummary, b: FlowSummary) => number> = {
    run: (a, b) => Number(isRunning(b)) - Number(isRunning(a)) || lastRun(b) - lastRun(a) || b.updatedAt - a.updatedAt,
    edit: (a, b) => b.updatedAt - a.updatedAt,
    name: (a, b) => a.name.localeCompare(b.name),
  };
  return [...flows].sort(by[order]);
}
