import '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import { sessionCookie } from './authentication.ts';

/** Gives a browser its session: never to scripts, never to other sites, and only over TLS where the request came so. */
export function setSessionCookie(
  reply: FastifyReply,
  hostId: string,
  { secret, expiresAt }: { secret: string; expiresAt: number },
): FastifyReply {
  return reply.setCookie(sessionCookie(hostId), secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: reply.request.protocol === 'https',
    expires: new Date(expiresAt),
  });
}
