/** Ten runs of the fault suite; `npm run faults -- --runs 200 --seed 1` has more. A failure names its seed and its folder. */
import { expect, test } from 'vitest';
import { faultRun } from './fault-run.ts';

const seeds = [2, 3, 13, 14, 36, 104, 109, 117, 124, 203];

test.each(seeds)(
  'J1 J2 J6 F1 F2 F5 F8 N4 N8 N10 N11: under the faults of seed %i nothing is lost or doubled',
  async (seed) => {
    const run = await faultRun(seed);
    console.log(`seed ${seed}: ${run.plan.faults.map(({ at, kind }) => `${kind}@${at}`).join(' ')}`);
    expect({ lost: run.lost, doubled: run.doubled, different: run.different }, `kept in ${run.folder}`).toEqual({
      lost: [],
      doubled: [],
      different: [],
    });
    expect(run.finished).toBe(run.submitted);
  },
  240_000,
);
