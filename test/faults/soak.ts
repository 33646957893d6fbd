/**
 * `npm run soak -- --minutes 10 [--seed N] [--per-second 30]`: work without end and faults at random, then a count. Prints
 * the memory of each process every 30 s; exits 1 when anything was lost or doubled.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { buildAll } from '../../scripts/build/build.ts';
import { type Cluster, serviceOf, startCluster } from './cluster.ts';
import { beginWork } from './do-work.ts';
import { judge } from './end-state.ts';
import { allEnded } from './fault-run.ts';
import { performFaults } from './perform.ts';
import { faultKinds, faultsFor, planFaults } from './plan.ts';
import { faultTimings } from './timings.ts';
import { workOf } from './work.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    'per-second': { type: 'string', default: '30' },
  },
});
const [minutes, seed, perSecond] = [Number(values.minutes), Number(values.seed), Number(values['per-second'])];
const over = minutes * 60_000;
/** After this much time without faults the next ones begin: a job that meets three of them would be `dead` (J4). */
const calm = 10_000;
const joined = 2;
const memoryEvery = 30_000;

await buildAll({ only: ['programs'], say: console.error });
console.log(`Timings (ms): ${JSON.stringify(faultTimings)}`);
const folder = mkdtempSync(join(tmpdir(), 'otherthing-soak-'));
const cluster = await startCluster(folder, joined);
const work = workOf(seed, {
  echoes: minutes * 60 * perSecond,
  scripts: minutes * 12,
  cancelled: minutes * 4,
  runs: Math.min(90, minutes * 4),
  over,
});
const done = await beginWork(cluster, work);
const until = Date.now() + over;
const stopTelling = tellMemory(cluster);
for (let round = 0; Date.now() + faultsFor < until; round += 1) {
  // The disk is the machine's own here, and is not filled.
  const plan = planFaults(
    seed * 10_000 + round,
    faultKinds.filter((kind) => kind !== 'disk_full'),
  );
  const faults = plan.faults.map((fault) =>
    'node' in fault ? { ...fault, node: Math.min(fault.node, joined - 1) } : fault,
  );
  console.log(`${at()} ${faults.map(({ kind }) => kind).join(' ')}`);
  await performFaults(cluster, null, { ...plan, faults }, () => undefined);
  await wait(calm);
}
await wait(Math.max(0, until - Date.now()));
await done.acknowledged(120_000);
await allEnded(cluster);
stopTelling();
const { submitted, acknowledged, finished, lost, doubled, end } = await judge(
  cluster.direct(),
  cluster.workspaceId,
  work,
  done,
);
const dead = Object.values(end.jobs).filter((job) => job.startsWith('["dead"')).length;
for (const what of [...lost, ...doubled].slice(0, 50)) console.log(`    ${what}`);
console.log(
  `submitted ${submitted}, acknowledged ${acknowledged}, finished ${finished}, lost ${lost.length}, ` +
    `doubled ${doubled.length}; dead after three faults of nodes ${dead}`,
);
done.stop();
await cluster.stop();
const well = lost.length + doubled.length === 0;
if (well) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
else console.log(`Kept in ${folder}`);
process.exit(well ? 0 : 1);

function at(): string {
  return `${((Date.now() - (until - over)) / 1_000).toFixed(0)} s`;
}

function tellMemory({ host, nodes }: Cluster): () => void {
  const tell = () => {
    const processes = {
      orchestrator: serviceOf(host(), 'orchestrator'),
      worker: serviceOf(host(), 'worker'),
      ...Object.fromEntries(nodes.map(({ name, program }) => [name, serviceOf(program(), 'worker')])),
      client: process.pid,
    };
    const memory = Object.entries(processes).map(([name, pid]) => `${name} ${pid === null ? '–' : megabytes(pid)}`);
    console.log(`${at()} memory in MB: ${memory.join(', ')}; acknowledged ${done.jobs.acknowledged.size}`);
  };
  const timer = setInterval(tell, memoryEvery);
  return () => clearInterval(timer);
}

function megabytes(pid: number): string {
  try {
    return (Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024).toFixed(0);
  } catch {
    return '–';
  }
}
