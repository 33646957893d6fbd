/** What starts runs by itself: schedules and webhooks, which are steps of a flow and live only while they are switched on. */
import { type Static, Type } from 'typebox';
import { Id, Timestamp } from './values.ts';

/** What started a run, where it was not a person: the step that was triggered. */
export const RunTrigger = Type.Object(
  {
    kind: Type.Enum(['schedule', 'webhook', 'flow']),
    /** The trigger step of the flow; for `flow`, the Sub-flow step of the run above. */
    stepId: Type.String(),
    /** A schedule: the time that was due, which may lie before the run's own start. */
    at: Type.Optional(Timestamp),
  },
  { $id: 'RunTrigger' },
);
export type RunTrigger = Static<typeof RunTrigger>;

/** The run above, of which this one is a step (Sub-flow). */
export const RunParent = Type.Object(
  {
    runId: Id,
    stepId: Type.String(),
    path: Type.String(),
    /** The agent's job that called the flow as a tool; left out for a Sub-flow step. */
    jobId: Type.Optional(Id),
  },
  { $id: 'RunParent' },
);
export type RunParent = Static<typeof RunParent>;

export const LiveTrigger = Type.Union(
  [
    Type.Object({
      kind: Type.Literal('schedule'),
      stepId: Type.String(),
      name: Type.String(),
      cron: Type.String(),
      zone: Type.String(),
      /** Null where it never comes, or the triggers are switched off. */
      nextAt: Type.Union([Timestamp, Type.Null()]),
      lastAt: Type.Union([Timestamp, Type.Null()]),
    }),
    Type.Object({
      kind: Type.Literal('webhook'),
      stepId: Type.String(),
      name: Type.String(),
      method: Type.Enum(['POST', 'GET', 'PUT']),
      /** Path below the host's address; whoever knows it may start runs. Null for viewers, and before the first switch-on. */
      path: Type.Union([Type.String(), Type.Null()]),
      signed: Type.Boolean(),
      lastAt: Type.Union([Timestamp, Type.Null()]),
    }),
  ],
  { $id: 'LiveTrigger' },
);
export type LiveTrigger = Static<typeof LiveTrigger>;

/** The triggers of a flow. While they are on, runs are of the version that was frozen then, whatever is edited later. */
export const FlowTriggers = Type.Object(
  {
    flowId: Id,
    enabled: Type.Boolean(),
    /** The version that is live; null while they are off. */
    version: Type.Union([Type.Object({ id: Id, number: Type.Integer() }), Type.Null()]),
    /** The flow has been edited since: switching on again takes the present one. */
    outdated: Type.Boolean(),
    changedBy: Type.Union([Type.String(), Type.Null()]),
    changedAt: Type.Union([Timestamp, Type.Null()]),
    /** Why the last trigger started no run; null where it did. */
    problem: Type.Union([Type.Object({ code: Type.String(), message: Type.String(), at: Timestamp }), Type.Null()]),
    /** Those of the live version; of the present flow while they are off. */
    triggers: Type.Array(LiveTrigger),
  },
  { $id: 'FlowTriggers' },
);
export type FlowTriggers = Static<typeof FlowTriggers>;
