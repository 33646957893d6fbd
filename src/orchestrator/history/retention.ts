/** How long a workspace keeps its history, and what it holds. */
import { type Retention, usualHistoryDays } from '../../shared/model/history.ts';
import { put, type Store, type Table, table } from '../store/store.ts';
import { files, jobs, runs, workspaceSettings } from '../store/tables.ts';

export interface RetentionService {
  get(workspaceId: string): Promise<Retention>;
  set(workspaceId: string, historyDays: number | null): Promise<Retention>;
}

const settingName = 'historyDays';

/** Days; null keeps everything. */
export async function historyDaysOf(store: Store, workspaceId: string): Promise<number | null> {
  const row = await store.get(workspaceSettings, { workspaceId, name: settingName });
  // The setting is an object, so that "for ever" differs from "never said".
  const value = row?.value as { days: number | null } | null | undefined;
  return value === null || value === undefined ? usualHistoryDays : value.days;
}

export function createRetention(deps: {
  store: Store;
  /** Bytes of large values of the history of a workspace; null while nobody has counted. */
  largeValueBytes(workspaceId: string): number | null;
}): RetentionService {
  const { store } = deps;
  const get = async (workspaceId: string): Promise<Retention> => {
    const where = { workspaceId };
    const [historyDays, runCount, jobCount, fileCount, fileBytes, ...oldest] = await Promise.all([
      historyDaysOf(store, workspaceId),
      store.count(runs, where),
      store.count(jobs, where),
      store.count(files, where),
      store.sum(files, 'size', where),
      oldestIn(store, runs.name, workspaceId),
      oldestIn(store, jobs.name, workspaceId),
    ]);
    const times = oldest.filter((time) => time !== null);
    const holds = {
      runs: runCount,
      jobs: jobCount,
      oldest: times.length === 0 ? null : Math.min(...times),
      files: fileCount,
      fileBytes,
      largeValueBytes: deps.largeValueBytes(workspaceId),
    };
    return { historyDays, holds };
  };
  return {
    get,
    async set(workspaceId, historyDays) {
      await store.commit([put(workspaceSettings, { workspaceId, name: settingName, value: { days: historyDays } })]);
      return get(workspaceId);
    },
  };
}

interface Made {
  id: string;
  workspaceId: string;
  createdAt: number;
}

/** Ids rise with time, so the first by id is the oldest. */
async function oldestIn(store: Store, name: string, workspaceId: string): Promise<number | null> {
  const made: Table<Made> = table<Made>({
    name,
    key: ['id'],
    columns: { id: 'text', workspaceId: 'text', createdAt: 'integer' },
  });
  const [first] = await store.list(made, { where: { workspaceId }, order: { by: 'id', direction: 'up' }, limit: 1 });
  return first?.createdAt ?? null;
}
