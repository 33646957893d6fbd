import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';
import { asPerson } from './flows.ts';

type Names = 'listApprovals' | 'countApprovals' | 'getApproval' | 'decideApproval';

export function approvalRoutes({ services }: HttpDeps): Some<Names> {
  const { approvals } = services;
  return {
    listApprovals: async ({ workspaceId, query }) => approvals.list(workspaceId, query),
    countApprovals: async ({ workspaceId }) => ({ pending: await approvals.countPending(workspaceId) }),
    getApproval: async ({ params }) => approvals.get(params.id),
    decideApproval: async ({ params, body, person, role }) =>
      approvals.decide(params.id, { ...asPerson(person), role }, body),
  };
}
