import { type Static, Type } from 'typebox';
import { Role } from './user.ts';
import { Id, Name, Timestamp } from './values.ts';

export const Workspace = Type.Object(
  {
    id: Id,
    name: Name,
    role: Role,
    createdAt: Timestamp,
    archived: Type.Boolean(),
    /** The key that lets machines ask to join; null while it is switched off, and for people who may not see it. */
    share_key: Type.Union([Type.String(), Type.Null()]),
    /** Whether a node that comes with the workspace's key waits for an admin. */
    approveNodes: Type.Boolean(),
    /** The share (0–1) of its deterministic jobs that a second node runs again, to compare. */
    verifyShare: Type.Number({ minimum: 0, maximum: 1 }),
  },
  { $id: 'Workspace' },
);
export type Workspace = Static<typeof Workspace>;
