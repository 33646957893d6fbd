import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { FlowVersion } from '../../../../shared/model/flow.ts';
import type { Api } from '../../../api/api.ts';
import { keys } from '../../../api/keys.ts';

interface VersionPage {
  items: FlowVersion[];
  next: string | null;
}

/** The versions of a flow, the latest first. Asked for again whenever the list is opened: runs and pauses make new ones. */
export const versionsQuery = ({ host: { client } }: Api, flowId: string) =>
  infiniteQueryOptions({
    queryKey: [...keys.flow(flowId), 'versions'] as const,
    initialPageParam: null as string | null,
    getNextPageParam: (page: VersionPage) => page.next,
    queryFn: ({ signal, pageParam }): Promise<VersionPage> =>
      client.call('listVersions', {
        params: { id: flowId },
        query: { limit: 60, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      }),
    staleTime: 0,
  });

/** A version never changes, so its file is asked for once. */
export const versionFileQuery = ({ host: { client } }: Api, flowId: string, versionId: string) =>
  queryOptions({
    queryKey: [...keys.flow(flowId), 'version', versionId] as const,
    queryFn: ({ signal }) => client.call('getVersionFile', { params: { id: flowId, versionId }, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
