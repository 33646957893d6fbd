/** Puts jobs that failed or are dead in line again, by hand (J4): a fresh series of attempts, the history stays. */
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Job } from '../../shared/model/job.ts';
import { limits } from '../../shared/model/values.ts';
import type { JobService } from '../services.ts';
import { patch, type Store } from '../store/store.ts';
import { type JobRow, jobs as jobsTable } from '../store/tables.ts';
import type { JobEngine } from './engine.ts';
import { jobEvent } from './happenings.ts';
import { toJob } from './record.ts';

/** So many in one call at most. */
const atOnce = 1_000;

export function createRequeue({
  store,
  engine,
  clock,
  existing,
}: {
  store: Store;
  engine: JobEngine;
  clock: Clock;
  existing: (jobId: string) => Promise<JobRow>;
}): Pick<JobService, 'requeue' | 'requeueMany'> {
  /** Those that are just being put in line: two people may ask at once. */
  const busy = new Set<string>();
  const isFree = ({ id }: JobRow) => !busy.has(id) && engine.find(id) === undefined;

  /** Resolves when it is durable that they are in line again. */
  const putBack = async (rows: readonly JobRow[], by: string | null): Promise<void> => {
    if (engine.size + rows.length > limits.queuedJobs) throw new AppError('queue_full');
    for (const { id } of rows) busy.add(id);
    try {
      const again = rows.map((row) => anew(row, clock.now()));
      await store.commit(
        again.flatMap(({ row, change }) => [
          patch(jobsTable, { id: row.id }, change),
          jobEvent(row.id, 'requeued', clock.now(), { by, detail: String(row.attempts.length) }),
        ]),
      );
      engine.admit(again.map(({ row }) => row));
    } finally {
      for (const { id } of rows) busy.delete(id);
    }
  };

  return {
    async requeue(jobId, by): Promise<Job> {
      const row = await existing(jobId);
      if (row.runId !== null) throw new AppError('job_of_run');
      if ((row.state !== 'failed' && row.state !== 'dead') || !isFree(row)) throw new AppError('job_not_failed');
      await putBack([row], by);
      return toJob(await existing(jobId));
    },
    async requeueMany(workspaceId, { jobIds, state, kind }, by) {
      const rows = await store.list(jobsTable, {
        where: {
          workspaceId,
          runId: null,
          state: state === undefined ? ['failed', 'dead'] : state,
          ...(kind === undefined ? {} : { kind }),
          ...(jobIds === undefined ? {} : { id: jobIds }),
        },
        order: { by: 'id', direction: 'up' },
        limit: atOnce + 1,
      });
      const free = rows.slice(0, atOnce).filter(isFree);
      if (free.length > 0) await putBack(free, by);
      return { requeued: free.length, more: rows.length > atOnce };
    },
  };
}

/** A job as it is when it begins again, and what of its row changes. */
function anew(row: JobRow, now: number): { row: JobRow; change: Partial<JobRow> } {
  const change: Partial<JobRow> = {
    state: 'queued',
    nodeId: null,
    fence: null,
    result: null,
    error: null,
    startedAt: null,
    finishedAt: null,
    notBefore: null,
    requeued: { at: now, attempts: row.attempts.at(-1)?.number ?? 0 },
  };
  return { row: { ...row, ...change }, change };
}
