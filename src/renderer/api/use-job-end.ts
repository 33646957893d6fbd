import { useEffect, useState } from 'react';
import { finishedJobStates, type Job } from '../../shared/model/job.ts';
import { useApi } from './api.ts';

/** The job once it is over; null until then. */
export function useJobEnd(jobId: string): Job | null {
  const { host, live } = useApi();
  const [ended, setEnded] = useState<Job | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    const look = () =>
      host.client
        .call('getJob', { params: { id: jobId }, signal: stop.signal })
        .then((job) => finishedJobStates.includes(job.state) && setEnded(job))
        .catch(() => undefined);
    const unfollow = live.follow(`job:${jobId}`, {
      since: () => null,
      after: () => null,
      onEvents: (events) => {
        if (events.some(({ event }) => event.kind === 'job.changed')) void look();
      },
      onRefetch: () => void look(),
    });
    void look();
    return () => {
      unfollow();
      stop.abort();
    };
  }, [jobId, host, live]);

  return ended?.id === jobId ? ended : null;
}
