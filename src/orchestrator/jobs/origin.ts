import type { JobSubmit } from '../../shared/model/job.ts';

/** What comes from outside never stands for a step of a run, whatever fields it brings. */
export function withoutOrigin<Submitted extends JobSubmit>(job: Submitted): Submitted {
  if (!('origin' in job)) return job;
  const { origin: _claimed, ...rest } = job;
  return rest as unknown as Submitted;
}
