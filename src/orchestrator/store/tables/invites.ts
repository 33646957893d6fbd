/** Invites of people, and links by which a member brings a machine. */
import type { Role } from '../../../shared/model/user.ts';
import { table } from '../store.ts';

/**
 * `person`: makes a member. `machine`: brings a machine of `userId`; it is used up when a node registers with it, or when a
 * machine link is changed for one with a key. Only the SHA-256 of the code is kept (S2).
 */
export interface InviteRow {
  id: string;
  kind: 'person' | 'machine';
  workspaceId: string;
  hash: string;
  role: Role;
  approval: boolean;
  state: 'open' | 'waits' | 'used' | 'revoked';
  createdBy: string;
  createdAt: number;
  expiresAt: number;
  userId: string | null;
  usedAt: number | null;
}
export const invites = table<InviteRow>({
  name: 'invites',
  key: ['id'],
  columns: {
    id: 'text',
    kind: 'text',
    workspaceId: 'text',
    hash: 'text',
    role: 'text',
    approval: 'boolean',
    state: 'text',
    createdBy: 'text',
    createdAt: 'integer',
    expiresAt: 'integer',
    userId: 'text',
    usedAt: 'integer',
  },
});
