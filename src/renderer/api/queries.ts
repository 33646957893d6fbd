import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { RunSummary, StepInstance } from '../../shared/model/run.ts';
import type { UsageGroup } from '../../shared/model/usage.ts';
import type { Api } from './api.ts';
import { keys, type RunFilter } from './keys.ts';
import { reduceFlow, reduceFlows, reduceNodes, reduceRun, reduceRunSteps, reduceRuns } from './reduce.ts';

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

/** Above this many instances of a Map a page shows counts instead of single items. */
export const mostInstances = 2000;

/** The step instances inside a Map step, at most `mostInstances`. */
export const runStepsQuery = ({ host: { client }, feed }: Api, workspaceId: string, runId: string, under: string) =>
  queryOptions({
    queryKey: keys.runSteps(runId, under),
    queryFn: async ({ signal }) => {
      const steps: StepInstance[] = [];
      let cursor: string | null = null;
      let position: string | null = null;
      do {
        const query: { under: string; limit: number; cursor?: string } = {
          under,
          limit: 500,
          ...(cursor === null ? {} : { cursor }),
        };
        const answer = await client.callPositioned('listRunSteps', { params: { id: runId }, query, signal });
        position ??= answer.position;
        steps.push(...answer.value.items);
        cursor = answer.value.next;
      } while (cursor !== null && steps.length < mostInstances);
      const key = keys.runSteps(runId, under);
      return [
        ...feed.read(workspaceId, key, { value: steps, position }, (all, event) => [
          ...reduceRunSteps(all, event, runId, under),
        ]),
      ];
    },
    ...kept,
  });

export const runStepQuery = ({ host: { client } }: Api, runId: string, stepId: string, path: string) =>
  queryOptions({
    queryKey: keys.runStep(runId, stepId, path),
    queryFn: ({ signal }) =>
      client.call('getRunStep', { params: { id: runId, stepId }, query: path === '' ? {} : { path }, signal }),
    ...kept,
  });
