/** `npm run faults -- --runs 200 --seed N [--at-once 2]`: seeded fault runs; exits 1 when anything was lost or doubled. */
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build/build.ts';
import { canMount } from './disk.ts';
import { type FaultRun, faultRun, isWell } from './fault-run.ts';
import { faultTimings } from './timings.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '1' },
    'no-build': { type: 'boolean', default: false },
  },
});
const [runs, seed, atOnce] = [Number(values.runs), Number(values.seed), Number(values['at-once'])];
if (!values['no-build']) await buildAll({ only: ['programs'], say: console.error });
console.log(`Timings (ms): ${JSON.stringify(faultTimings)}`);
if (!canMount()) console.log('No run fills a disk: that needs root, for a small file system of its own.');

/** Seconds after which it is told where the time went. */
const slow = 30;
const seeds = Array.from({ length: runs }, (_, index) => seed + index);
const all: FaultRun[] = [];
const lane = async () => {
  for (let next = seeds.shift(); next !== undefined; next = seeds.shift()) {
    const run = await faultRun(next);
    all.push(run);
    console.log(line(run));
    if (run.seconds > slow) console.log(`    ${run.record.join('; ')}`);
    for (const what of [...run.lost, ...run.doubled, ...run.different].slice(0, 20)) console.log(`    ${what}`);
  }
};
await Promise.all(Array.from({ length: atOnce }, lane));

const sum = (of: (run: FaultRun) => number) => all.reduce((total, run) => total + of(run), 0);
const wrong = all.filter((run) => !isWell(run));
console.log(
  `${all.length} runs: submitted ${sum((run) => run.submitted)}, acknowledged ${sum((run) => run.acknowledged)}, ` +
    `finished ${sum((run) => run.finished)}, lost ${sum((run) => run.lost.length)}, ` +
    `doubled ${sum((run) => run.doubled.length)}, other ends ${sum((run) => run.different.length)}`,
);
if (wrong.length > 0) console.log(`Seeds that went wrong: ${wrong.map((run) => run.seed).join(', ')}`);
process.exit(wrong.length === 0 ? 0 : 1);

function line({
  seed: of,
  plan,
  seconds,
  submitted,
  acknowledged,
  finished,
  lost,
  doubled,
  different,
  folder,
}: FaultRun) {
  const faults = plan.faults.map(({ at, kind }) => `${kind}@${at}`).join(' ');
  const counts = `submitted ${submitted}, acknowledged ${acknowledged}, finished ${finished}`;
  const verdict = `lost ${lost.length}, doubled ${doubled.length}, other ends ${different.length}`;
  const kept = folder === null ? '' : `; kept in ${folder}`;
  return `seed ${of}: ${seconds.toFixed(1)} s, ${counts}, ${verdict}; ${plan.joined + 1} nodes, ${faults}${kept}`;
}
