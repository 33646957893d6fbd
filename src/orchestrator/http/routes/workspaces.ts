import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';
import { joinOrigin } from './joining.ts';
import { signInUrl } from './people.ts';

type Names =
  | 'listWorkspaces'
  | 'createWorkspace'
  | 'getWorkspace'
  | 'updateWorkspace'
  | 'deleteWorkspace'
  | 'rotateShareKey'
  | 'listMembers'
  | 'addMember'
  | 'changeMember'
  | 'removeMember';

export function workspaceRoutes(deps: HttpDeps): Some<Names> {
  const { workspaces, members } = deps.services;
  return {
    listWorkspaces: async ({ person }) => ({ items: await workspaces.listOf(person.user.id) }),
    createWorkspace: async ({ person, body }) => workspaces.create(person.user.id, body.name),
    getWorkspace: async ({ workspaceId, role }) => workspaces.get(workspaceId, role),
    updateWorkspace: async ({ workspaceId, role, body }) => workspaces.update(workspaceId, role, body),
    deleteWorkspace: async ({ workspaceId }) => workspaces.delete(workspaceId),
    rotateShareKey: async ({ workspaceId, role }) => workspaces.rotateShareKey(workspaceId, role),

    listMembers: async ({ workspaceId }) => ({ items: await members.list(workspaceId) }),
    addMember: async ({ workspaceId, role, body }) => {
      const { member, code } = await members.add(workspaceId, role, body);
      return { member, signInLink: signInUrl(joinOrigin(deps), code) };
    },
    changeMember: async ({ workspaceId, role, params, body }) =>
      members.changeRole(workspaceId, role, params.userId, body.role),
    removeMember: async ({ workspaceId, role, params }) => members.remove(workspaceId, role, params.userId),
  };
}
