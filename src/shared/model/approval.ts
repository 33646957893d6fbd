/** What people are asked while a run goes on (F8). */
import { type Static, Type } from 'typebox';
import { Role } from './user.ts';
import { Id, Json, Name, Timestamp } from './values.ts';

/** `expired`: nobody decided in time, and the fallback did. `withdrawn`: its run ended, or went on without it. */
export const approvalStates = ['pending', 'approved', 'rejected', 'expired', 'withdrawn'] as const;
export const ApprovalState = Type.Enum(approvalStates, { $id: 'ApprovalState' });
export type ApprovalState = (typeof approvalStates)[number];

/** What happens at the deadline: the run goes on as if somebody had approved or rejected, or the step fails. */
export const approvalFallbacks = ['approve', 'reject', 'fail'] as const;
export const ApprovalFallback = Type.Enum(approvalFallbacks, { $id: 'ApprovalFallback' });
export type ApprovalFallback = (typeof approvalFallbacks)[number];

/** Who may decide: whoever has at least this role, or these members. */
export const ApprovalDeciders = Type.Union(
  [Type.Object({ role: Role }), Type.Object({ userIds: Type.Array(Id, { minItems: 1, maxItems: 50 }) })],
  { $id: 'ApprovalDeciders' },
);
export type ApprovalDeciders = Static<typeof ApprovalDeciders>;

export const approvalLimits = { question: 4_000, note: 2_000, shownBytes: 16 * 1024 } as const;

export const Approval = Type.Object(
  {
    id: Id,
    workspaceId: Id,
    runId: Id,
    runNumber: Type.Integer({ minimum: 1 }),
    flowId: Type.Union([Id, Type.Null()]),
    flowName: Name,
    stepId: Type.String(),
    stepName: Type.String(),
    /** Item path, '' at the top of the flow. */
    path: Type.String(),
    question: Type.String({ maxLength: approvalLimits.question }),
    /** The data to decide on, cut to its beginning where it is larger than 16 KiB (`shownCut`). */
    shown: Json,
    shownCut: Type.Boolean(),
    deciders: ApprovalDeciders,
    requestedAt: Timestamp,
    deadline: Timestamp,
    fallback: ApprovalFallback,
    state: ApprovalState,
    /** Name of who decided; null while nobody has, and where the fallback did. */
    decidedBy: Type.Union([Type.String(), Type.Null()]),
    decidedAt: Type.Union([Timestamp, Type.Null()]),
    note: Type.Union([Type.String(), Type.Null()]),
  },
  { $id: 'Approval' },
);
export type Approval = Static<typeof Approval>;
