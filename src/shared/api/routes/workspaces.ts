/** Workspaces and their members. */
import { Type } from 'typebox';
import { Member, Role } from '../../model/user.ts';
import { Id, Name } from '../../model/values.ts';
import { Workspace } from '../../model/workspace.ts';
import { route, WithId } from '../route.ts';

export const workspacesRoutes = {
  listWorkspaces: route('listWorkspaces', {
    method: 'GET',
    path: '/workspaces',
    access: 'user',
    summary: 'Your workspaces',
    response: Type.Object({ items: Type.Array(Workspace) }),
  }),
  createWorkspace: route('createWorkspace', {
    method: 'POST',
    path: '/workspaces',
    access: 'user',
    summary: 'Make a workspace; you become its owner',
    body: Type.Object({ name: Name }),
    response: Workspace,
    status: 201,
  }),
  getWorkspace: route('getWorkspace', {
    method: 'GET',
    path: '/workspaces/:id',
    access: 'viewer',
    resource: 'workspace',
    summary: 'One workspace',
    params: WithId,
    response: Workspace,
  }),
  updateWorkspace: route('updateWorkspace', {
    method: 'PATCH',
    path: '/workspaces/:id',
    access: 'admin',
    resource: 'workspace',
    summary: 'Rename, archive, or change how nodes join',
    params: WithId,
    body: Type.Object({
      name: Type.Optional(Name),
      archived: Type.Optional(Type.Boolean()),
      shareKeyEnabled: Type.Optional(Type.Boolean()),
      approveNodes: Type.Optional(Type.Boolean()),
    }),
    response: Workspace,
  }),
  deleteWorkspace: route('deleteWorkspace', {
    method: 'DELETE',
    path: '/workspaces/:id',
    access: 'owner',
    resource: 'workspace',
    summary: 'Delete a workspace with all that is in it',
    params: WithId,
  }),
  rotateShareKey: route('rotateShareKey', {
    method: 'POST',
    path: '/workspaces/:id/share-key',
    access: 'admin',
    resource: 'workspace',
    summary: 'Give the workspace a new share key; the old one is worthless at once',
    params: WithId,
    response: Workspace,
  }),
  listMembers: route('listMembers', {
    method: 'GET',
    path: '/workspaces/:id/members',
    access: 'viewer',
    resource: 'workspace',
    summary: 'Its members',
    params: WithId,
    response: Type.Object({ items: Type.Array(Member) }),
  }),
  addMember: route('addMember', {
    method: 'POST',
    path: '/workspaces/:id/members',
    access: 'admin',
    resource: 'workspace',
    summary: 'Add a person; answers a sign-in link for them, single use, 10 minutes',
    params: WithId,
    body: Type.Object({ name: Name, role: Role }),
    response: Type.Object({ member: Member, signInLink: Type.String() }),
    status: 201,
  }),
  changeMember: route('changeMember', {
    method: 'PATCH',
    path: '/workspaces/:id/members/:userId',
    access: 'admin',
    resource: 'workspace',
    summary: 'Change the role of a member; nobody gives more than they hold',
    params: Type.Object({ id: Id, userId: Id }),
    body: Type.Object({ role: Role }),
    response: Member,
  }),
  removeMember: route('removeMember', {
    method: 'DELETE',
    path: '/workspaces/:id/members/:userId',
    access: 'admin',
    resource: 'workspace',
    summary: 'Remove a member; ends their sockets in this workspace at once',
    params: Type.Object({ id: Id, userId: Id }),
  }),
} as const;
