import { type Static, Type } from 'typebox';

/**
 * Helper processes: programs of ours that the worker runs apart from itself, so that their memory and time can be bounded.
 * Under plain Node the worker starts them. In the desktop app nobody may use the program as `node` (its RunAsNode fuse is off)
 * and only the main process can fork, so the worker borrows them: main forks, and carries what both say.
 */
export const helperPrograms = ['ocr', 'document'] as const;
export type HelperProgram = (typeof helperPrograms)[number];

/** What a helper is started with. Never a path, never a flag: whoever lends knows the programs. */
export const HelperPlan = Type.Object(
  {
    program: Type.Enum(helperPrograms),
    /** MiB of V8's heap; V8's own limit when left out. */
    heapMb: Type.Optional(Type.Integer({ minimum: 16, maximum: 1_048_576 })),
    /** Threads it may compute on. */
    threads: Type.Integer({ minimum: 1, maximum: 1_024 }),
  },
  { additionalProperties: false },
);
export type HelperPlan = Static<typeof HelperPlan>;

const helperId = Type.Integer({ minimum: 0 });
const strict = { additionalProperties: false };

/** Worker → main. */
export const HelperOrder = Type.Union([
  Type.Object({ type: Type.Literal('helper.start'), id: helperId, plan: HelperPlan }, strict),
  Type.Object({ type: Type.Literal('helper.tell'), id: helperId, message: Type.Unknown() }, strict),
  Type.Object({ type: Type.Literal('helper.kill'), id: helperId }, strict),
]);
export type HelperOrder = Static<typeof HelperOrder>;

/** Main → worker. `how` is the exit code; a helper that never ran ends too. */
export const HelperNews = Type.Union([
  Type.Object({ type: Type.Literal('helper.started'), id: helperId, pid: Type.Integer() }, strict),
  Type.Object({ type: Type.Literal('helper.said'), id: helperId, message: Type.Unknown() }, strict),
  Type.Object(
    { type: Type.Literal('helper.ended'), id: helperId, how: Type.Union([Type.Integer(), Type.String()]) },
    strict,
  ),
]);
export type HelperNews = Static<typeof HelperNews>;
