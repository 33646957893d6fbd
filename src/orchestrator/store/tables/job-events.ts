import { table } from '../store.ts';

/** What happened to a job that neither its columns nor its attempts tell (J9); few jobs have any. */
export interface JobEventRow {
  jobId: string;
  at: number;
  what: 'adopted' | 'stale' | 'requeued' | 'cancelled';
  nodeId: string | null;
  /** The member who did it. */
  by: string | null;
  /** The fence of an adopted attempt or of a stale result; how many attempts there were when it was requeued. */
  detail: string | null;
}
export const jobEvents = table<JobEventRow>({
  name: 'job_events',
  key: ['jobId', 'at', 'what'],
  columns: { jobId: 'text', at: 'integer', what: 'text', nodeId: 'text', by: 'text', detail: 'text' },
});
