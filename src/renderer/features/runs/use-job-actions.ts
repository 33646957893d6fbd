import { useMutation } from '@tanstack/react-query';
import { useApi } from '../../api/api.ts';
import { errorWords } from '../../api/error-words.ts';
import { keys } from '../../api/keys.ts';
import { useWorkspace } from '../../app/workspace.ts';
import { formatPlural } from '../../ui/numbers.ts';
import { toast } from '../../ui/toasts.tsx';

/** Calls for many at once are repeated while there are further ones, so many times at most. */
const mostCalls = 100;

/** What can be done with jobs that belong to no run. */
export function useJobActions() {
  const { host, cache } = useApi();
  const { client } = host;
  const { id: workspaceId } = useWorkspace();
  const again = () => cache.invalidateQueries({ queryKey: keys.allJobs(workspaceId) });
  const onError = (error: unknown) => {
    void again();
    toast({ text: `${errorWords(error).what} ${errorWords(error).next}`, sign: 'failed' });
  };

  const requeue = useMutation({
    mutationFn: (jobId: string) => client.call('requeueJob', { params: { id: jobId } }),
    onSuccess: async (job) => {
      await again();
      toast({ text: `${job.label || job.kind} is in line again`, sign: 'line' });
    },
    onError,
  });
  const requeueAll = useMutation({
    mutationFn: async (kind: string | undefined) => {
      let requeued = 0;
      for (let call = 0; call < mostCalls; call += 1) {
        const body = kind === undefined ? {} : { kind };
        const answer = await client.call('requeueJobs', { params: { id: workspaceId }, body });
        requeued += answer.requeued;
        if (!answer.more || answer.requeued === 0) break;
      }
      return requeued;
    },
    onSuccess: async (requeued) => {
      await again();
      toast({ text: `${formatPlural(requeued, 'job')} in line again`, sign: 'line' });
    },
    onError,
  });
  const cancel = useMutation({
    mutationFn: (jobId: string) => client.call('cancelJob', { params: { id: jobId } }),
    onSuccess: again,
    onError,
  });
  const cancelAll = useMutation({
    mutationFn: (jobIds: readonly string[]) =>
      client.call('cancelJobs', { params: { id: workspaceId }, body: { jobIds: jobIds.slice(0, 1000) } }),
    onSuccess: async ({ cancelled }) => {
      await again();
      toast({ text: `${formatPlural(cancelled, 'job')} cancelled`, sign: 'stopped' });
    },
    onError,
  });
  return { requeue, requeueAll, cancel, cancelAll };
}
