import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Node } from '../../shared/model/node.ts';
import type { FlowSummary, RunDetail, RunSummary, StepInstance } from '../../shared/model/run.ts';
import type { LiveEvent } from '../../shared/protocol/live.ts';
import { keys, type RunFilter } from './keys.ts';
import {
  type FlowAndFile,
  reduceFlow,
  reduceFlows,
  reduceNodes,
  reduceRun,
  reduceRunSteps,
  reduceRuns,
} from './reduce.ts';

type RunPages = InfiniteData<{ items: RunSummary[]; next: string | null }>;

/** Brings everything that is kept up to what the event says. */
export function applyEvent(cache: QueryClient, workspaceId: string, event: LiveEvent): void {
  switch (event.kind) {
    case 'flow.changed':
      change<readonly FlowSummary[]>(cache, keys.flows(workspaceId), (flows) => reduceFlows(flows, event, workspaceId));
      change<FlowAndFile>(cache, keys.flow(event.flow.id), (kept) => reduceFlow(kept, event));
      return;
    case 'flow.removed':
      change<readonly FlowSummary[]>(cache, keys.flows(workspaceId), (flows) => reduceFlows(flows, event, workspaceId));
      return;
    case 'run.changed':
      change<readonly FlowSummary[]>(cache, keys.flows(workspaceId), (flows) => reduceFlows(flows, event, workspaceId));
      for (const query of cache.getQueryCache().findAll({ queryKey: keys.allRuns(workspaceId) })) {
        const filter = query.queryKey[3] as RunFilter;
        change<RunPages>(cache, query.queryKey, (runs) => reduceRuns(runs, event, workspaceId, filter));
      }
      change<RunDetail>(cache, keys.run(event.run.id), (detail) => reduceRun(detail, event));
      if (event.run.finishedAt !== null)
        void cache.invalidateQueries({ queryKey: keys.run(event.run.id), exact: true });
      return;
    case 'node.changed':
    case 'node.removed':
      change<readonly Node[]>(cache, keys.nodes(workspaceId), (nodes) => reduceNodes(nodes, event, workspaceId));
      changeThisNode(cache, event);
      return;
    case 'workspace.changed':
      void cache.invalidateQueries({ queryKey: keys.workspaces });
      return;
    case 'steps.changed':
      applySteps(cache, event);
      return;
    case 'job.output':
    case 'job.changed':
      return;
  }
}

function applySteps(cache: QueryClient, event: Extract<LiveEvent, { kind: 'steps.changed' }>): void {
  change<RunDetail>(cache, keys.run(event.runId), (detail) => reduceRun(detail, event));
  for (const query of cache.getQueryCache().findAll({ queryKey: ['run', event.runId, 'under'] })) {
    const under = String(query.queryKey[3]);
    change<readonly StepInstance[]>(cache, query.queryKey, (steps) => reduceRunSteps(steps, event, event.runId, under));
  }
  for (const step of event.steps) {
    void cache.invalidateQueries({ queryKey: keys.runStep(event.runId, step.stepId, step.path) });
  }
}

interface ThisNode {
  node: Node | null;
  share_key: string | null;
}

function changeThisNode(
  cache: QueryClient,
  event: Extract<LiveEvent, { kind: 'node.changed' | 'node.removed' }>,
): void {
  change<ThisNode>(cache, keys.thisNode, (kept) =>
    event.kind === 'node.changed' && kept.node?.id === event.node.id ? { ...kept, node: event.node } : kept,
  );
}

function change<Kept>(cache: QueryClient, key: readonly unknown[], turn: (kept: Kept) => Kept): void {
  cache.setQueryData<Kept>(key, (kept) => (kept === undefined ? undefined : turn(kept)));
}
