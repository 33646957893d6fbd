/** What models were used for, and what it cost. */
import { Type } from 'typebox';
import { PriceTable, UsageGroup, UsageReport } from '../../model/usage.ts';
import { Id, Timestamp } from '../../model/values.ts';
import { route, WithId } from '../route.ts';

const filters = {
  /** The last 30 days where they are left out. */
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  member: Type.Optional(Type.String({ maxLength: 120 })),
  flowId: Type.Optional(Id),
  runId: Type.Optional(Id),
  stepId: Type.Optional(Type.String({ maxLength: 80 })),
  nodeId: Type.Optional(Id),
  model: Type.Optional(Type.String({ maxLength: 200 })),
};

export const usageRoutes = {
  getUsage: route('getUsage', {
    method: 'GET',
    path: '/workspaces/:id/usage',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Usage summed by day, member, flow, step, node or model',
    params: WithId,
    query: Type.Object({ ...filters, by: Type.Optional(UsageGroup) }),
    response: UsageReport,
  }),
  exportUsage: route('exportUsage', {
    method: 'GET',
    path: '/workspaces/:id/usage/export',
    access: 'member',
    resource: 'workspace',
    summary: 'Every usage event that fits, as CSV or as JSON lines',
    params: WithId,
    query: Type.Object({
      ...filters,
      format: Type.Optional(Type.Union([Type.Literal('csv'), Type.Literal('jsonl')])),
    }),
    raw: true,
    status: 200,
  }),
  getPrices: route('getPrices', {
    method: 'GET',
    path: '/workspaces/:id/prices',
    access: 'viewer',
    resource: 'workspace',
    summary: 'The price table; it counts for what is used from then on',
    params: WithId,
    response: PriceTable,
  }),
  putPrices: route('putPrices', {
    method: 'PUT',
    path: '/workspaces/:id/prices',
    access: 'admin',
    resource: 'workspace',
    summary: 'Set the price table',
    params: WithId,
    body: PriceTable,
    response: PriceTable,
  }),
} as const;
