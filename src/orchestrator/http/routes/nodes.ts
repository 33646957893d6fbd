import { AppError } from '../../../shared/errors.ts';
import { type ModelChange, modelJobKind } from '../../../shared/model/model-change.ts';
import type { NewJob } from '../../services.ts';
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
  | 'controlNode'
  | 'changeNodeModels'
  | 'getNodeRecord';

export function nodeRoutes({ services, clock }: HttpDeps): Some<Names> {
  const { nodes, jobs, workspaces } = services;
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
    controlNode: async ({ params, body }) => nodes.control(params.id, body.action),

    changeNodeModels: async ({ workspaceId, person, params, body }) => {
      const node = await nodes.get(params.id);
      if (node?.capabilities.model_changes !== true) throw new AppError('model_changes_off');
      const [jobId = ''] = await jobs.submit(workspaceId, person.user.id, [modelJob(params.id, body)]);
      return { jobId };
    },

    getNodeRecord: async ({ person, params }) => {
      const mine = new Set((await workspaces.listOf(person.user.id)).map(({ id }) => id));
      return nodes.record(params.id, (id) => mine.has(id));
    },
  };
}

/** Models are large: a slow line gets six hours. */
const pullSeconds = 6 * 60 * 60;

function modelJob(nodeId: string, change: ModelChange): NewJob {
  return {
    kind: modelJobKind,
    input: change,
    label: `${change.action === 'pull' ? 'Fetch' : 'Remove'} ${change.model}`,
    requires: { nodeId, cores: 0, ramMb: 32 },
    runSeconds: pullSeconds,
    byHost: true,
  };
}
