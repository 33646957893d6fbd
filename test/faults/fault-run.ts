/** One run of the suite: work, faults, healing, a verdict. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { finishedJobStates } from '../../src/shared/model/job.ts';
import { isRunOver } from '../../src/shared/model/run.ts';
import { waitFor } from '../harness/processes.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { canMount, makeDisk } from './disk.ts';
import { beginWork } from './do-work.ts';
import { differences, type EndState, judge, type Verdict } from './end-state.ts';
import { listJobs, listRuns } from './listing.ts';
import { performFaults } from './perform.ts';
import { type FaultPlan, faultKinds, planFaults } from './plan.ts';
import { variants, type Work, workOf } from './work.ts';

export interface FaultRun extends Omit<Verdict, 'end'> {
  readonly seed: number;
  readonly plan: FaultPlan;
  /** Where it ended otherwise than without faults. */
  readonly different: readonly string[];
  readonly seconds: number;
  /** What was done and reached, each after milliseconds from the start. */
  readonly record: readonly string[];
  /** Kept for reading when something was wrong; null when all was well. */
  readonly folder: string | null;
}

export const isWell = ({ lost, doubled, different }: FaultRun) => lost.length + doubled.length + different.length === 0;

/** How long everything may take to end once the last fault is healed. */
const healWithin = 120_000;

const expected = new Map<number, Promise<EndState>>();

/** The end of a variant's work where nothing goes wrong; had once per process. */
function endWithoutFaults(variant: number): Promise<EndState> {
  const known = expected.get(variant) ?? calmRun(variant);
  expected.set(variant, known);
  return known;
}

async function calmRun(variant: number): Promise<EndState> {
  const folder = mkdtempSync(join(tmpdir(), 'otherthing-calm-'));
  const verdict = await inCluster(folder, { seed: 0, joined: 1, faults: [] }, workOf(variant), () => undefined);
  if (verdict.lost.length + verdict.doubled.length > 0)
    throw new Error(`Even without faults: ${[...verdict.lost, ...verdict.doubled].join('; ')} (${folder})`);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return verdict.end;
}

/** Has the run of a seed. What it leaves is removed when all was well. */
export async function faultRun(seed: number): Promise<FaultRun> {
  const plan = planFaults(seed, canMount() ? faultKinds : faultKinds.filter((kind) => kind !== 'disk_full'));
  const variant = seed % variants;
  const calm = await endWithoutFaults(variant);
  const startedAt = Date.now();
  const folder = mkdtempSync(join(tmpdir(), `otherthing-fault-${seed}-`));
  const record: string[] = [];
  const say = (text: string) => record.push(`${Date.now() - startedAt} ${text}`);
  const verdict = await inCluster(folder, plan, workOf(variant), say).catch((error: unknown) => broken(error));
  const { end, ...counts } = verdict;
  const different = verdict.lost.length > 0 ? [] : differences(end, calm);
  const run = { ...counts, seed, plan, different, seconds: (Date.now() - startedAt) / 1_000, record, folder };
  writeFileSync(join(folder, 'record.json'), JSON.stringify({ ...run, end, calm }, null, 1));
  if (!isWell(run)) return run;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  return { ...run, folder: null };
}

const broken = (error: unknown): Verdict => ({
  submitted: 0,
  acknowledged: 0,
  finished: 0,
  lost: [`The run broke off: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`],
  doubled: [],
  end: { jobs: {}, steps: {} },
});

async function inCluster(folder: string, plan: FaultPlan, work: Work, say: (text: string) => void): Promise<Verdict> {
  const disk = plan.faults.some(({ kind }) => kind === 'disk_full') ? makeDisk(join(folder, 'disk')) : null;
  const stops: (() => Promise<void> | void)[] = disk === null ? [] : [disk.remove];
  try {
    mkdirSync(folder, { recursive: true });
    const cluster = await startCluster(folder, plan.joined, disk === null ? undefined : join(disk.path, 'host'));
    stops.push(cluster.stop);
    say('all are online');
    const done = await beginWork(cluster, work);
    stops.push(done.stop);
    await performFaults(cluster, disk, plan, say);
    say('healed');
    await done.acknowledged(healWithin);
    say('acknowledged');
    await allEnded(cluster);
    say('ended');
    return await judge(cluster.direct(), cluster.workspaceId, work, done);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** Waits for the end of everything; what has not ended by then is for the verdict to say. */
export async function allEnded({ direct, workspaceId: id }: Cluster): Promise<void> {
  const params = { id };
  const isOpen = async () => {
    const [jobs, runs] = await Promise.all([
      direct().call('listJobs', { params, query: { state: 'queued,assigned,running', limit: 1 } }),
      direct().call('listRuns', { params, query: { state: 'running', limit: 1 } }),
    ]);
    return jobs.items.length + runs.items.length > 0;
  };
  // The cheap question first. A job whose end is decided and not yet written is open no more, and not shown as ended either.
  const settled = async () => {
    await wait(200);
    if (await isOpen()) return false;
    const [jobs, runs] = await Promise.all([listJobs(direct(), id), listRuns(direct(), id)]);
    return jobs.every(({ state }) => finishedJobStates.includes(state)) && runs.every(({ state }) => isRunOver(state));
  };
  await waitFor('everything to end', () => settled().catch(() => false), healWithin).catch(() => undefined);
}
