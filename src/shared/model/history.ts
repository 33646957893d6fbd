import { type Static, Type } from 'typebox';
import { Timestamp } from './values.ts';

/** For how many days finished runs and jobs are kept, with what they wrote; null keeps them for ever. */
export const HistoryDays = Type.Union([Type.Integer({ minimum: 1, maximum: 3_650 }), Type.Null()]);
export const usualHistoryDays = 30;

/** The retention setting of a workspace, and what its history holds now. */
export const Retention = Type.Object(
  {
    historyDays: HistoryDays,
    holds: Type.Object({
      runs: Type.Integer({ minimum: 0 }),
      jobs: Type.Integer({ minimum: 0 }),
      /** When the oldest run or job was made; null where there is none. */
      oldest: Type.Union([Timestamp, Type.Null()]),
      /** Files that people added; they are no history and stay. */
      files: Type.Integer({ minimum: 0 }),
      fileBytes: Type.Integer({ minimum: 0 }),
      /** Large inputs, results and outputs of runs and jobs; null until they have been counted after a start. */
      largeValueBytes: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
    }),
  },
  { $id: 'Retention' },
);
export type Retention = Static<typeof Retention>;
