/** People: signing in, sessions, tokens, tickets. */
import { Type } from 'typebox';
import { Session, Token, User } from '../../model/user.ts';
import { Id, Name, Timestamp } from '../../model/values.ts';
import { route, WithId } from '../route.ts';

export const peopleRoutes = {
  signIn: route('signIn', {
    method: 'POST',
    path: '/sign-in',
    access: 'public',
    summary: 'Sign in with the code of a sign-in link; sets the session cookie',
    body: Type.Object({ code: Type.String({ minLength: 1, maxLength: 200 }) }),
    response: Type.Object({ user: User }),
  }),
  signOut: route('signOut', {
    method: 'POST',
    path: '/sign-out',
    access: 'user',
    summary: 'End this session',
  }),
  listSessions: route('listSessions', {
    method: 'GET',
    path: '/sessions',
    access: 'user',
    summary: 'Your browser sessions',
    response: Type.Object({ items: Type.Array(Session) }),
  }),
  endSession: route('endSession', {
    method: 'DELETE',
    path: '/sessions/:id',
    access: 'user',
    summary: 'End one of your sessions',
    params: WithId,
  }),
  me: route('me', {
    method: 'GET',
    path: '/me',
    access: 'user',
    summary: 'Who you are, and what this host is',
    response: Type.Object({
      user: User,
      host: Type.Object({
        id: Id,
        name: Type.String(),
        version: Type.String(),
        nodeId: Type.Union([Id, Type.Null()]),
      }),
    }),
  }),
  listTokens: route('listTokens', {
    method: 'GET',
    path: '/me/tokens',
    access: 'user',
    summary: 'Your tokens',
    response: Type.Object({ items: Type.Array(Token) }),
  }),
  createToken: route('createToken', {
    method: 'POST',
    path: '/me/tokens',
    access: 'user',
    summary: 'Make a token for a program; it is shown once',
    body: Type.Object({ name: Name }),
    response: Type.Object({ token: Token, secret: Type.String() }),
    status: 201,
  }),
  deleteToken: route('deleteToken', {
    method: 'DELETE',
    path: '/me/tokens/:id',
    access: 'user',
    summary: 'Revoke a token',
    params: WithId,
  }),
  createSignInLink: route('createSignInLink', {
    method: 'POST',
    path: '/sign-in-links',
    access: 'hostAdmin',
    summary: 'A fresh sign-in link for yourself, single use, 10 minutes',
    response: Type.Object({ url: Type.String(), expiresAt: Timestamp }),
    status: 201,
  }),
  createTicket: route('createTicket', {
    method: 'POST',
    path: '/tickets',
    access: 'user',
    summary: 'A ticket for a socket or a download: single use, 30 seconds',
    response: Type.Object({ ticket: Type.String(), expiresAt: Timestamp }),
    status: 201,
  }),
} as const;
