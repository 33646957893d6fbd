import { formatJoinLink } from '../../../shared/join-link.ts';
import type { InviteLinks } from '../../../shared/model/invite.ts';
import { addressGroup } from '../../address-group.ts';
import { createAttempts } from '../attempts.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';
import { signInUrl } from './people.ts';

type Names =
  | 'getHosting'
  | 'putHosting'
  | 'listInvites'
  | 'createInvite'
  | 'revokeInvite'
  | 'approveInvite'
  | 'createMachineLink'
  | 'lookAtInvite'
  | 'acceptInvite';

/**
 * Where others reach this host: the best address while it is hosted, else where this very machine does. Links made from it
 * carry the certificate's fingerprint where nobody vouches for it.
 */
export function joinOrigin({ services, host }: Pick<HttpDeps, 'services' | 'host'>): string {
  return services.hosting.origins()[0] ?? host.url();
}

/** Both forms of an invite or machine link. */
export function linksOf(deps: Pick<HttpDeps, 'services' | 'host'>, code: string): InviteLinks {
  const origin = joinOrigin(deps);
  const link = formatJoinLink({ host: new URL(origin).host, code, fingerprint: deps.services.hosting.pin() });
  return { link, page: `${origin}/join/${code}` };
}

/** Guesses at codes are counted per address alone: with 256 bits no cap for all is needed that could shut out the invited. */
export function createJoinAttempts(clock: HttpDeps['clock']) {
  return createAttempts(clock, {
    perMinute: 10,
    perHour: Number.POSITIVE_INFINITY,
    failure: 'invite_spent',
    refusal: 'too_many_requests',
  });
}

export function joiningRoutes(deps: HttpDeps): Some<Names> {
  const { services, host } = deps;
  const { invites, hosting, credentials } = services;
  const attempts = createJoinAttempts(deps.clock);

  return {
    getHosting: async () => hosting.get(),
    putHosting: async ({ body }) => hosting.put(body),

    listInvites: async ({ workspaceId }) => ({ items: await invites.list(workspaceId) }),
    createInvite: async ({ workspaceId, person, role, body }) => {
      const { invite, code } = await invites.create(workspaceId, { userId: person.user.id, role }, body);
      return { invite, ...linksOf(deps, code) };
    },
    revokeInvite: async ({ workspaceId, params }) => invites.revoke(workspaceId, params.inviteId),
    approveInvite: async ({ workspaceId, role, params }) => invites.approve(workspaceId, role, params.inviteId),

    createMachineLink: async ({ workspaceId, person }) => {
      const { code, expiresAt } = await invites.machineLink(workspaceId, person.user.id);
      return { link: linksOf(deps, code).link, expiresAt };
    },

    lookAtInvite: async ({ body, request }) => {
      const offer = await attempts.guard(addressGroup(request.ip), () => invites.look(body.code));
      return { ...offer, hostName: host.name };
    },

    acceptInvite: async ({ body, request, caller }) => {
      const by = {
        user: caller?.user ?? null,
        name: body.name ?? 'New member',
        machine: body.machine ?? false,
        address: request.ip,
      };
      const { user, workspace, state, joinKey, kind } = await attempts.guard(addressGroup(request.ip), () =>
        invites.accept(body.code, by),
      );
      const none = { workspace, userId: user.id, state, joinKey, token: null, signInLink: null };
      if (kind === 'machine') return none;
      // Who came with a token has one already.
      if (body.app !== undefined && caller === null) {
        const { token, secret } = await credentials.createToken(user.id, body.app);
        return { ...none, token: { id: token.id, secret } };
      }
      if (body.app !== undefined) return none;
      const link = await credentials.createLink(user.id);
      return { ...none, signInLink: signInUrl(joinOrigin(deps), link.code) };
    },
  };
}
