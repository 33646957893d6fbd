import { type Static, Type } from 'typebox';
import { Id, Json, Timestamp } from './values.ts';

/** Who acted: a person, by which credential, or the host by itself (a schedule, a webhook). */
export const AuditActor = Type.Object({
  by: Type.Union([Type.Literal('session'), Type.Literal('token'), Type.Literal('start'), Type.Literal('host')]),
  userId: Type.Union([Id, Type.Null()]),
  name: Type.String({ maxLength: 200 }),
});
export type AuditActor = Static<typeof AuditActor>;

/** One act (S13): who did what to what, from where, when. `action` is one of src/orchestrator/audit/actions.ts. */
export const AuditEntry = Type.Object(
  {
    id: Id,
    at: Timestamp,
    /** Null: an act upon the host itself. */
    workspaceId: Type.Union([Id, Type.Null()]),
    actor: AuditActor,
    /** Network address that the request came from; null for acts of the host. */
    from: Type.Union([Type.String(), Type.Null()]),
    action: Type.String({ maxLength: 60, description: 'For example member.added, run.started' }),
    /** Id of what was acted upon. */
    target: Type.Union([Type.String(), Type.Null()]),
    /** What of the request is worth knowing; never a secret. */
    details: Type.Record(Type.String(), Json),
  },
  { $id: 'AuditEntry' },
);
export type AuditEntry = Static<typeof AuditEntry>;
