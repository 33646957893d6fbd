import type { JobSubmit } from '../../shared/model/job.ts';

/** What comes from outside never stands for a step of a run, nor for work of the host's own, whatever fields it brings. */
export function withoutOrigin<Submitted extends JobSubmit>(job: Submitted): Submitted {
  if (!('origin' in job || 'byHost' in job)) return job;
  const { origin: _claimed, byHost: _pretended, ...rest } = job as Submitted & { origin?: unknown; byHost?: unknown };
  return rest as unknown as Submitted;
}
