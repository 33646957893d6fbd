/** Approvals: what runs ask people (F8). */
import { Type } from 'typebox';
import { Approval, ApprovalState, approvalLimits } from '../../model/approval.ts';
import { Page, PageQuery, route, WithId } from '../route.ts';

export const approvalsRoutes = {
  listApprovals: route('listApprovals', {
    method: 'GET',
    path: '/workspaces/:id/approvals',
    access: 'viewer',
    resource: 'workspace',
    summary: 'What its runs ask and asked people, the latest first',
    params: WithId,
    query: Type.Object({ ...PageQuery, state: Type.Optional(ApprovalState) }),
    response: Page(Approval),
  }),
  countApprovals: route('countApprovals', {
    method: 'GET',
    path: '/workspaces/:id/approvals/count',
    access: 'viewer',
    resource: 'workspace',
    summary: 'How many approvals are pending',
    params: WithId,
    response: Type.Object({ pending: Type.Integer({ minimum: 0 }) }),
  }),
  getApproval: route('getApproval', {
    method: 'GET',
    path: '/approvals/:id',
    access: 'viewer',
    resource: 'approval',
    summary: 'One approval',
    params: WithId,
    response: Approval,
  }),
  decideApproval: route('decideApproval', {
    method: 'POST',
    path: '/approvals/:id',
    access: 'member',
    resource: 'approval',
    summary: 'Approve or reject; the same decision by the same person again changes nothing, another one is a conflict',
    params: WithId,
    body: Type.Object({
      decision: Type.Enum(['approve', 'reject']),
      note: Type.Optional(Type.String({ maxLength: approvalLimits.note })),
    }),
    response: Approval,
  }),
} as const;
