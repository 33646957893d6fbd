/** Flows and their versions. */
import { Type } from 'typebox';
import { FlowFile, FlowVersion } from '../../model/flow.ts';
import { mostRunsAtOnce, whenBusyChoices } from '../../model/flow-settings.ts';
import { FlowSummary } from '../../model/run.ts';
import { SampleSummary } from '../../model/sample.ts';
import { Id, Name } from '../../model/values.ts';
import { Page, PageOf, route, WithId } from '../route.ts';

export const flowsRoutes = {
  listFlows: route('listFlows', {
    method: 'GET',
    path: '/workspaces/:id/flows',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Its flows, the latest first',
    params: WithId,
    query: PageOf,
    response: Page(FlowSummary),
  }),
  createFlow: route('createFlow', {
    method: 'POST',
    path: '/workspaces/:id/flows',
    access: 'member',
    resource: 'workspace',
    summary: 'Make a flow: empty, from a file (import), from a sample, or as a copy of another',
    params: WithId,
    body: Type.Object({
      name: Type.Optional(Name),
      file: Type.Optional(FlowFile),
      sample: Type.Optional(Type.String({ maxLength: 60 })),
      copyOf: Type.Optional(Id),
    }),
    response: FlowSummary,
    status: 201,
  }),
  getFlow: route('getFlow', {
    method: 'GET',
    path: '/flows/:id',
    access: 'viewer',
    resource: 'flow',
    summary: 'One flow, with its present file',
    params: WithId,
    response: Type.Object({ flow: FlowSummary, file: FlowFile }),
  }),
  updateFlow: route('updateFlow', {
    method: 'PATCH',
    path: '/flows/:id',
    access: 'member',
    resource: 'flow',
    summary: 'Rename a flow, or say how many runs of it go on at once',
    params: WithId,
    body: Type.Object(
      {
        name: Type.Optional(Name),
        /** Null for any number. */
        maxRuns: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: mostRunsAtOnce }), Type.Null()])),
        /** What happens with a run above that number. */
        whenBusy: Type.Optional(Type.Enum(whenBusyChoices)),
      },
      { minProperties: 1 },
    ),
    response: FlowSummary,
  }),
  replaceFlowFile: route('replaceFlowFile', {
    method: 'PUT',
    path: '/flows/:id/file',
    access: 'member',
    resource: 'flow',
    summary: 'Replace the content of a flow, as one edit that people who have it open see at once',
    params: WithId,
    body: FlowFile,
    response: FlowSummary,
  }),
  deleteFlow: route('deleteFlow', {
    method: 'DELETE',
    path: '/flows/:id',
    access: 'member',
    resource: 'flow',
    summary: 'Delete a flow; its runs stay',
    params: WithId,
  }),
  restoreFlow: route('restoreFlow', {
    method: 'POST',
    path: '/flows/:id/restore',
    access: 'member',
    resource: 'flow',
    summary: 'Bring back a flow deleted within the last 30 days',
    params: WithId,
    response: FlowSummary,
  }),
  listVersions: route('listVersions', {
    method: 'GET',
    path: '/flows/:id/versions',
    access: 'viewer',
    resource: 'flow',
    summary: 'Its frozen versions, the latest first',
    params: WithId,
    query: PageOf,
    response: Page(FlowVersion),
  }),
  getVersionFile: route('getVersionFile', {
    method: 'GET',
    path: '/flows/:id/versions/:versionId',
    access: 'viewer',
    resource: 'flow',
    summary: 'The file of one version',
    params: Type.Object({ id: Id, versionId: Id }),
    response: Type.Object({ version: FlowVersion, file: FlowFile }),
  }),
  createVersion: route('createVersion', {
    method: 'POST',
    path: '/flows/:id/versions',
    access: 'member',
    resource: 'flow',
    summary: 'Keep the flow as it is now under a name',
    params: WithId,
    body: Type.Object({ name: Name }),
    response: FlowVersion,
    status: 201,
  }),
  nameVersion: route('nameVersion', {
    method: 'PATCH',
    path: '/flows/:id/versions/:versionId',
    access: 'member',
    resource: 'flow',
    summary: 'Name a version; null takes the name away',
    params: Type.Object({ id: Id, versionId: Id }),
    body: Type.Object({ name: Type.Union([Name, Type.Null()]) }),
    response: FlowVersion,
  }),
  restoreVersion: route('restoreVersion', {
    method: 'POST',
    path: '/flows/:id/versions/:versionId/restore',
    access: 'member',
    resource: 'flow',
    summary: 'Bring the flow back to a version, as one edit that people who have it open see at once',
    params: Type.Object({ id: Id, versionId: Id }),
    response: FlowSummary,
  }),
  listSamples: route('listSamples', {
    method: 'GET',
    path: '/samples',
    access: 'user',
    summary: 'Sample flows that come with the program',
    response: Type.Object({
      items: Type.Array(SampleSummary),
    }),
  }),
} as const;
