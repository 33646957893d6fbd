import '@fastify/cookie';
import type { FastifyRequest } from 'fastify';
import type { RouteContract } from '../../shared/api/route.ts';
import { AppError } from '../../shared/errors.ts';
import type { Principal } from '../workspaces/credentials.ts';
import { hashSecret, sameHash } from '../workspaces/secrets.ts';
import { judgeOrigin, mayMutate, type OriginVerdict } from './origin.ts';
import type { HttpDeps } from './server-deps.ts';

/** Names the session's cookie after the host, because ports share cookies (data.md). */
export function sessionCookie(hostId: string): string {
  return `otherthing-${hostId}`;
}

/** Where a request comes from, seen from this host. */
export function originOf(request: FastifyRequest): OriginVerdict {
  return judgeOrigin(
    request.headers.origin,
    request.protocol === 'https' ? 'https' : 'http',
    request.headers.host ?? '',
  );
}

/** Finds who calls: a bearer token, a ticket (downloads), or the session's cookie; in this order. */
export function createAuthentication({ services, host }: Pick<HttpDeps, 'services' | 'host'>) {
  const { credentials, tickets } = services;

  const byBearer = async (secret: string): Promise<Principal> => {
    const person = sameHash(hashSecret(secret), host.adminTokenHash)
      ? await credentials.principalOf({ userId: host.ownerId, credentialId: null })
      : await credentials.authenticate('token', secret);
    if (person === null) throw new AppError('not_signed_in', 'This token is not known, or was revoked');
    return person;
  };

  const byTicket = async (ticket: string): Promise<Principal> => {
    const holder = tickets.redeem(ticket);
    const person = holder === null ? null : await credentials.principalOf(holder);
    if (person === null) throw new AppError('ticket_spent');
    return person;
  };

  return {
    byTicket,
    /** Who a browser is signed in as, for pages outside the API. */
    async byCookie(request: FastifyRequest): Promise<Principal | null> {
      const cookie = request.cookies[sessionCookie(host.hostId)];
      const verdict = originOf(request);
      if (cookie === undefined || verdict === 'desktop' || verdict === 'foreign') return null;
      return credentials.authenticate('session', cookie);
    },
    /** Throws `wrong_origin` where a browser would lend its cookie to another site (S2). */
    async caller(request: FastifyRequest, contract: RouteContract): Promise<Principal | null> {
      if (contract.access === 'hook') return null; // Its address is its credential; a header may be meant for others.
      const bearer = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
      const cookie = request.cookies[sessionCookie(host.hostId)];
      const verdict = originOf(request);
      const withCookie = bearer === undefined && cookie !== undefined;
      if (contract.method !== 'GET' && !mayMutate(verdict, withCookie)) throw new AppError('wrong_origin');
      if (bearer !== undefined) return byBearer(bearer);
      const ticket = downloadTicket(request, contract);
      if (ticket !== undefined) return byTicket(ticket);
      if (cookie === undefined || verdict === 'desktop' || verdict === 'foreign') return null;
      return credentials.authenticate('session', cookie);
    },
  };
}

function downloadTicket(request: FastifyRequest, contract: RouteContract): string | undefined {
  if (!contract.raw || contract.method !== 'GET' || contract.access === 'ticket') return undefined;
  const ticket: unknown = Reflect.get(request.query as object, 'ticket');
  return typeof ticket === 'string' ? ticket : undefined;
}
