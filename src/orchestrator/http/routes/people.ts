import { addressGroup } from '../../address-group.ts';
import { createAttempts } from '../attempts.ts';
import { sessionCookie } from '../authentication.ts';
import type { Some } from '../call.ts';
import type { HttpDeps } from '../server-deps.ts';
import { setSessionCookie } from '../session-cookie.ts';

type Names =
  | 'signIn'
  | 'signOut'
  | 'listSessions'
  | 'endSession'
  | 'me'
  | 'listTokens'
  | 'createToken'
  | 'deleteToken'
  | 'createSignInLink'
  | 'createTicket';

/** Where a browser opens a sign-in code; the page posts it to `/sign-in`. After `#`, so that no server or proxy logs it. */
export function signInUrl(origin: string, code: string): string {
  return `${origin}/sign-in#code=${code}`;
}

export function peopleRoutes({ services, host, clock }: HttpDeps): Some<Names> {
  const { credentials, tickets } = services;
  const attempts = createAttempts(clock, {
    perMinute: 10,
    perHour: 1000,
    failure: 'sign_in_link_spent',
    refusal: 'too_many_requests',
  });
  const cookie = sessionCookie(host.hostId);

  return {
    signIn: async ({ body, request, reply }) => {
      const { user, secret, expiresAt } = await attempts.guard(addressGroup(request.ip), () =>
        credentials.signIn(body.code, request.headers['user-agent'] ?? ''),
      );
      setSessionCookie(reply, host.hostId, { secret, expiresAt });
      return { user };
    },

    signOut: async ({ person, reply }) => {
      if (person.kind === 'session' && person.credentialId !== null) {
        await credentials.end(person.user.id, 'session', person.credentialId);
      }
      reply.clearCookie(cookie, { path: '/' });
    },

    listSessions: async ({ person }) => {
      const items = await credentials.sessions(person.user.id);
      return { items: items.map((session) => ({ ...session, current: session.id === person.credentialId })) };
    },

    endSession: async ({ person, params }) => credentials.end(person.user.id, 'session', params.id),

    me: async ({ person }) => ({
      user: person.user,
      host: { id: host.hostId, name: host.name, version: host.version, nodeId: await host.nodeId() },
    }),

    listTokens: async ({ person }) => ({ items: await credentials.tokens(person.user.id) }),
    createToken: async ({ person, body }) => credentials.createToken(person.user.id, body.name),
    deleteToken: async ({ person, params }) => credentials.end(person.user.id, 'token', params.id),

    createSignInLink: async ({ person, request }) => {
      const { code, expiresAt } = await credentials.createLink(person.user.id);
      // Over TLS it comes from another machine, or by a name: there the address on loopback is no use.
      const origin = request.protocol === 'https' ? `https://${request.headers.host}` : host.url();
      return { url: signInUrl(origin, code), expiresAt };
    },

    createTicket: async ({ person }) => tickets.issue({ userId: person.user.id, credentialId: person.credentialId }),
  };
}
