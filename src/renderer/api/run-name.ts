import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useApi } from './api.ts';
import { keys } from './keys.ts';
import { runsQuery } from './queries.ts';

/** "Receipts, run 12" of another run; null while that is not known, or where the run is gone. */
export function useRunName(workspaceId: string, runId: string): string | null {
  const api = useApi();
  const listed = useInfiniteQuery(runsQuery(api, workspaceId, {})).data?.pages.flatMap((page) => page.items);
  const known = listed?.find((run) => run.id === runId);
  const asked = useQuery({
    queryKey: keys.runName(runId),
    queryFn: async ({ signal }) => {
      const { run } = await api.host.client.call('getRun', { params: { id: runId }, signal });
      return `${run.flowName}, run ${run.number}`;
    },
    enabled: listed !== undefined && known === undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return known === undefined ? (asked.data ?? null) : `${known.flowName}, run ${known.number}`;
}
