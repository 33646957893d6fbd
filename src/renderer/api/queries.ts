import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { RunSummary } from '../../shared/model/run.ts';
import type { UsageGroup } from '../../shared/model/usage.ts';
import type { Api } from './api.ts';
import { type ItemWindow, type JobFilter, keys, type RunFilter } from './keys.ts';
import { reduceFlow, reduceFlows, reduceNodes, reducePending, reduceRun, reduceRuns, reduceWindow } from './reduce.ts';

/** What the pages read. Everything of a workspace is kept up to date by live events and is never refetched for its age alone. */
const kept = { staleTime: Number.POSITIVE_INFINITY, gcTime: 10 * 60_000 } as const;

export const meQuery = ({ host: { client } }: Api) =>
  queryOptions({
    queryKey: keys.me,
    queryFn: ({ signal }) => client.call('me', { signal }),
    staleTime: 5 * 60_000,
    retry: false,
  });

export const workspacesQuery = ({ host: { client } }: Api) =>
  queryOptions({
    queryKey: keys.workspaces,
    queryFn: async ({ signal }) => (await client.call('listWorkspaces', { signal })).items,
    staleTime: 60_000,
  });

export const samplesQuery = ({ host: { client } }: Api) =>
  queryOptions({
    queryKey: keys.samples,
    queryFn: async ({ signal }) => (await client.call('listSamples', { signal })).items,
    ...kept,
  });

export const sessionsQuery = ({ host: { client } }: Api) =>
  queryOptions({
    queryKey: keys.sessions,
    queryFn: async ({ signal }) => (await client.call('listSessions', { signal })).items,
  });

export const thisNodeQuery = ({ host: { client } }: Api) =>
  queryOptions({
    queryKey: keys.thisNode,
    queryFn: ({ signal }) => client.call('getThisNode', { signal }),
    staleTime: 60_000,
  });

export const providerKeysQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.providerKeys(workspaceId),
    queryFn: async ({ signal }) => (await client.call('listApiKeys', { params: { id: workspaceId }, signal })).items,
  });

export const secretsQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.secrets(workspaceId),
    queryFn: async ({ signal }) => (await client.call('listSecrets', { params: { id: workspaceId }, signal })).items,
  });

export const collectionsQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.collections(workspaceId),
    queryFn: async ({ signal }) =>
      (await client.call('listCollections', { params: { id: workspaceId }, signal })).items,
  });

export const modelsQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.models(workspaceId),
    queryFn: async ({ signal }) => (await client.call('listModels', { params: { id: workspaceId }, signal })).items,
    staleTime: 10_000,
  });

export const httpAccessQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.httpAccess(workspaceId),
    queryFn: async ({ signal }) => (await client.call('getHttpAccess', { params: { id: workspaceId }, signal })).allow,
  });

export const usageQuery = (
  { host: { client } }: Api,
  workspaceId: string,
  query: { by: UsageGroup; from: number; to: number },
) =>
  queryOptions({
    queryKey: keys.usage(workspaceId, query),
    queryFn: ({ signal }) => client.call('getUsage', { params: { id: workspaceId }, query, signal }),
  });

export const pricesQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.prices(workspaceId),
    queryFn: ({ signal }) => client.call('getPrices', { params: { id: workspaceId }, signal }),
  });

export const flowsQuery = ({ host: { client }, feed }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.flows(workspaceId),
    queryFn: async ({ signal }) => {
      const answer = await client.callPositioned('listFlows', {
        params: { id: workspaceId },
        query: { limit: 500 },
        signal,
      });
      const flows = { value: answer.value.items, position: answer.position };
      return [
        ...feed.read(workspaceId, keys.flows(workspaceId), flows, (all, event) => [
          ...reduceFlows(all, event, workspaceId),
        ]),
      ];
    },
    ...kept,
  });

export const nodesQuery = ({ host: { client }, feed }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.nodes(workspaceId),
    queryFn: async ({ signal }) => {
      const answer = await client.callPositioned('listWorkspaceNodes', { params: { id: workspaceId }, signal });
      const nodes = { value: answer.value.items, position: answer.position };
      return [
        ...feed.read(workspaceId, keys.nodes(workspaceId), nodes, (all, event) => [
          ...reduceNodes(all, event, workspaceId),
        ]),
      ];
    },
    ...kept,
  });

interface RunPage {
  items: RunSummary[];
  next: string | null;
}

export const runsQuery = ({ host: { client }, feed }: Api, workspaceId: string, filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: keys.runs(workspaceId, filter),
    initialPageParam: null as string | null,
    getNextPageParam: (page: RunPage) => page.next,
    queryFn: async ({ signal, pageParam }): Promise<RunPage> => {
      const query = { ...filter, limit: 60, ...(pageParam === null ? {} : { cursor: pageParam }) };
      const answer = await client.callPositioned('listRuns', { params: { id: workspaceId }, query, signal });
      if (pageParam !== null) return answer.value;
      return feed.read(workspaceId, keys.runs(workspaceId, filter), answer, (page, event) => {
        const first = reduceRuns({ pages: [page] }, event, workspaceId, filter).pages[0];
        return first ?? page;
      });
    },
    ...kept,
  });

export const flowQuery = ({ host: { client }, feed }: Api, workspaceId: string, flowId: string) =>
  queryOptions({
    queryKey: keys.flow(flowId),
    queryFn: async ({ signal }) =>
      feed.read(
        workspaceId,
        keys.flow(flowId),
        await client.callPositioned('getFlow', { params: { id: flowId }, signal }),
        reduceFlow,
      ),
    staleTime: 0,
  });

