import { type Static, Type } from 'typebox';
import { Id, Json, Name, Sha256, Timestamp } from './values.ts';

export const flowSchemaId = 'otherthing.flow/1';

/** A step's id: never changes, readable, used in templates (`{{ steps.<id>.<port> }}`). */
export const StepId = Type.String({
  pattern: '^[a-z][a-z0-9_]{0,59}$',
  $id: 'StepId',
});
export const PortName = Type.String({
  pattern: '^[a-z][a-zA-Z0-9_]{0,39}$',
  $id: 'PortName',
});
export const Position = Type.Object({ x: Type.Number(), y: Type.Number() });
export const Size = Type.Object({
  width: Type.Number({ minimum: 1 }),
  height: Type.Number({ minimum: 1 }),
});

/** What becomes of a run when one of its steps fails (F5). */
export const onErrorChoices = ['fail', 'default', 'port'] as const;
export type OnError = (typeof onErrorChoices)[number];

/** How a step is tried, and what happens when it fails all the same (F5, F6). */
export const StepPolicy = Type.Object({
  /** How often it is tried, its own errors included. At a Map: how often each of its items is. */
  attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })),
  /** The wait before the second try, its factor for each further one, and the longest. */
  backoff: Type.Optional(
    Type.Object({
      firstMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
      factor: Type.Number({ minimum: 1, maximum: 10 }),
      maxMs: Type.Integer({ minimum: 0, maximum: 86_400_000 }),
    }),
  ),
  /** How long one try may take; at a Map, the whole of it. */
  timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  /** How long a step that becomes a job may wait for a machine. */
  queueSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 604_800 })),
  /** `fail`: the run fails (inside a Map, the item). `default`: it gives `defaultOutputs`. `port`: its output `error` does. */
  onError: Type.Optional(Type.Enum(onErrorChoices)),
  defaultOutputs: Type.Optional(Type.Record(PortName, Json)),
  /** Takes the result of an earlier run where type, settings and all inputs are the same (F6). */
  cache: Type.Optional(Type.Boolean()),
});
export type StepPolicy = Static<typeof StepPolicy>;

export const FlowStep = Type.Object(
  {
    id: StepId,
    type: Type.String({ maxLength: 60 }),
    name: Type.String({ minLength: 1, maxLength: 120 }),
    /** The Map step whose inner graph this step belongs to. */
    parent: Type.Optional(StepId),
    position: Position,
    size: Type.Optional(Size),
    /** Settings, after the schema of the step's type. Strings may hold templates where the type says so. */
    config: Type.Record(Type.String({ maxLength: 60 }), Json),
    policy: Type.Optional(StepPolicy),
    /** Where a step that becomes a job may run. */
    placement: Type.Optional(
      Type.Object({
        nodeId: Type.Optional(Id),
        tags: Type.Optional(Type.Array(Type.String({ maxLength: 60 }), { maxItems: 16 })),
      }),
    ),
  },
  { $id: 'FlowStep' },
);
export type FlowStep = Static<typeof FlowStep>;

export const EdgeEnd = Type.Object({ step: StepId, port: PortName });
export const FlowEdge = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 160 }),
    from: EdgeEnd,
    to: EdgeEnd,
  },
  { $id: 'FlowEdge' },
);
export type FlowEdge = Static<typeof FlowEdge>;

export const FlowNote = Type.Object(
  {
    id: StepId,
    text: Type.String({ maxLength: 10_000 }),
    position: Position,
    size: Size,
  },
  { $id: 'FlowNote' },
);
export type FlowNote = Static<typeof FlowNote>;

export const FlowGroup = Type.Object(
  {
    id: StepId,
    name: Type.String({ maxLength: 120 }),
    steps: Type.Array(StepId),
  },
  { $id: 'FlowGroup' },
);
export type FlowGroup = Static<typeof FlowGroup>;

/** A flow in plain form (data.md): what versions, import, export, the command line and tests use. */
export const FlowFile = Type.Object(
  {
    schema: Type.Literal(flowSchemaId),
    name: Name,
    description: Type.Optional(Type.String({ maxLength: 2000 })),
    steps: Type.Array(FlowStep, { maxItems: 5000 }),
    edges: Type.Array(FlowEdge, { maxItems: 20_000 }),
    groups: Type.Array(FlowGroup, { maxItems: 500 }),
    notes: Type.Array(FlowNote, { maxItems: 500 }),
    settings: Type.Record(Type.String({ maxLength: 60 }), Json),
  },
  { $id: 'FlowFile' },
);
export type FlowFile = Static<typeof FlowFile>;

/** A small drawing of a flow for lists: boxes in units of the canvas, with the step's id, and lines between them. */
export const FlowPicture = Type.Object(
  {
    boxes: Type.Array(
      Type.Object({
        id: Type.String(),
        x: Type.Number(),
        y: Type.Number(),
        width: Type.Number(),
        height: Type.Number(),
        /** Who did this step in the flow's last run, where one node did. */
        nodeId: Type.Optional(Id),
      }),
    ),
    lines: Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
  },
  { $id: 'FlowPicture' },
);
export type FlowPicture = Static<typeof FlowPicture>;

export const FlowVersion = Type.Object(
  {
    id: Id,
    flowId: Type.Union([Id, Type.Null()]),
    number: Type.Integer({ minimum: 1 }),
    name: Type.Union([Type.String(), Type.Null()]),
    hash: Sha256,
    authorName: Type.Union([Type.String(), Type.Null()]),
    createdAt: Timestamp,
    /** Made after a pause in editing; no run used it and nobody named it. */
    automatic: Type.Optional(Type.Boolean()),
  },
  { $id: 'FlowVersion' },
);
export type FlowVersion = Static<typeof FlowVersion>;
