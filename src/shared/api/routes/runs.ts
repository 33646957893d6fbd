/** Runs and their steps. */
import { Type } from 'typebox';
import { FlowFile } from '../../model/flow.ts';
import { RunDetail, RunState, RunSummary, StepDetail, StepInstance } from '../../model/run.ts';
import { Id, Json } from '../../model/values.ts';
import { Page, PageQuery, route, WithId } from '../route.ts';

export const runsRoutes = {
  startRun: route('startRun', {
    method: 'POST',
    path: '/flows/:id/runs',
    access: 'member',
    resource: 'flow',
    summary: 'Run a flow as it is now; freezes a version',
    params: WithId,
    body: Type.Object({
      inputs: Type.Optional(Type.Record(Type.String({ maxLength: 120 }), Json)),
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
    summary: 'Step instances, also those inside Maps; filter by step or by path',
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
  cancelRun: route('cancelRun', {
    method: 'POST',
    path: '/runs/:id/cancel',
    access: 'member',
    resource: 'run',
    summary: 'Stop a run and every job of it',
    params: WithId,
    response: RunSummary,
  }),
} as const;
