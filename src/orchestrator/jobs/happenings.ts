/** A job's history (J9): derived from its columns and attempts, and the few events that those do not tell. Pure. */
import type { Attempt, JobHappening } from '../../shared/model/job.ts';
import { type Change, put } from '../store/store.ts';
import { type JobEventRow, type JobRow, jobEvents } from '../store/tables.ts';
import type { ActiveJob } from './record.ts';

/** So many events of their own are kept of a job, in each life of the host. */
export const maxJobEvents = 40;

type Fields = Partial<Pick<JobEventRow, 'nodeId' | 'by' | 'detail'>>;
export type NoteJob = (job: ActiveJob, what: JobEventRow['what'], fields: Fields) => void;

export function jobEvent(jobId: string, what: JobEventRow['what'], at: number, fields: Fields): Change {
  return put(jobEvents, { jobId, at, what, nodeId: null, by: null, detail: null, ...fields });
}

export interface HistoryNames {
  /** Null for nodes that are not known any more. */
  node(nodeId: string): string | null;
  member(userId: string): string | null;
}

/** The lines of a history, the earliest first. `waits` is why the job is pending now; null when it is not. */
export function historyOf(
  row: JobRow,
  events: readonly JobEventRow[],
  waits: { at: number; text: string } | null,
  names: HistoryNames,
): JobHappening[] {
  const submitted = row.submittedBy === null ? null : names.member(row.submittedBy);
  const lines: JobHappening[] = [
    { at: row.createdAt, what: 'submitted', text: 'Submitted', ...(submitted === null ? {} : { by: submitted }) },
    ...row.attempts.flatMap((attempt, index) => attemptLines(row, attempt, row.attempts[index - 1], names)),
    ...endLines(row, events),
  ];
  for (const event of events) lines.splice(placeOf(event, lines), 0, eventLine(event, names));
  if (waits !== null) lines.push({ ...waits, what: 'waits' });
  return lines;
}

/** Where an event belongs among lines that stand in order; much can happen within a millisecond. */
function placeOf({ at, what, detail }: JobEventRow, lines: readonly JobHappening[]): number {
  const after = lines.findIndex((line) => {
    if (what === 'requeued' && line.attempt !== undefined) return line.attempt > Number(detail);
    return line.at > at || (what === 'adopted' && line.at === at && line.what === 'acknowledged');
  });
  return after === -1 ? lines.length : after;
}

function attemptLines(row: JobRow, attempt: Attempt, before: Attempt | undefined, names: HistoryNames): JobHappening[] {
  const nodeName = names.node(attempt.nodeId);
  const place = { attempt: attempt.number, nodeId: attempt.nodeId, ...(nodeName === null ? {} : { nodeName }) };
  const onto = nodeName ?? 'a node that is gone';
  const again = before !== undefined && (before.outcome === 'failed' || before.outcome === 'lost');
  const lines: JobHappening[] = [
    again
      ? { at: attempt.assignedAt, what: 'retried', text: `Tried again on ${onto}`, ...place }
      : { at: attempt.assignedAt, what: 'assigned', text: `Given to ${onto}`, ...place },
  ];
  if (attempt === row.attempts.at(-1) && row.startedAt !== null && row.startedAt > attempt.assignedAt) {
    lines.push({ at: row.startedAt, what: 'acknowledged', text: `${nodeName ?? 'The node'} began`, ...place });
  }
  if (attempt.finishedAt === null || (attempt.outcome === 'cancelled' && row.state === 'cancelled')) return lines;
  const { error } = attempt;
  lines.push({ at: attempt.finishedAt, ...outcomeOf(attempt), ...place, ...(error === undefined ? {} : { error }) });
  return lines;
}

function outcomeOf({ outcome, error }: Attempt): Pick<JobHappening, 'what' | 'text'> {
  const words = error?.message ?? '';
  switch (outcome) {
    case 'running':
      return { what: 'acknowledged', text: 'Works on it' };
    case 'succeeded':
      return { what: 'succeeded', text: 'Done' };
    case 'failed':
      return { what: 'failed', text: error?.fault === 'node' ? `The node failed: ${words}` : `It failed: ${words}` };
    case 'lost':
      return { what: 'lost', text: words };
    case 'rejected':
      return { what: 'rejected', text: `Not taken: ${words}` };
    case 'cancelled':
      return { what: 'taken_back', text: 'Taken back' };
    default:
      return outcome satisfies never;
  }
}

function eventLine({ at, what, nodeId, by, detail }: JobEventRow, names: HistoryNames): JobHappening {
  const member = by === null ? null : names.member(by);
  const nodeName = nodeId === null ? null : names.node(nodeId);
  const common = {
    ...(nodeId === null ? {} : { nodeId }),
    ...(nodeName === null ? {} : { nodeName }),
    ...(member === null ? {} : { by: member }),
  };
  switch (what) {
    case 'adopted':
      return { at, what, text: `${nodeName ?? 'The node'} came back and still works on it`, ...common };
    case 'stale':
      return { at, what, text: `A late result of ${nodeName ?? 'a node'} was dropped`, ...common };
    case 'requeued':
      return { at, what, text: `Put in line again after ${detail ?? 'some'} attempts`, ...common };
    case 'cancelled':
      return { at, what, text: 'Cancelled', ...common };
    default:
      return what satisfies never;
  }
}

function endLines(row: JobRow, events: readonly JobEventRow[]): JobHappening[] {
  const { state, finishedAt: at, error } = row;
  if (at === null || state === 'succeeded') return [];
  if (state === 'cancelled') {
    return events.some(({ what }) => what === 'cancelled') ? [] : [{ at, what: 'cancelled', text: 'Cancelled' }];
  }
  const text = state === 'dead' ? 'Dead: nodes failed it too often' : `Failed: ${error?.message ?? 'no reason given'}`;
  return [{ at, what: 'ended', text, ...(error === null ? {} : { error }) }];
}
