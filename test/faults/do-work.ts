/** Has the work of a run done, whatever happens meanwhile: asks until it is acknowledged, and remembers what it was told. */
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../src/shared/errors.ts';
import { waitFor } from '../harness/processes.ts';
import type { Cluster } from './cluster.ts';
import { type JobsClient, startJobsClient } from './jobs-client.ts';
import { createRunsClient, type Flows, type Insist, makeFlows, type RunsClient } from './runs-client.ts';
import type { Work } from './work.ts';

export interface WorkDone {
  readonly jobs: JobsClient;
  readonly runs: RunsClient;
  readonly flows: Flows;
  /** Resolves when everything is acknowledged, and no schedule starts anything more; rejects after the deadline. */
  acknowledged(deadlineMs: number): Promise<void>;
  stop(): void;
}

export async function beginWork(cluster: Cluster, work: Work): Promise<WorkDone> {
  const { workspaceId, network } = cluster;
  const flows = await makeFlows(cluster);
  const jobs = startJobsClient({ client: cluster.client, url: network.url, workspaceId, restPercent: 20 });
  const runs = createRunsClient(cluster, flows);
  const startedAt = Date.now();
  let stopped = false;
  const until = async (at: number) => {
    await wait(Math.max(0, startedAt + at - Date.now()));
  };
  const insist: Insist = async (ask) => {
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
  const started = work.runs.map(async (run) => {
    await until(run.at);
    await runs.start(run, insist);
  });
  const all = Promise.all([...submitted, ...cancelled, ...started]);
  all.catch(() => undefined);

  const look = async () => {
    while (!stopped) {
      await runs.look();
      await wait(1_000);
    }
  };
  void look();
  const endSchedule = { params: { id: flows.scheduled }, body: { enabled: false } };

  return {
    jobs,
    runs,
    flows,
    async acknowledged(deadlineMs) {
      const late = new AbortController();
      await Promise.race([
        all,
        wait(deadlineMs, undefined, late).then(() => Promise.reject(new Error('Not everything was acknowledged'))),
      ]).finally(() => late.abort());
      await insist(() => cluster.client().call('setTriggers', endSchedule));
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

const first = (acknowledged: JobsClient['acknowledged'], job: { idempotencyKey: string }) =>
  [...(acknowledged.get(job.idempotencyKey) ?? [])][0];
