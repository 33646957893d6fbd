import type { Hosting } from '../../shared/model/hosting.ts';
import type { NodeService } from '../services.ts';
import type { Store } from '../store/store.ts';
import { users } from '../store/tables.ts';
import type { OpenSockets } from '../workspaces/open-sockets.ts';

/** Nodes that are connected now, and people with the number of windows and documents that they have open. */
export function whoIsConnected(deps: {
  store: Store;
  nodes: Pick<NodeService, 'list'>;
  sockets: Pick<OpenSockets, 'count'>;
}): () => Promise<Hosting['connected']> {
  return async () => {
    const counts = deps.sockets.count();
    const [all, people] = await Promise.all([
      deps.nodes.list({}),
      deps.store.list(users, { where: { id: [...counts.keys()] } }),
    ]);
    const here = all.filter(({ status }) => status === 'online');
    return {
      nodes: here.map(({ id, name, embedded }) => ({ id, name, embedded })),
      people: people.map(({ id, name }) => ({ userId: id, name, windows: counts.get(id) ?? 0 })),
    };
  };
}
