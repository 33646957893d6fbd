/** Which jobs a list shows: those that are open as they are in memory, the others as they are stored. */

import type { Job } from '../../shared/model/job.ts';
import { type JobState, jobStates } from '../../shared/model/job.ts';
import type { JobFilter, Page, PageRequest } from '../services.ts';
import type { Store } from '../store/store.ts';
import { type JobRow, jobs as jobsTable } from '../store/tables.ts';
import type { JobEngine } from './engine.ts';
import { type ActiveJob, currentRow, isOver, toJob } from './record.ts';

export type JobPage = PageRequest &
  Omit<JobFilter, 'jobIds' | 'states'> & {
    state?: string;
    /** `none`: only jobs that belong to no run. */
    runs?: 'none';
  };

const openStates: readonly JobState[] = ['queued', 'assigned', 'running'];
const pageSize = 100;

/** The latest first. `state` names one or several states, separated by commas. */
export async function listJobs(
  store: Store,
  engine: JobEngine,
  workspaceId: string,
  page: JobPage,
): Promise<Page<Job>> {
  const states = page.state === undefined ? jobStates : jobStates.filter((one) => page.state?.split(',').includes(one));
  const open = states.filter((state) => openStates.includes(state));
  const over = states.filter((state) => !openStates.includes(state));
  // Jobs that are assigned or running are known in memory only; where all states are asked for, all are stored somehow.
  const rows = await (states.length === jobStates.length || open.length === 0
    ? storedRows(store, workspaceId, page, open.length === 0 ? over : undefined)
    : merged(openRows(engine, workspaceId, page, open), over, store, workspaceId, page));
  return toPage(
    rows.map((row) => withLife(engine, row)),
    page,
  );
}

/** Whether an open job is one of those that a filter means. */
export function matches({ row, life }: ActiveJob, workspaceId: string, filter: JobFilter): boolean {
  return (
    row.workspaceId === workspaceId &&
    (filter.states === undefined || filter.states.includes(life.state)) &&
    (filter.kind === undefined || row.kind === filter.kind) &&
    (filter.runId === undefined || row.runId === filter.runId) &&
    (filter.submittedBy === undefined || row.submittedBy === filter.submittedBy)
  );
}

const whereOf = ({ kind, runId, submittedBy, runs }: JobPage) => ({
  ...(kind === undefined ? {} : { kind }),
  ...(runId === undefined ? (runs === 'none' ? { runId: null } : {}) : { runId }),
  ...(submittedBy === undefined ? {} : { submittedBy }),
});
const asked = (page: JobPage) => (page.limit ?? pageSize) + 1;

async function storedRows(
  store: Store,
  workspaceId: string,
  page: JobPage,
  states: readonly JobState[] | undefined,
): Promise<JobRow[]> {
  const [only] = states ?? [];
  const state = states === undefined ? {} : { state: states.length === 1 && only !== undefined ? only : states };
  return store.list(jobsTable, {
    where: { workspaceId, ...state, ...whereOf(page) },
    ...(page.cursor === undefined ? {} : { after: { column: 'id', value: page.cursor } }),
    order: { by: 'id', direction: 'down' },
    limit: asked(page),
  });
}

function openRows(engine: JobEngine, workspaceId: string, page: JobPage, states: readonly JobState[]): JobRow[] {
  const { runs, kind, runId, submittedBy } = page;
  const filter: JobFilter = {
    states,
    ...(kind === undefined ? {} : { kind }),
    ...(runId === undefined ? {} : { runId }),
    ...(submittedBy === undefined ? {} : { submittedBy }),
  };
  const rows = [...engine.open()]
    .filter((job) => matches(job, workspaceId, filter) && (runs !== 'none' || job.row.runId === null))
    .filter(({ row }) => page.cursor === undefined || row.id < page.cursor);
  rows.sort((left, right) => (left.row.id < right.row.id ? 1 : -1));
  return rows.slice(0, asked(page)).map(currentRow);
}

async function merged(
  open: readonly JobRow[],
  over: readonly JobState[],
  store: Store,
  workspaceId: string,
  page: JobPage,
): Promise<JobRow[]> {
  if (over.length === 0) return [...open];
  const known = new Set(open.map(({ id }) => id));
  const stored = (await storedRows(store, workspaceId, page, over)).filter(({ id }) => !known.has(id));
  return [...open, ...stored].sort((left, right) => (left.id < right.id ? 1 : -1)).slice(0, asked(page));
}

function withLife(engine: JobEngine, row: JobRow): JobRow {
  const job = engine.find(row.id);
  return job === undefined || isOver(job.life) ? row : currentRow(job);
}

function toPage(rows: readonly JobRow[], page: PageRequest): Page<Job> {
  const limit = page.limit ?? pageSize;
  const items = rows.slice(0, limit).map(toJob);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