export const runQuery = ({ host: { client }, feed }: Api, workspaceId: string, runId: string) =>
  queryOptions({
    queryKey: keys.run(runId),
    queryFn: async ({ signal }) =>
      feed.read(
        workspaceId,
        keys.run(runId),
        await client.callPositioned('getRun', { params: { id: runId }, signal }),
        reduceRun,
      ),
    ...kept,
  });

/** The instances of some items of a Map. It is dropped as soon as nobody looks, so that a page holds one window at a time. */
export const runWindowQuery = (
  { host: { client }, feed }: Api,
  workspaceId: string,
  runId: string,
  window: ItemWindow,
) =>
  queryOptions({
    queryKey: keys.runWindow(runId, window),
    queryFn: async ({ signal }) => {
      const { under, mapPath, first, items } = window;
      const query = { under, mapPath, firstItem: first, items };
      const answer = await client.callPositioned('listRunSteps', { params: { id: runId }, query, signal });
      const steps = { value: answer.value.items, position: answer.position };
      return [
        ...feed.read(workspaceId, keys.runWindow(runId, window), steps, (all, event) => [
          ...reduceWindow(all, event, runId, window),
        ]),
      ];
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** Failed items of a Map that are listed at once. */
export const mostFailed = 100;

/** The first failed instances inside a Map, wherever in it they are. */
export const runFailedQuery = ({ host: { client } }: Api, runId: string, under: string) =>
  queryOptions({
    queryKey: keys.runFailed(runId, under),
    queryFn: async ({ signal }) => {
      const query = { under, state: 'failed' as const, limit: mostFailed };
      return (await client.call('listRunSteps', { params: { id: runId }, query, signal })).items;
    },
    gcTime: 0,
  });

export const runStepQuery = ({ host: { client } }: Api, runId: string, stepId: string, path: string) =>
  queryOptions({
    queryKey: keys.runStep(runId, stepId, path),
    queryFn: ({ signal }) =>
      client.call('getRunStep', { params: { id: runId, stepId }, query: path === '' ? {} : { path }, signal }),
    ...kept,
  });

/** What waits for people now; followed live. */
export const pendingApprovalsQuery = ({ host: { client }, feed }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.pendingApprovals(workspaceId),
    queryFn: async ({ signal }) => {
      const query = { state: 'pending' as const, limit: 200 };
      const answer = await client.callPositioned('listApprovals', { params: { id: workspaceId }, query, signal });
      const pending = { value: answer.value.items, position: answer.position };
      return [
        ...feed.read(workspaceId, keys.pendingApprovals(workspaceId), pending, (all, event) => [
          ...reducePending(all, event, workspaceId),
        ]),
      ];
    },
    ...kept,
  });

/** The latest that are no longer open; those that still are stand in the list above. */
export const decidedApprovalsQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.decidedApprovals(workspaceId),
    queryFn: async ({ signal }) => {
      const { items } = await client.call('listApprovals', {
        params: { id: workspaceId },
        query: { limit: 100 },
        signal,
      });
      return items.filter((approval) => approval.state !== 'pending');
    },
    staleTime: 10_000,
  });

export const approvalQuery = ({ host: { client } }: Api, approvalId: string) =>
  queryOptions({
    queryKey: keys.approval(approvalId),
    queryFn: ({ signal }) => client.call('getApproval', { params: { id: approvalId }, signal }),
    staleTime: 10_000,
  });

/** Jobs by state; jobs tell nothing live, so the page asks again while one looks. */
export const jobsQuery = ({ host: { client } }: Api, workspaceId: string, filter: JobFilter) =>
  infiniteQueryOptions({
    queryKey: keys.jobs(workspaceId, filter),
    initialPageParam: null as string | null,
    getNextPageParam: (page: { next: string | null }) => page.next,
    queryFn: ({ signal, pageParam }) =>
      client.call('listJobs', {
        params: { id: workspaceId },
        query: { ...filter, runs: 'none', limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      }),
    maxPages: 10,
    gcTime: 30_000,
  });

export const explanationQuery = ({ host: { client } }: Api, jobId: string) =>
  queryOptions({
    queryKey: keys.explanation(jobId),
    queryFn: ({ signal }) => client.call('explainJob', { params: { id: jobId }, signal }),
    refetchInterval: 5000,
    gcTime: 10_000,
  });

export const jobHistoryQuery = ({ host: { client } }: Api, jobId: string) =>
  queryOptions({
    queryKey: keys.jobHistory(jobId),
    queryFn: ({ signal }) => client.call('getJobHistory', { params: { id: jobId }, signal }),
    gcTime: 10_000,
  });

/** Flows of the workspace whose triggers are switched on. */
export const liveTriggersQuery = ({ host: { client } }: Api, workspaceId: string) =>
  queryOptions({
    queryKey: keys.allTriggers(workspaceId),
    queryFn: async ({ signal }) => (await client.call('listTriggers', { params: { id: workspaceId }, signal })).items,
    staleTime: 60_000,
  });

export const triggersQuery = ({ host: { client } }: Api, workspaceId: string, flowId: string) =>
  queryOptions({
    queryKey: keys.triggers(workspaceId, flowId),
    queryFn: ({ signal }) => client.call('getTriggers', { params: { id: flowId }, signal }),
    staleTime: 0,
  });

export const nodeRecordQuery = ({ host: { client } }: Api, nodeId: string) =>
  queryOptions({
    queryKey: keys.nodeRecord(nodeId),
    queryFn: ({ signal }) => client.call('getNodeRecord', { params: { id: nodeId }, signal }),
    staleTime: 5000,
  });
