/** Hosting for other machines, invites, and what they lead to. */
import { Type } from 'typebox';
import { Hosting, HostingSettings } from '../../model/hosting.ts';
import { Invite, InviteLinks, InviteOffer, JoinCode, Joined, NewInvite } from '../../model/invite.ts';
import { Id, Name, Timestamp } from '../../model/values.ts';
import { route, WithId } from '../route.ts';

const OfWorkspace = Type.Object({ id: Id, inviteId: Id });

export const joiningRoutes = {
  getHosting: route('getHosting', {
    method: 'GET',
    path: '/host/hosting',
    access: 'hostAdmin',
    summary: 'Whether other machines reach this host, where, with which certificate, and who is connected',
    response: Hosting,
  }),
  putHosting: route('putHosting', {
    method: 'PUT',
    path: '/host/hosting',
    access: 'hostAdmin',
    summary: 'Switch hosting for other machines on or off; runs and connections on this machine go on',
    body: HostingSettings,
    response: Hosting,
  }),
  listInvites: route('listInvites', {
    method: 'GET',
    path: '/workspaces/:id/invites',
    access: 'admin',
    resource: 'workspace',
    summary: 'Invites of the last 30 days',
    params: WithId,
    response: Type.Object({ items: Type.Array(Invite) }),
  }),
  createInvite: route('createInvite', {
    method: 'POST',
    path: '/workspaces/:id/invites',
    access: 'admin',
    resource: 'workspace',
    summary: 'Invite one person; the links are answered once and kept nowhere',
    params: WithId,
    body: NewInvite,
    response: Type.Object({ invite: Invite, ...InviteLinks.properties }),
    status: 201,
  }),
  revokeInvite: route('revokeInvite', {
    method: 'DELETE',
    path: '/workspaces/:id/invites/:inviteId',
    access: 'admin',
    resource: 'workspace',
    summary: 'Revoke an invite that nobody took up, or turn away who waits for approval',
    params: OfWorkspace,
  }),
  approveInvite: route('approveInvite', {
    method: 'POST',
    path: '/workspaces/:id/invites/:inviteId/approve',
    access: 'admin',
    resource: 'workspace',
    summary: 'Let in who took up an invite and waits, with the machines they brought',
    params: OfWorkspace,
    response: Invite,
  }),
  createMachineLink: route('createMachineLink', {
    method: 'POST',
    path: '/workspaces/:id/machine-links',
    access: 'member',
    resource: 'workspace',
    summary: 'A link by which one machine of yours joins as a node; an hour, single use',
    params: WithId,
    response: Type.Object({ link: Type.String(), expiresAt: Timestamp }),
    status: 201,
  }),
  lookAtInvite: route('lookAtInvite', {
    method: 'POST',
    path: '/join/look',
    access: 'public',
    summary: 'What an invite offers; one answer for every code that does not work',
    body: Type.Object({ code: JoinCode }),
    response: InviteOffer,
  }),
  acceptInvite: route('acceptInvite', {
    method: 'POST',
    path: '/join',
    access: 'public',
    summary: 'Take up an invite, or the link of a machine; single use',
    body: Type.Object({
      code: JoinCode,
      name: Type.Optional(Name),
      machine: Type.Optional(Type.Boolean({ description: 'Answer a key that introduces this machine as a node' })),
      app: Type.Optional(
        Type.String({
          ...Name,
          description:
            'Answer a token for the app on this computer, called so; with a token, the invite is for its person',
        }),
      ),
    }),
    response: Joined,
  }),
} as const;
