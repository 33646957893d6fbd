import { AppError } from '../../../shared/errors.ts';
import { createAttempts } from '../attempts.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';

type Names =
  | 'listWorkspaceNodes'
  | 'addNodeByKey'
  | 'approveNode'
  | 'removeNode'
  | 'listNodes'
  | 'listMyNodes'
  | 'setNodeLimits'
  | 'getThisNode';

export function nodeRoutes({ services, host, clock }: HttpDeps): Some<Names> {
  const { nodes, workspaces } = services;
  // Adding by key as a signed-in admin counts per user (protocol.md, Share keys and joining).
  const attempts = createAttempts(clock, {
    perMinute: 5,
    perHour: 100,
    failure: 'unknown_share_key',
    refusal: 'share_key_attempts',
  });

  return {
    listWorkspaceNodes: async ({ workspaceId }) => ({ items: await nodes.list({ workspaceId }) }),
    addNodeByKey: async ({ person, workspaceId, body }) =>
      attempts.guard(person.user.id, () => nodes.addByKey(workspaceId, body.share_key)),
    approveNode: async ({ workspaceId, params }) => nodes.approve(workspaceId, params.nodeId),
    removeNode: async ({ workspaceId, params }) => nodes.removeFrom(workspaceId, params.nodeId),
    listNodes: async () => ({ items: await nodes.list({}) }),

    listMyNodes: async ({ person }) => {
      const mine = await workspaces.listOf(person.user.id);
      return { items: await nodes.list({ userWorkspaceIds: mine.map((workspace) => workspace.id) }) };
    },

    setNodeLimits: async ({ params, body }) => nodes.setLimits(params.id, body),

    getThisNode: async () => {
      const nodeId = await host.nodeId();
      if (nodeId === null) return { node: null, share_key: null };
      const node = await nodes.get(nodeId);
      if (node === null) throw new AppError('not_found');
      return { node, share_key: await nodes.shareKeyOf(nodeId) };
    },
  };
}
