/**
 * Removes what is older than a workspace wants to keep: finished runs with their steps, jobs and what those wrote; finished
 * jobs of no run. In transactions of some hundred rows with a rest after each, so that no commit of others waits for more
 * than a few milliseconds. A kill in between does no harm: a run goes after its parts, so the next pass finds it again.
 *
 * Files that people added and versions of flows are no history, and stay.
 */
import { encodeTime } from 'ulid';
import type { Clock } from '../../shared/clock.ts';
import { idPrefixes } from '../../shared/ids.ts';
import { remove, type Store, table } from '../store/store.ts';
import { idempotency, workspaces } from '../store/tables.ts';
import { belongings, drain } from './belongings.ts';
import { historyDaysOf } from './retention.ts';

export type Cleaned = { runs: number; jobs: number };

export interface Cleaner {
  /** One pass through all workspaces; ends early, between two transactions, when it is told to stop. */
  pass(signal: AbortSignal): Promise<Cleaned>;
}

const day = 24 * 60 * 60_000;
const runsAtOnce = 20;
const jobsAtOnce = 100;
const open: readonly string[] = ['queued', 'assigned', 'running'];

/** What the cleaner reads of runs and jobs: their large columns stay where they are. */
interface RunAge {
  id: string;
  workspaceId: string;
  finishedAt: number | null;
}
const runAges = table<RunAge>({
  name: 'runs',
  key: ['id'],
  columns: { id: 'text', workspaceId: 'text', finishedAt: 'integer' },
});
interface JobAge extends RunAge {
  runId: string | null;
  state: string;
}
const jobAges = table<JobAge>({
  name: 'jobs',
  key: ['id'],
  columns: { id: 'text', workspaceId: 'text', finishedAt: 'integer', runId: 'text', state: 'text' },
});

export function createCleaner(deps: {
  store: Store;
  clock: Clock;
  /** Awaited after every transaction. */
  rest(): Promise<void>;
}): Cleaner {
  const { store, clock, rest } = deps;

  const restUnless = (signal: AbortSignal) => async () => {
    await rest();
    signal.throwIfAborted();
  };

  const removeJobs = async (ids: readonly string[], signal: AbortSignal): Promise<void> => {
    const between = restUnless(signal);
    for (const { table: part, column } of belongings.job) await drain(store, part, { [column]: ids }, between);
    await store.commit([remove(jobAges, { id: ids })]);
    await rest();
  };

  /** False where a job of the run is still open: then it waits for the next pass. */
  const removeRun = async (runId: string, signal: AbortSignal): Promise<boolean> => {
    for (const { table: part, column } of belongings.run) {
      await drain(store, part, { [column]: runId }, restUnless(signal));
    }
    for (;;) {
      signal.throwIfAborted();
      const its = await store.list(jobAges, { where: { runId }, limit: jobsAtOnce });
      if (its.some(({ state }) => open.includes(state))) return false;
      if (its.length === 0) break;
      await removeJobs(
        its.map(({ id }) => id),
        signal,
      );
    }
    await store.commit([remove(runAges, { id: runId })]);
    await rest();
    return true;
  };

  const cleanRuns = async (workspaceId: string, until: number, signal: AbortSignal): Promise<number> => {
    const kept = new Set<string>();
    let gone = 0;
    for (;;) {
      const old = await store.list(runAges, {
        where: { workspaceId },
        before: { column: 'finishedAt', value: until },
        order: { by: 'finishedAt', direction: 'up' },
        limit: runsAtOnce + kept.size,
      });
      const next = old.filter(({ id }) => !kept.has(id));
      if (next.length === 0) return gone;
      for (const { id } of next) {
        if (await removeRun(id, signal)) gone += 1;
        else kept.add(id);
      }
    }
  };

  /** Ids rise with time: what was made after `until` has not ended before it. */
  const cleanJobs = async (workspaceId: string, until: number, signal: AbortSignal): Promise<number> => {
    let gone = 0;
    let cursor = '';
    for (;;) {
      signal.throwIfAborted();
      const old = await store.list(jobAges, {
        where: { workspaceId },
        after: { column: 'id', value: cursor },
        before: { column: 'id', value: `${idPrefixes.job}-${encodeTime(until)}` },
        order: { by: 'id', direction: 'up' },
        limit: jobsAtOnce,
      });
      const over = old.filter(
        ({ runId, state, finishedAt }) =>
          runId === null && !open.includes(state) && finishedAt !== null && finishedAt < until,
      );
      if (over.length > 0)
        await removeJobs(
          over.map(({ id }) => id),
          signal,
        );
      gone += over.length;
      if (old.length < jobsAtOnce) return gone;
      cursor = old.at(-1)?.id ?? cursor;
    }
  };

  return {
    async pass(signal) {
      const cleaned: Cleaned = { runs: 0, jobs: 0 };
      try {
        for (const { id } of await store.list(workspaces, { order: { by: 'id', direction: 'up' } })) {
          const days = await historyDaysOf(store, id);
          if (days === null) continue;
          const until = clock.now() - days * day;
          cleaned.runs += await cleanRuns(id, until, signal);
          cleaned.jobs += await cleanJobs(id, until, signal);
        }
        await cleanKeys(store, clock.now() - day, rest, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      return cleaned;
    },
  };
}

const keysAtOnce = 500;

/** Answers to requests with an Idempotency-Key are kept for a day. */
async function cleanKeys(store: Store, until: number, rest: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const oldest = () => store.list(idempotency, { before: { column: 'createdAt', value: until }, limit: 1 });
  while (!signal.aborted && (await oldest()).length > 0) {
    await store.commit([remove(idempotency, {}, { before: { column: 'createdAt', value: until }, limit: keysAtOnce })]);
    await rest();
  }
}
