import type { Resource } from '../../shared/api/route.ts';
import { type Role, roles } from '../../shared/model/user.ts';
import type { Store } from '../store/store.ts';
import {
  approvals,
  files,
  flows,
  jobs,
  members,
  nodeWorkspaces,
  providerKeys,
  runs,
  workspaces,
} from '../store/tables.ts';

/** In which workspace a resource is, and what somebody may do there; the ground of S1. */
export interface Directory {
  /** Null when the resource does not exist, or this person has no role in any workspace it belongs to. */
  access(userId: string, resource: Resource, id: string): Promise<{ workspaceId: string; role: Role } | null>;
}

export function createDirectory(store: Store): Directory {
  const workspacesOf = async (resource: Resource, id: string): Promise<string[]> => {
    switch (resource) {
      case 'workspace':
        return (await store.get(workspaces, { id })) === null ? [] : [id];
      case 'flow':
        return only(await store.get(flows, { id }));
      case 'run':
        return only(await store.get(runs, { id }));
      case 'job':
        return only(await store.get(jobs, { id }));
      case 'file':
        return only(await store.get(files, { id }));
      case 'approval':
        return only(await store.get(approvals, { id }));
      case 'key':
        return only(await store.get(providerKeys, { id }));
      case 'node':
        return (await store.list(nodeWorkspaces, { where: { nodeId: id } })).map((row) => row.workspaceId);
    }
  };

  return {
    async access(userId, resource, id) {
      const ids = await workspacesOf(resource, id);
      if (ids.length === 0) return null;
      const held = await store.list(members, { where: { userId, workspaceId: ids } });
      const [best] = held.sort((one, other) => roles.indexOf(other.role) - roles.indexOf(one.role));
      return best === undefined ? null : { workspaceId: best.workspaceId, role: best.role };
    },
  };
}

function only(row: { workspaceId: string } | null): string[] {
  return row === null ? [] : [row.workspaceId];
}
