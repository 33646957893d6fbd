import type { Job } from '../../shared/model/job.ts';

export type Tell = (job: Job) => void;

/** Who wants to hear of the end of which job. */
export interface Followers {
  add(jobId: string, tell: Tell): void;
  /** Whether it followed that job. */
  remove(jobId: string, tell: Tell): boolean;
  removeAll(tell: Tell): void;
  /** The job has ended: tells those who follow it, once. */
  ended(job: Job): void;
}

export function createFollowers(): Followers {
  /** Nearly every job is followed by one, or by nobody; only where there are several is a set made. */
  const byJob = new Map<string, Tell | Set<Tell>>();
  const remove = (jobId: string, tell: Tell): boolean => {
    const here = byJob.get(jobId);
    if (here === tell) return byJob.delete(jobId);
    if (!(here instanceof Set) || !here.delete(tell)) return false;
    if (here.size === 0) byJob.delete(jobId);
    return true;
  };
  return {
    add(jobId, tell) {
      const here = byJob.get(jobId);
      if (here === undefined) byJob.set(jobId, tell);
      else if (here instanceof Set) here.add(tell);
      else if (here !== tell) byJob.set(jobId, new Set([here, tell]));
    },
    remove,
    removeAll(tell) {
      for (const jobId of byJob.keys()) remove(jobId, tell);
    },
    ended(job) {
      const here = byJob.get(job.id);
      if (here === undefined) return;
      byJob.delete(job.id);
      if (here instanceof Set) for (const tell of here) tell(job);
      else here(job);
    },
  };
}
