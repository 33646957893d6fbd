import { AppError } from '../../shared/errors.ts';
import type { Approval, ApprovalDeciders, ApprovalState } from '../../shared/model/approval.ts';
import { allows, type Role } from '../../shared/model/user.ts';
import type { LiveHub, Page, PageRequest, Person, RunService } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type ApprovalRow, approvals } from '../store/tables.ts';

/** What runs ask people (F8). */
export interface ApprovalService {
  list(workspaceId: string, page: PageRequest & { state?: ApprovalState }): Promise<Page<Approval>>;
  countPending(workspaceId: string): Promise<number>;
  get(approvalId: string): Promise<Approval>;
  /**
   * Resolves when the decision is durable and the run goes on with it; the same decision by the same person again changes
   * nothing. Rejects `forbidden` for whom the step does not ask, `approval_decided` where another decision came first.
   */
  decide(approvalId: string, by: Person & { role: Role }, what: Decision): Promise<Approval>;
  /** Tells viewers. */
  changed(approvalIds: readonly string[]): Promise<void>;
}

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly note?: string;
}

export interface ApprovalDeps {
  store: Store;
  hub: Pick<LiveHub, 'publish'>;
  runs: () => Pick<RunService, 'decide'>;
}

const usualPage = 50;
const readAtOnce = 500;

export function createApprovals({ store, hub, runs }: ApprovalDeps): ApprovalService {
  const existing = async (id: string): Promise<ApprovalRow> => {
    const row = await store.get(approvals, { id });
    if (row === null) throw new AppError('not_found');
    return row;
  };

  return {
    async list(workspaceId, { state, cursor, limit = usualPage }) {
      const rows = await store.list(approvals, {
        where: { workspaceId, ...(state === undefined ? {} : { state }) },
        order: { by: 'id', direction: 'down' },
        ...(cursor === undefined ? {} : { after: { column: 'id' as const, value: cursor } }),
        limit: limit + 1,
      });
      const items = rows.slice(0, limit).map(toApproval);
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    countPending: (workspaceId) => store.count(approvals, { workspaceId, state: 'pending' }),
    get: async (id) => toApproval(await existing(id)),

    async decide(id, by, { decision, note = '' }) {
      const asked = await existing(id);
      if (!mayDecide(asked.deciders, by)) throw new AppError('forbidden', 'This step asks others');
      if (asked.state === 'pending') {
        const { runId, stepId, path } = asked;
        await runs().decide({ approvalId: id, runId, stepId, path, approved: decision === 'approve', note, by });
      }
      const row = asked.state === 'pending' ? await existing(id) : asked;
      if (isDecisionOf(row, by, decision)) return toApproval(row);
      throw new AppError(row.state === 'pending' ? 'conflict' : 'approval_decided', inWords(row));
    },

    async changed(ids) {
      for (let at = 0; at < ids.length; at += readAtOnce) {
        const rows = await store.list(approvals, { where: { id: ids.slice(at, at + readAtOnce) } });
        for (const row of rows) {
          const approval = toApproval(row);
          hub.publish(row.workspaceId, `workspace:${row.workspaceId}`, { kind: 'approval.changed', approval });
        }
      }
    },
  };
}

/** Whether a member of the workspace is among those whom the step asks. Pure. */
export function mayDecide(deciders: ApprovalDeciders, by: { userId: string; role: Role }): boolean {
  return 'role' in deciders ? allows(by.role, deciders.role) : deciders.userIds.includes(by.userId);
}

function isDecisionOf(row: ApprovalRow, by: Person, decision: Decision['decision']): boolean {
  return row.decidedById === by.userId && row.state === (decision === 'approve' ? 'approved' : 'rejected');
}

function inWords({ state, decidedBy }: ApprovalRow): string {
  switch (state) {
    case 'approved':
    case 'rejected':
      return `${decidedBy ?? 'Somebody'} has ${state} this already`;
    case 'expired':
      return 'Nobody decided in time';
    case 'withdrawn':
      return 'The run does not wait for this any more';
    case 'pending':
      return 'The run that asks is not going on at the moment';
  }
}

function toApproval({ decidedById: _, ...approval }: ApprovalRow): Approval {
  return approval;
}
