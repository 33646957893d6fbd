import type { Approval, ApprovalFallback, ApprovalState } from '../../shared/model/approval.ts';
import { allows, type Role } from '../../shared/model/user.ts';
import { formatWhen } from '../ui/numbers.ts';
import type { GlyphState } from '../ui/state-glyph.tsx';

const fallbacks: Record<ApprovalFallback, string> = {
  approve: 'it counts as approved',
  reject: 'it counts as rejected',
  fail: 'the step fails',
};

/** "Without an answer by Saturday at 14:00 it counts as rejected." */
export const deadlineWords = ({ deadline, fallback }: Approval, now: number): string =>
  `Without an answer by ${formatWhen(deadline, now)} ${fallbacks[fallback]}.`;

/** Who is asked: "Any member may answer." */
export function decidersWords({ deciders }: Approval): string {
  if ('userIds' in deciders)
    return deciders.userIds.length === 1 ? 'One chosen member may answer.' : 'Chosen members may answer.';
  switch (deciders.role) {
    case 'owner':
      return 'Only an owner may answer.';
    case 'admin':
      return 'Admins and owners may answer.';
    case 'member':
    case 'viewer':
      return 'Any member may answer.';
  }
}

/** Whether this person may decide; the host has the last word. */
export const mayDecide = ({ deciders }: Approval, role: Role, userId: string): boolean =>
  'userIds' in deciders ? deciders.userIds.includes(userId) && allows(role, 'member') : allows(role, deciders.role);

/** How an approval ended: "Approved by Mira", "Nobody answered in time; it counts as rejected". */
export function endWords({ state, decidedBy, fallback }: Approval): string {
  const by = decidedBy === null ? '' : ` by ${decidedBy}`;
  switch (state) {
    case 'pending':
      return 'Waits for an answer';
    case 'approved':
      return `Approved${by}`;
    case 'rejected':
      return `Rejected${by}`;
    case 'expired':
      return `Nobody answered in time; ${fallbacks[fallback]}`;
    case 'withdrawn':
      return 'No longer asked: its run ended without it';
  }
}

export const glyphOfApproval: Record<ApprovalState, GlyphState> = {
  pending: 'asks',
  approved: 'done',
  rejected: 'skipped',
  expired: 'look',
  withdrawn: 'stopped',
};
