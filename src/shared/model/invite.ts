import { type Static, Type } from 'typebox';
import { joinCodePattern } from '../join-link.ts';
import { Role } from './user.ts';
import { Id, Name, Timestamp } from './values.ts';

/** `open`: nobody took it up yet; `waits`: somebody did, and waits for approval. */
export const inviteStates = ['open', 'waits', 'used', 'revoked', 'expired'] as const;

export const Invite = Type.Object(
  {
    id: Id,
    workspaceId: Id,
    role: Role,
    /** Whether whoever takes it up waits until an admin approves. */
    approval: Type.Boolean(),
    state: Type.Enum(inviteStates),
    createdByName: Type.String(),
    createdAt: Timestamp,
    expiresAt: Timestamp,
    /** Who took it up. */
    usedByName: Type.Union([Type.String(), Type.Null()]),
    usedAt: Type.Union([Timestamp, Type.Null()]),
  },
  { $id: 'Invite' },
);
export type Invite = Static<typeof Invite>;

export const NewInvite = Type.Object({
  role: Role,
  expiresHours: Type.Integer({ minimum: 1, maximum: 24 * 30 }),
  approval: Type.Optional(Type.Boolean()),
});
export type NewInvite = Static<typeof NewInvite>;

export const JoinCode = Type.String({ pattern: joinCodePattern });

/** Two forms of the same: for the app and the command line, and for a browser. */
export const InviteLinks = Type.Object({
  link: Type.String({ description: 'otherthing://join/…' }),
  page: Type.String({ description: 'The page of the invite on the host' }),
});
export type InviteLinks = Static<typeof InviteLinks>;

/** What an invite says to whoever holds its code. */
export const InviteOffer = Type.Object({
  hostName: Type.String(),
  workspaceName: Type.String(),
  role: Role,
  approval: Type.Boolean(),
  invitedBy: Type.String(),
  expiresAt: Timestamp,
});
export type InviteOffer = Static<typeof InviteOffer>;

export const Joined = Type.Object({
  workspace: Type.Object({ id: Id, name: Name }),
  userId: Id,
  state: Type.Enum(['in', 'waits'] as const),
  /** Introduces one machine of theirs: the `join_key` of its first registration; an hour. */
  joinKey: Type.Union([Type.String(), Type.Null()]),
  /** Token of their app, where they asked for one; shown once. While they wait to be let in it opens no workspace. */
  token: Type.Union([Type.Object({ id: Id, secret: Type.String() }), Type.Null()]),
  /** Signs them in in a browser; 10 minutes, single use. */
  signInLink: Type.Union([Type.String(), Type.Null()]),
});
export type Joined = Static<typeof Joined>;
