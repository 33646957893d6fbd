/** The work of a fault run: the same for the same variant, with faults and without. */

import type { KeyedJob } from './jobs-client.ts';
import type { EchoInput } from './programs/echo.ts';
import { drawFrom } from './random.ts';

export const variants = 2;

export interface Work {
  /** What is submitted, and when, in milliseconds from the start. */
  readonly jobs: readonly { readonly at: number; readonly job: KeyedJob }[];
  /** Submitted at the start, and cancelled while they run or wait. */
  readonly cancelled: readonly { readonly at: number; readonly job: KeyedJob }[];
  readonly runs: readonly {
    readonly at: number;
    readonly key: string;
    readonly list: number[];
    /** What is answered when it asks. */
    readonly decision: 'approve' | 'reject';
  }[];
}

export interface WorkSize {
  echoes: number;
  scripts: number;
  cancelled: number;
  runs: number;
  /** Milliseconds over which it is spread. */
  over: number;
}
const usual: WorkSize = { echoes: 160, scripts: 3, cancelled: 4, runs: 2, over: 2_800 };

/** Hours: ends only by being cancelled. */
const endless = 3 * 3_600_000;
const script = `export default ({ value }: { value: number }) => ({ square: value * value, by: crypto.randomUUID() });`;

export function workOf(variant: number, size: WorkSize = usual): Work {
  const draw = drawFrom(1_000 + variant);
  const at = () => draw.whole(0, size.over);
  const many = <Value>(count: number, make: (index: number) => Value) =>
    Array.from({ length: count }, (_, at) => make(at));
  const echo = (key: string, input: Omit<EchoInput, 'key'>): KeyedJob => ({
    kind: 'echo',
    idempotencyKey: key,
    input: { key, ...input },
    requires: { cores: 0.02, ramMb: 1 },
    runSeconds: 12 * 3_600,
  });
  return {
    jobs: [
      ...many(size.echoes, (index) => ({
        at: at(),
        job: echo(`echo-${index}`, {
          takes: draw.whole(0, 9) === 0 ? draw.whole(400, 1_500) : draw.whole(0, 60),
          fails: draw.whole(0, 19) === 0,
          writes: draw.whole(0, 3),
        }),
      })),
      ...many(size.scripts, (index) => ({
        at: at(),
        job: {
          kind: 'script',
          idempotencyKey: `script-${index}`,
          input: { source: script, language: 'typescript', input: { value: index } },
          requires: { cores: 0.25, ramMb: 128 },
        },
      })),
    ],
    cancelled: many(size.cancelled, (index) => ({ at: at(), job: echo(`endless-${index}`, { takes: endless }) })),
    runs: many(size.runs, (index) => ({
      at: draw.whole(0, size.over / 2),
      key: `run-${index}`,
      // No two are the same, so that a run tells by its inputs which it is.
      list: [index, ...many(draw.whole(2, 4), () => draw.whole(0, 9))],
      decision: index % 2 === 0 ? 'approve' : 'reject',
    })),
  };
}
