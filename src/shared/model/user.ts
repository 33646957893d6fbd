import { type Static, Type } from 'typebox';
import { Id, Name, Timestamp } from './values.ts';

/** Roles in a workspace, from the least to the most. */
export const roles = ['viewer', 'member', 'admin', 'owner'] as const;
export const Role = Type.Enum(roles, { $id: 'Role' });
export type Role = (typeof roles)[number];

/** True when `held` allows what `needed` asks for. */
export function allows(held: Role, needed: Role): boolean {
  return roles.indexOf(held) >= roles.indexOf(needed);
}

export const User = Type.Object(
  { id: Id, name: Name, hostAdmin: Type.Boolean(), createdAt: Timestamp },
  { $id: 'User' },
);
export type User = Static<typeof User>;

export const Member = Type.Object({ userId: Id, name: Name, role: Role, joinedAt: Timestamp }, { $id: 'Member' });
export type Member = Static<typeof Member>;

export const Session = Type.Object(
  {
    id: Id,
    userAgent: Type.String(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp,
    current: Type.Boolean(),
  },
  { $id: 'Session' },
);
export type Session = Static<typeof Session>;

export const Token = Type.Object(
  {
    id: Id,
    name: Name,
    createdAt: Timestamp,
    lastUsedAt: Type.Union([Timestamp, Type.Null()]),
  },
  { $id: 'Token' },
);
export type Token = Static<typeof Token>;
