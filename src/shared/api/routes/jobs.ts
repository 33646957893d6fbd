/** Jobs. */
import { Type } from 'typebox';
import {
  Explanation,
  Job,
  JobHappening,
  JobState,
  JobSubmit,
  jobStates,
  OutputChunk,
  Placement,
  Requirements,
} from '../../model/job.ts';
import { JobKind } from '../../model/node.ts';
import { Id } from '../../model/values.ts';
import { Page, PageQuery, route, WithId } from '../route.ts';

const oneState = `(${jobStates.join('|')})`;
/** Jobs of one or several states, separated by commas. */
const StateList = Type.String({ pattern: `^${oneState}(,${oneState}){0,6}$`, maxLength: 100 });

/** At most so many jobs in one call by name. */
const namedJobs = Type.Array(Id, { minItems: 1, maxItems: 1000 });

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
      state: Type.Optional(StateList),
      kind: Type.Optional(JobKind),
      runId: Type.Optional(Id),
      submittedBy: Type.Optional(Id),
      runs: Type.Optional(Type.Literal('none', { description: 'Only jobs that belong to no run' })),
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
  getJobHistory: route('getJobHistory', {
    method: 'GET',
    path: '/jobs/:id/history',
    access: 'viewer',
    resource: 'job',
    summary: 'Everything that happened to it, the earliest first (J9)',
    params: WithId,
    response: Type.Object({
      state: JobState,
      happenings: Type.Array(JobHappening),
      /** More happened than is kept. */
      cut: Type.Boolean(),
    }),
  }),
  explainNeed: route('explainNeed', {
    method: 'POST',
    path: '/workspaces/:id/explain',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Who could do such a job, when, why the others cannot, and what would help; nothing is submitted',
    params: WithId,
    body: Type.Object({ kind: JobKind, requires: Type.Optional(Type.Partial(Requirements)) }),
    response: Placement,
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
  cancelJobs: route('cancelJobs', {
    method: 'POST',
    path: '/workspaces/:id/jobs/cancel',
    access: 'member',
    resource: 'workspace',
    summary: 'Cancel those of its open jobs that match everything that is given (J3); an empty body cancels none',
    params: WithId,
    body: Type.Object({
      jobIds: Type.Optional(namedJobs),
      runId: Type.Optional(Id),
      states: Type.Optional(Type.Array(JobState, { minItems: 1, maxItems: 7 })),
      kind: Type.Optional(JobKind),
      submittedBy: Type.Optional(Id),
    }),
    response: Type.Object({ cancelled: Type.Integer() }),
  }),
  requeueJob: route('requeueJob', {
    method: 'POST',
    path: '/jobs/:id/requeue',
    access: 'member',
    resource: 'job',
    summary: 'Put a dead or failed job in line again, with a fresh series of attempts; its history stays',
    params: WithId,
    response: Job,
  }),
  requeueJobs: route('requeueJobs', {
    method: 'POST',
    path: '/workspaces/:id/jobs/requeue',
    access: 'member',
    resource: 'workspace',
    summary: 'Put dead and failed jobs in line again, up to 1,000 a call; those of runs go on with their run instead',
    params: WithId,
    body: Type.Object({
      jobIds: Type.Optional(namedJobs),
      /** Without it both. */
      state: Type.Optional(Type.Union([Type.Literal('dead'), Type.Literal('failed')])),
      kind: Type.Optional(JobKind),
    }),
    /** `more`: there are further ones; call again. */
    response: Type.Object({ requeued: Type.Integer(), more: Type.Boolean() }),
  }),
} as const;
