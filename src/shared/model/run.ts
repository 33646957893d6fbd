import { type Static, Type } from 'typebox';
import { FlowFile, FlowPicture, PortName, StepId } from './flow.ts';
import { Attempt } from './job.ts';
import { RunParent, RunTrigger } from './trigger.ts';
import { Id, Json, Name, Timestamp } from './values.ts';

/** `waiting`: in line, because as many runs of its flow go on as the flow allows at once. */
export const runStates = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export const RunState = Type.Enum(runStates, { $id: 'RunState' });
export type RunState = (typeof runStates)[number];

/** Whether a run with this state has ended. */
export function isRunOver(state: RunState): boolean {
  return state !== 'waiting' && state !== 'running';
}

/** States of a step in a run (F1). */
export const stepStates = [
  'waiting',
  'ready',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'awaiting_approval',
] as const;
export const StepState = Type.Enum(stepStates, { $id: 'StepState' });
export type StepState = (typeof stepStates)[number];
export const finishedStepStates: readonly StepState[] = ['succeeded', 'failed', 'skipped', 'cancelled'];

export const StepError = Type.Object(
  {
    code: Type.String(),
    message: Type.String(),
    next: Type.Optional(Type.String()),
  },
  { $id: 'StepError' },
);
export type StepError = Static<typeof StepError>;

/** How far a Map has come. */
export const ItemCounts = Type.Object(
  {
    total: Type.Integer(),
    done: Type.Integer(),
    failed: Type.Integer(),
    running: Type.Integer(),
  },
  { $id: 'ItemCounts' },
);
export type ItemCounts = Static<typeof ItemCounts>;

/**
 * One execution of one step: (run, step, item path). The path is '' at the top, `pages[3]` inside item 3 of the Map
 * step `pages`, `pages[3]/lines[0]` when nested.
 */
export const StepInstance = Type.Object(
  {
    runId: Id,
    stepId: Type.String(),
    path: Type.String(),
    state: StepState,
    jobId: Type.Optional(Id),
    nodeId: Type.Optional(Id),
    error: Type.Optional(StepError),
    items: Type.Optional(ItemCounts),
    /** A few words for the foot of the step: "48 images", "TypeScript, 24 lines". */
    summary: Type.Optional(Type.String()),
    /** A step that waits: until when at the latest, for which approval, for which run of another flow. */
    waitsUntil: Type.Optional(Timestamp),
    approvalId: Type.Optional(Id),
    childRunId: Type.Optional(Id),
    readyAt: Type.Optional(Timestamp),
    startedAt: Type.Optional(Timestamp),
    finishedAt: Type.Optional(Timestamp),
    attempts: Type.Optional(Type.Integer()),
    /** Its outputs were given when the run was started; it was not executed (F7). */
    pinned: Type.Optional(Type.Literal(true)),
    /** Taken over from the run that this one was started from (F7). */
    takenFrom: Type.Optional(Type.Object({ runId: Id })),
    /** The finished result of another run, found by its signature (F6). */
    cachedFrom: Type.Optional(Type.Object({ runId: Id })),
    /** It failed, and gives the default outputs of its policy; `error` says why (F5). */
    usedDefault: Type.Optional(Type.Literal(true)),
  },
  { $id: 'StepInstance' },
);
export type StepInstance = Static<typeof StepInstance>;

/** Everything about one step instance: what went in, what came out, each attempt. Large values are cut for display. */
export const StepDetail = Type.Object(
  {
    instance: StepInstance,
    inputs: Type.Record(Type.String(), Json),
    outputs: Type.Record(Type.String(), Json),
    /** Ports whose value is larger than what is shown here. */
    cut: Type.Array(Type.String()),
    attempts: Type.Array(Attempt),
  },
  { $id: 'StepDetail' },
);
export type StepDetail = Static<typeof StepDetail>;

/** Who did how much of a run, in milliseconds of machine time; the weave of lists and pages. */
export const WeavePart = Type.Object({
  nodeId: Type.Union([Id, Type.Null()]),
  ms: Type.Number(),
  count: Type.Integer(),
});
export type WeavePart = Static<typeof WeavePart>;

/** Outputs that stand instead of executing a step, by step and port (F7). */
export const Pins = Type.Record(StepId, Type.Record(PortName, Json));
export type Pins = Static<typeof Pins>;

/**
 * What a run may be started from (F7): an earlier run, of which everything that is not downstream of `step` is taken over
 * (all that had finished there, without a `step`); pinned outputs; some steps alone, whose inputs come from the earlier run
 * or from pins.
 */
export const RunOptions = {
  from: Type.Optional(Type.Object({ runId: Id, step: Type.Optional(StepId) })),
  pinned: Type.Optional(Pins),
  only: Type.Optional(Type.Array(StepId, { minItems: 1, maxItems: 100 })),
};
const RunOptionsObject = Type.Object(RunOptions);
export type RunOptions = Static<typeof RunOptionsObject>;

export const RunSummary = Type.Object(
  {
    id: Id,
    workspaceId: Id,
    flowId: Type.Union([Id, Type.Null()]),
    flowName: Name,
    versionId: Id,
    number: Type.Integer({
      minimum: 1,
      description: 'Counts up per workspace',
    }),
    state: RunState,
    startedBy: Type.Union([Type.String(), Type.Null()]),
    /** What started it, where that was not a person. */
    trigger: Type.Optional(RunTrigger),
    /** The run whose Sub-flow step it is. */
    parent: Type.Optional(RunParent),
    createdAt: Timestamp,
    finishedAt: Type.Union([Timestamp, Type.Null()]),
    error: Type.Optional(StepError),
    /** Units of work: steps, with the items of a Map counted one by one. */
    progress: Type.Object({
      total: Type.Integer(),
      done: Type.Integer(),
      failed: Type.Integer(),
    }),
    weave: Type.Array(WeavePart),
    /** Which node did most of each step at the top level, a Map with all that is in it. */
    workers: Type.Record(Type.String(), Id),
    /** When it was last taken up again after it had failed or been cancelled (F7). */
    resumedAt: Type.Optional(Timestamp),
    /** What it was started from, and which steps were pinned or run alone (F7). */
    from: Type.Optional(Type.Object({ runId: Id, step: Type.Optional(StepId) })),
    pinned: Type.Optional(Type.Array(StepId)),
    only: Type.Optional(Type.Array(StepId)),
  },
  { $id: 'RunSummary' },
);
export type RunSummary = Static<typeof RunSummary>;

export const RunDetail = Type.Object(
  {
    run: RunSummary,
    file: FlowFile,
    inputs: Type.Record(Type.String(), Json),
    outputs: Type.Record(Type.String(), Json),
    /** Outputs whose value is larger than what is shown here; `getRunValue` has them whole. */
    cut: Type.Array(Type.String()),
    /** Instances at the top level; those inside a Map are listed by item on request. */
    steps: Type.Array(StepInstance),
  },
  { $id: 'RunDetail' },
);
export type RunDetail = Static<typeof RunDetail>;

export const FlowSummary = Type.Object(
  {
    id: Id,
    workspaceId: Id,
    name: Name,
    steps: Type.Integer(),
    version: Type.Union([Type.Integer(), Type.Null()]),
    picture: FlowPicture,
    lastRun: Type.Union([RunSummary, Type.Null()]),
    /** People who have it open now. */
    editing: Type.Array(Type.Object({ userId: Id, name: Type.String() })),
    sample: Type.Union([Type.String(), Type.Null()]),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { $id: 'FlowSummary' },
);
export type FlowSummary = Static<typeof FlowSummary>;
