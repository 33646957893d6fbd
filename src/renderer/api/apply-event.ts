import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { Approval } from '../../shared/model/approval.ts';
import type { Node } from '../../shared/model/node.ts';
import type { FlowSummary, RunDetail, RunSummary, StepInstance } from '../../shared/model/run.ts';
import type { LiveEvent } from '../../shared/protocol/live.ts';
import { type ItemWindow, keys, type RunFilter } from './keys.ts';
import {
  type FlowAndFile,
  reduceFlow,
  reduceFlows,
  reduceNodes,
  reducePending,
  reduceRun,
  reduceRuns,
  reduceWindow,
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
      forgetWhenResumed(cache, event.run);
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
      void cache.invalidateQueries({ queryKey: keys.members(event.workspaceId) });
      void cache.invalidateQueries({ queryKey: keys.invites(event.workspaceId) });
      return;
    case 'steps.changed':
      applySteps(cache, event);
      return;
    case 'approval.changed':
      change<readonly Approval[]>(cache, keys.pendingApprovals(workspaceId), (pending) =>
        reducePending(pending, event, workspaceId),
      );
      change<Approval>(cache, keys.approval(event.approval.id), () => event.approval);
      if (event.approval.state !== 'pending')
        void cache.invalidateQueries({ queryKey: keys.decidedApprovals(workspaceId) });
      return;
    case 'keys.changed':
      for (const key of [keys.providerKeys, keys.secrets, keys.models, keys.httpAccess])
        void cache.invalidateQueries({ queryKey: key(workspaceId) });
      return;
    case 'triggers.changed':
      // The news hold no addresses of webhooks, so what is shown is read again.
      void cache.invalidateQueries({ queryKey: keys.allTriggers(workspaceId) });
      return;
    case 'job.output':
    case 'job.changed':
      return;
  }
}

function applySteps(cache: QueryClient, event: Extract<LiveEvent, { kind: 'steps.changed' }>): void {
  const { runId } = event;
  change<RunDetail>(cache, keys.run(runId), (detail) => reduceRun(detail, event));
  for (const query of cache.getQueryCache().findAll({ queryKey: keys.runWindows(runId) })) {
    const window = query.queryKey[3] as ItemWindow;
    change<readonly StepInstance[]>(cache, query.queryKey, (steps) => reduceWindow(steps, event, runId, window));
  }
  const changed = new Set(event.steps.map((step) => `${step.stepId} ${step.path}`));
  for (const query of cache.getQueryCache().findAll({ queryKey: ['run', runId, 'step'] })) {
    if (changed.has(`${query.queryKey[3]} ${query.queryKey[4]}`))
      void cache.invalidateQueries({ queryKey: query.queryKey, exact: true });
  }
  if (event.more !== undefined) readAgain(cache, keys.runWindows(runId));
  if (event.steps.some((step) => step.path !== '' && step.state === 'failed'))
    readAgain(cache, ['run', runId, 'failed']);
}

/** What was finished goes on again: everything that is known of its steps is out of date. */
function forgetWhenResumed(cache: QueryClient, run: RunSummary): void {
  const known = cache.getQueryData<RunDetail>(keys.run(run.id));
  if (known !== undefined && known.run.resumedAt !== run.resumedAt)
    void cache.invalidateQueries({ queryKey: keys.run(run.id) });
}

/** What is read again while news keep coming: at most once in so many milliseconds. */
const everyMs = 1000;
const waiting = new WeakMap<QueryClient, Set<string>>();

function readAgain(cache: QueryClient, queryKey: readonly unknown[]): void {
  const name = JSON.stringify(queryKey);
  const names = waiting.get(cache) ?? new Set();
  waiting.set(cache, names);
  if (names.has(name)) return;
  names.add(name);
  setTimeout(() => {
    names.delete(name);
    void cache.invalidateQueries({ queryKey }, { cancelRefetch: false });
  }, everyMs);
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
