/** Hosts on other machines that the desktop app knows, and how it gets to know them. */
import { type Static, Type } from 'typebox';
import { InviteOffer } from './invite.ts';
import { Id, Name, Timestamp } from './values.ts';

const Fingerprint = Type.String({ pattern: '^sha256:[0-9a-f]{64}$' });
const Pin = Type.Union([Fingerprint, Type.Null()], { description: 'null where an authority vouches for it' });

/** The host that is embedded in the app, among the others. */
export const thisComputer = 'here';
export const HostChoice = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9-]+$' });

/**
 * How a host stands. `waits`: somebody there has to let this person in; `removed`: the host does not know this person any
 * more; `offline`: it does not answer, or this computer has no network.
 */
export const RemoteHostState = Type.Union([
  Type.Object({ state: Type.Literal('connecting') }),
  Type.Object({ state: Type.Literal('connected') }),
  Type.Object({ state: Type.Literal('offline'), since: Timestamp }),
  Type.Object({ state: Type.Literal('certificate-changed'), shown: Fingerprint }),
  Type.Object({ state: Type.Literal('waits') }),
  Type.Object({ state: Type.Literal('removed') }),
]);
export type RemoteHostState = Static<typeof RemoteHostState>;

export const RemoteHost = Type.Object({
  id: Id,
  origin: Type.String({ description: 'https://host:port' }),
  name: Name,
  fingerprint: Pin,
  addedAt: Timestamp,
  /** Null where this computer only contributes (KEY@host), and nobody is a member. */
  person: Type.Union([Type.Object({ workspaceName: Name }), Type.Null()]),
  /** How this computer stands there as a node; null where it is none. No workspaces: it waits to be let in. */
  contributes: Type.Union([
    Type.Object({
      standing: Type.Enum(['connecting', 'connected', 'away', 'refused', 'removed', 'certificate-changed'] as const),
      workspaces: Type.Array(Type.String()),
    }),
    Type.Null(),
  ]),
  standing: RemoteHostState,
});
export type RemoteHost = Static<typeof RemoteHost>;

export const RemoteHosts = Type.Object({
  /** `here`, or the id of the host that the window shows. */
  chosen: HostChoice,
  items: Type.Array(RemoteHost),
  /** Whether credentials lie behind the system's keychain, or in a file that only this account reads. */
  secrets: Type.Enum(['keychain', 'file'] as const),
});
export type RemoteHosts = Static<typeof RemoteHosts>;

/** What a person is about to trust. `ask`: nothing vouches for the certificate, so they compare the fingerprint. */
export const HostLook = Type.Object({
  /** Names this look when it is confirmed; what was shown is what is trusted. */
  lookId: Id,
  origin: Type.String(),
  /** Null for a host on this very machine, which is reached without TLS (S3). */
  fingerprint: Type.Union([Fingerprint, Type.Null()]),
  trust: Type.Enum(['invited', 'known', 'authority', 'ask', 'this-machine'] as const),
  /** `invite`: the person becomes a member; `key`: this computer becomes a node of a workspace. */
  by: Type.Enum(['invite', 'key'] as const),
  /** What the invite says; null before the certificate is confirmed, and for a key. */
  offer: Type.Union([InviteOffer, Type.Null()]),
});
export type HostLook = Static<typeof HostLook>;

export const JoinConfirmed = Type.Object({
  lookId: Id,
  /** What the person is called there. */
  name: Name,
  contribute: Type.Boolean(),
});
export type JoinConfirmed = Static<typeof JoinConfirmed>;

/** A host that announces itself on the local network; nothing of it is trusted. */
export const FoundHost = Type.Object({
  name: Type.String({ maxLength: 120 }),
  origin: Type.String(),
  fingerprint: Pin,
  version: Type.String({ maxLength: 40 }),
});
export type FoundHost = Static<typeof FoundHost>;
