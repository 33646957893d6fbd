import { AppError } from '../../../shared/errors.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';

type Names =
  | 'getThisNode'
  | 'changeThisNode'
  | 'pauseThisNode'
  | 'resumeThisNode'
  | 'drainThisNode'
  | 'rotateThisNodeKey'
  | 'moveThisNodeFiles'
  | 'cancelThisNodeMove'
  | 'leaveWorkspace';

export function thisNodeRoutes({ services: { nodes }, host }: HttpDeps): Some<Names> {
  const { askThisNode: ask } = host;
  const own = () =>
    ask({ do: 'look' }).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'this_node_missing') return null;
      throw error;
    });

  return {
    getThisNode: async () => {
      const nodeId = await host.nodeId();
      if (nodeId === null) return { node: null, share_key: null, own: await own() };
      const [node, share_key, mine] = await Promise.all([nodes.get(nodeId), nodes.shareKeyOf(nodeId), own()]);
      if (node === null) throw new AppError('not_found');
      return { node, share_key, own: mine };
    },
    changeThisNode: async ({ body }) => ask({ do: 'change', settings: body }),
    pauseThisNode: async () => ask({ do: 'pause' }),
    resumeThisNode: async () => ask({ do: 'resume' }),
    drainThisNode: async () => ask({ do: 'drain' }),
    rotateThisNodeKey: async () => ask({ do: 'rotate-key' }),
    moveThisNodeFiles: async ({ body }) => ask({ do: 'move', ...body }),
    cancelThisNodeMove: async () => ask({ do: 'cancel-move' }),
    leaveWorkspace: async ({ body }) => ask({ do: 'leave', ...body }),
  };
}
