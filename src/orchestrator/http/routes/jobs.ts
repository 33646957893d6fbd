import { AppError } from '../../../shared/errors.ts';
import { withoutOrigin } from '../../jobs/origin.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';

type Names =
  | 'submitJobs'
  | 'listJobs'
  | 'getJob'
  | 'getJobOutput'
  | 'explainJob'
  | 'explainNeed'
  | 'getJobHistory'
  | 'cancelJob'
  | 'cancelJobs'
  | 'requeueJob'
  | 'requeueJobs';

export function jobRoutes({ services }: HttpDeps): Some<Names> {
  const { jobs } = services;
  return {
    submitJobs: async ({ workspaceId, person, body }) => ({
      jobIds: await jobs.submit(workspaceId, person.user.id, body.jobs.map(withoutOrigin)),
    }),
    listJobs: async ({ workspaceId, query }) => jobs.list(workspaceId, query),
    getJob: async ({ params }) => {
      const job = await jobs.get(params.id);
      if (job === null) throw new AppError('not_found');
      return job;
    },
    getJobOutput: async ({ params }) => jobs.output(params.id),
    explainJob: async ({ params }) => jobs.explain(params.id),
    explainNeed: async ({ workspaceId, body }) => jobs.explainNeed(workspaceId, body.kind, body.requires),
    getJobHistory: async ({ params }) => jobs.history(params.id),
    cancelJob: async ({ params, person }) => jobs.cancel(params.id, person.user.id),
    cancelJobs: async ({ workspaceId, person, body }) => ({
      cancelled: await jobs.cancelMany(workspaceId, body, person.user.id),
    }),
    requeueJob: async ({ params, person }) => jobs.requeue(params.id, person.user.id),
    requeueJobs: async ({ workspaceId, person, body }) => jobs.requeueMany(workspaceId, body, person.user.id),
  };
}
