import { type Static, Type } from 'typebox';
import { FlowPicture } from './flow.ts';

/** What a sample cannot do without; the words say how to get it. */
export const SampleNeed = Type.Object({
  kind: Type.Union([Type.Literal('chat'), Type.Literal('embeddings')]),
  words: Type.String(),
});
export type SampleNeed = Static<typeof SampleNeed>;

/** A sample flow as lists show it. */
export const SampleSummary = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    description: Type.String(),
    steps: Type.Integer(),
    /** Empty where it runs on the nodes alone. */
    needs: Type.Array(SampleNeed),
    picture: FlowPicture,
  },
  { $id: 'SampleSummary' },
);
export type SampleSummary = Static<typeof SampleSummary>;
