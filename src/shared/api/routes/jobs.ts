/** Jobs. */
import { Type } from 'typebox';
import { Explanation, Job, JobState, JobSubmit, OutputChunk } from '../../model/job.ts';
import { Id } from '../../model/values.ts';
import { Page, PageQuery, route, WithId } from '../route.ts';

export const jobsRoutes = {
  submitJobs: route('submitJobs', {
    method: 'POST',
    path: '/workspaces/:id/jobs',
    access: 'member',
    resource: 'workspace',
    summary: 'Submit one or many jobs; answered when they are durable (J1)',
    params: WithId,
    body: Type.Object({
      jobs: Type.Array(JobSubmit, { minItems: 1, maxItems: 1000 }),
    }),
    response: Type.Object({ jobIds: Type.Array(Id) }),
    status: 201,
  }),
  listJobs: route('listJobs', {
    method: 'GET',
    path: '/workspaces/:id/jobs',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Its jobs, the latest first',
    params: WithId,
    query: Type.Object({
      ...PageQuery,
      state: Type.Optional(JobState),
      runId: Type.Optional(Id),
    }),
    response: Page(Job),
  }),
  getJob: route('getJob', {
    method: 'GET',
    path: '/jobs/:id',
    access: 'viewer',
    resource: 'job',
    summary: 'One job with its attempts',
    params: WithId,
    response: Job,
  }),
  getJobOutput: route('getJobOutput', {
    method: 'GET',
    path: '/jobs/:id/output',
    access: 'viewer',
    resource: 'job',
    summary: 'What its attempts wrote, in order',
    params: WithId,
    response: Type.Object({
      chunks: Type.Array(OutputChunk),
      cut: Type.Boolean(),
    }),
  }),
  explainJob: route('explainJob', {
    method: 'GET',
    path: '/jobs/:id/explain',
    access: 'viewer',
    resource: 'job',
    summary: 'Why it waits: the first reason of each node against it',
    params: WithId,
    response: Explanation,
  }),
  cancelJob: route('cancelJob', {
    method: 'POST',
    path: '/jobs/:id/cancel',
    access: 'member',
    resource: 'job',
    summary: 'Cancel a job; cancel always wins (J3)',
    params: WithId,
    response: Job,
  }),
} as const;
