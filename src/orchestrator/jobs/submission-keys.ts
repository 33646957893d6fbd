import type { NewJob } from '../services.ts';
import type { Store } from '../store/store.ts';
import { jobs as jobsTable } from '../store/tables.ts';

/** Submits the jobs that are new; `all` fills the ids of the others in between those that were made. */
type Submit = (fresh: readonly NewJob[], all: (made: readonly string[]) => string[]) => Promise<string[]>;

export interface SubmissionKeys {
  /** J6: a job whose key was used in this workspace is not submitted again; its first id is answered. */
  once(workspaceId: string, jobs: readonly NewJob[], submit: Submit): Promise<string[]>;
}

export function createSubmissionKeys(store: Store): SubmissionKeys {
  /** Ends of calls by workspace: calls with keys of one workspace go one after another, so that no key is used twice. */
  const tails = new Map<string, Promise<unknown>>();

  const submitOnce = async (workspaceId: string, jobs: readonly NewJob[], submit: Submit): Promise<string[]> => {
    const used = [...new Set(jobs.flatMap(({ idempotencyKey }) => idempotencyKey ?? []))];
    const rows = await store.list(jobsTable, { where: { workspaceId, idempotencyKey: used } });
    const known = new Map(rows.map((row) => [row.idempotencyKey, row.id]));
    const firstWith = new Map<string, number>();
    const fresh: NewJob[] = [];
    /** For each job its known id, or its place among the new ones. */
    const places = jobs.map((job): string | number => {
      const key = job.idempotencyKey;
      const before = key === undefined ? undefined : (known.get(key) ?? firstWith.get(key));
      if (before !== undefined) return before;
      if (key !== undefined) firstWith.set(key, fresh.length);
      return fresh.push(job) - 1;
    });
    const all = (made: readonly string[]) =>
      places.map((place) => (typeof place === 'string' ? place : (made[place] ?? '')));
    return all(await submit(fresh, all));
  };

  return {
    once(workspaceId, jobs, submit) {
      const before = tails.get(workspaceId) ?? Promise.resolve();
      const mine = before.then(() => submitOnce(workspaceId, jobs, submit));
      const tail = mine.catch(() => undefined);
      tails.set(workspaceId, tail);
      void tail.then(() => tails.get(workspaceId) === tail && tails.delete(workspaceId));
      return mine;
    },
  };
}
