/** Runs and their steps. */
import { Type } from 'typebox';
import { FlowFile, StepId } from '../../model/flow.ts';
import { RunDetail, RunOptions, RunState, RunSummary, StepDetail, StepInstance, StepState } from '../../model/run.ts';
import { Id, Json } from '../../model/values.ts';
import { Page, PageQuery, route, WithId } from '../route.ts';

export const runsRoutes = {
  startRun: route('startRun', {
    method: 'POST',
    path: '/flows/:id/runs',
    access: 'member',
    resource: 'flow',
    summary:
      'Run a flow as it is now; freezes a version. From an earlier run up to a step, with pinned outputs, or some steps alone',
    params: WithId,
    body: Type.Object({
      inputs: Type.Optional(Type.Record(Type.String({ maxLength: 120 }), Json)),
      ...RunOptions,
    }),
    response: RunSummary,
    status: 201,
  }),
  startRunOfFile: route('startRunOfFile', {
    method: 'POST',
    path: '/workspaces/:id/runs',
    access: 'member',
    resource: 'workspace',
    summary: 'Run a flow file without keeping it as a flow',
    params: WithId,
    body: Type.Object({
      file: FlowFile,
      inputs: Type.Optional(Type.Record(Type.String({ maxLength: 120 }), Json)),
      ...RunOptions,
    }),
    response: RunSummary,
    status: 201,
  }),
  listRuns: route('listRuns', {
    method: 'GET',
    path: '/workspaces/:id/runs',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Its runs, the latest first',
    params: WithId,
    query: Type.Object({
      ...PageQuery,
      state: Type.Optional(RunState),
      flowId: Type.Optional(Id),
    }),
    response: Page(RunSummary),
  }),
  getRun: route('getRun', {
    method: 'GET',
    path: '/runs/:id',
    access: 'viewer',
    resource: 'run',
    summary: 'One run with its steps at the top level',
    params: WithId,
    response: RunDetail,
  }),
  listRunSteps: route('listRunSteps', {
    method: 'GET',
    path: '/runs/:id/steps',
    access: 'viewer',
    resource: 'run',
    summary: 'Step instances, also those inside Maps; filter by step, state, or a window of the items of one Map',
    params: WithId,
    query: Type.Object({
      ...PageQuery,
      stepId: Type.Optional(Type.String({ maxLength: 60 })),
      under: Type.Optional(
        Type.String({
          maxLength: 60,
          description: 'Instances inside this Map step',
        }),
      ),
      state: Type.Optional(StepState),
      mapPath: Type.Optional(
        Type.String({ maxLength: 400, description: 'With `under` and `firstItem`: the path of that Map itself' }),
      ),
      firstItem: Type.Optional(
        Type.Integer({
          minimum: 0,
          description: 'With `under`: only items from this one on, `items` of them, all at once',
        }),
      ),
      items: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    }),
    response: Page(StepInstance),
  }),
  getRunStep: route('getRunStep', {
    method: 'GET',
    path: '/runs/:id/steps/:stepId',
    access: 'viewer',
    resource: 'run',
    summary: 'Everything about one step instance: inputs, outputs, attempts',
    params: Type.Object({ id: Id, stepId: Type.String({ maxLength: 60 }) }),
    query: Type.Object({
      path: Type.Optional(Type.String({ maxLength: 400 })),
    }),
    response: StepDetail,
  }),
  getRunValue: route('getRunValue', {
    method: 'GET',
    path: '/runs/:id/value',
    access: 'viewer',
    resource: 'run',
    summary: 'One value of a run, whole, as JSON: an output of the run, or of a step of it',
    params: WithId,
    query: Type.Object({
      port: Type.String({ maxLength: 120, description: 'Name of the output' }),
      stepId: Type.Optional(Type.String({ maxLength: 60 })),
      path: Type.Optional(Type.String({ maxLength: 400 })),
    }),
    raw: true,
  }),
  cancelRun: route('cancelRun', {
    method: 'POST',
    path: '/runs/:id/cancel',
    access: 'member',
    resource: 'run',
    summary: 'Stop a run and every job of it',
    params: WithId,
    response: RunSummary,
  }),
  resumeRun: route('resumeRun', {
    method: 'POST',
    path: '/runs/:id/resume',
    access: 'member',
    resource: 'run',
    summary:
      'Go on with a failed or cancelled run from where it stopped, as the same run; or do the failed items of a Map again',
    params: WithId,
    body: Type.Object({
      failedItemsOf: Type.Optional(StepId),
    }),
    response: RunSummary,
  }),
} as const;
