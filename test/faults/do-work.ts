/** Has the work of a run done, whatever happens meanwhile: asks until it is acknowledged, and remembers what it was told. */
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../src/shared/errors.ts';
import { waitFor } from '../harness/processes.ts';
import type { Cluster } from './cluster.ts';
import { faultFlow } from './flow.ts';
import { type JobsClient, startJobsClient } from './jobs-client.ts';
import type { Work } from './work.ts';

export interface WorkDone {
  readonly jobs: JobsClient;
  /** By key, every run that was ever answered for it. */
  readonly runs: ReadonlyMap<string, ReadonlySet<string>>;
  /** By run, step and path: the outputs of a finished step, each time they were looked at, as JSON. */
  readonly seen: ReadonlyMap<string, ReadonlySet<string>>;
  /** Resolves when everything is acknowledged; rejects after the deadline. */
  acknowledged(deadlineMs: number): Promise<void>;
  stop(): void;
}

export async function beginWork(cluster: Cluster, work: Work): Promise<WorkDone> {
  const { workspaceId, network } = cluster;
  const flow = await cluster.direct().call('createFlow', { params: { id: workspaceId }, body: { file: faultFlow } });
  const jobs = startJobsClient({ client: cluster.client, url: network.url, workspaceId, restPercent: 20 });
  const runs = new Map<string, Set<string>>();
  const seen = new Map<string, Set<string>>();
  const startedAt = Date.now();
  let stopped = false;
  const until = async (at: number) => {
    await wait(Math.max(0, startedAt + at - Date.now()));
  };
  /** Asks until it is answered; what the host refuses for good is thrown. */
  const insist = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    while (!stopped) {
      try {
        return await ask();
      } catch (error) {
        if (error instanceof AppError && isFinal(error)) throw error;
        await wait(100);
      }
    }
    throw new Error('It was stopped');
  };

  const submitted = [...work.jobs, ...work.cancelled].map(async ({ at, job }) => {
    await until(at);
    jobs.add([job]);
  });
  const cancelled = work.cancelled.map(async ({ at, job }) => {
    await until(at + 700);
    const id = await waitFor(`${job.idempotencyKey} to be acknowledged`, () => first(jobs.acknowledged, job), 180_000);
    await insist(() => cluster.client().call('cancelJob', { params: { id } }));
  });
  const started = work.runs.map(async ({ at, key, list }) => {
    await until(at);
    const request = { params: { id: flow.id }, body: { inputs: { list } }, idempotencyKey: key };
    const start = () => cluster.client().call('startRun', request);
    // Asked twice, as a client does that did not get the answer.
    for (const _ of [1, 2]) {
      const run = await insist(() => start().catch((error: unknown) => lookFor(error, cluster, list)));
      if (run !== null) runs.set(key, (runs.get(key) ?? new Set()).add(run.id));
      // Nobody knows the answer and there is no run: what was asked was not done, and is asked anew.
      else request.idempotencyKey += '+';
    }
    if (!runs.has(key)) runs.set(key, new Set([(await insist(start)).id]));
  });
  const all = Promise.all([...submitted, ...cancelled, ...started]);
  all.catch(() => undefined);

  const look = async () => {
    while (!stopped) {
      const ids = [...runs.values()].flatMap((found) => [...found]);
      for (const id of ids) await lookAt(cluster, id, seen).catch(() => undefined);
      await wait(300);
    }
  };
  void look();

  return {
    jobs,
    runs,
    seen,
    async acknowledged(deadlineMs) {
      await Promise.race([
        all,
        wait(deadlineMs).then(() => Promise.reject(new Error('Not everything was acknowledged'))),
      ]);
      // A repeat is answered with the same job, however long ago the first was (J6).
      jobs.add(work.jobs.filter((_, index) => index % 20 === 0).map(({ job }) => job));
      await waitFor('everything to be acknowledged', () => jobs.idle, deadlineMs);
    },
    stop() {
      stopped = true;
      jobs.stop();
    },
  };
}

/** What asking again cannot help. An old host's bearer ends with it, and a request may still be under way. */
const isFinal = ({ status, code }: AppError) => status < 500 && status !== 401 && code !== 'idempotency_in_progress';

/** The run that a request made whose answer the host does not know (it ended meanwhile); null when it made none. */
async function lookFor(error: unknown, cluster: Cluster, list: readonly number[]) {
  if (!(error instanceof AppError) || error.code !== 'idempotency_unknown') throw error;
  const { items } = await cluster.client().call('listRuns', { params: { id: cluster.workspaceId }, query: {} });
  for (const { id } of items) {
    const { run, inputs } = await cluster.client().call('getRun', { params: { id } });
    if (JSON.stringify(inputs['list']) === JSON.stringify(list)) return run;
  }
  return null;
}

const first = (acknowledged: JobsClient['acknowledged'], job: { idempotencyKey: string }) =>
  [...(acknowledged.get(job.idempotencyKey) ?? [])][0];

/** F1: what a finished step gave never changes any more. */
async function lookAt(cluster: Cluster, runId: string, seen: Map<string, Set<string>>): Promise<void> {
  const { steps } = await cluster.client().call('getRun', { params: { id: runId } });
  for (const { stepId, path, state } of steps) {
    if (state !== 'succeeded') continue;
    const { outputs } = await cluster.client().call('getRunStep', { params: { id: runId, stepId }, query: { path } });
    const name = `${runId} ${stepId} ${path}`;
    seen.set(name, (seen.get(name) ?? new Set()).add(JSON.stringify(outputs)));
  }
}
