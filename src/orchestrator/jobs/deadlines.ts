/** What falls due for a job that a node holds. Pure. */
import type { NodeTimings } from '../../shared/protocol/node.ts';
import { nodeFault } from './faults.ts';
import { type ActiveJob, isHeld } from './record.ts';
import type { JobEvent } from './transition.ts';

/** The worker ends a job at its limit by itself; the host does so only when it did not. */
const runSlack = 10_000;
/** From this age on an assignment is written down (J8). */
const longAssignment = 1_000;

/** A gap between two looks that is longer than this, or negative: this machine slept, or its clock was set. */
const oddGap = 5_000;

/** Milliseconds by which the clock went on without the jobs: what passed then is nobody's silence (N4), nobody's run. */
export function excusedBy(before: number, now: number): number {
  const gap = now - before;
  return gap > oddGap || gap < 0 ? gap : 0;
}

const assignedAt = ({ life }: ActiveJob, otherwise: number) => life.attempts.at(-1)?.assignedAt ?? otherwise;

/** N4, N6: not heard of in time; N7: not acknowledged; J5: runs too long, or without progress while its node is here. */
export function dueEvent(job: ActiveJob, now: number, timings: NodeTimings, isHere: boolean): JobEvent | null {
  const { state, startedAt } = job.life;
  if (job.doubtedUntil !== null) {
    if (now < job.doubtedUntil) return null;
    return { type: 'lost', error: nodeFault('node_lost', 'The node did not come back with it') };
  }
  if (state === 'assigned' && now - assignedAt(job, now) - job.excused > timings.assignAck) {
    return { type: 'lost', error: nodeFault('not_acknowledged', 'The node did not acknowledge it in time') };
  }
  if (startedAt === null) return null;
  if (now - startedAt - job.excused > job.row.runSeconds * 1_000 + runSlack) return runTimeout(job);
  return isHere && isSilent(job, now) ? noProgress(job) : null;
}

const runTimeout = ({ row }: ActiveJob): JobEvent => {
  const message = `It ran longer than its ${row.runSeconds} s`;
  return { type: 'timeOut', error: { code: 'run_timeout', message, fault: 'job' } };
};

const isSilent = ({ row, life, progressAt, excused }: ActiveJob, now: number) =>
  row.silenceSeconds !== null &&
  now - Math.max(progressAt, (life.startedAt ?? now) + excused) > row.silenceSeconds * 1_000;

const noProgress = ({ row }: ActiveJob): JobEvent => {
  const message = `It wrote nothing and told of no progress for ${row.silenceSeconds} s`;
  return { type: 'timeOut', error: { code: 'no_progress', message, fault: 'job' } };
};

/** J5: nobody took it in the time that it would wait. */
export function queueTimeout({ row }: ActiveJob, seconds: number): JobEvent {
  const { model } = row.requires;
  const message = `It waited longer than ${seconds} s for a node${model === undefined ? '' : ` with the model "${model}"`}`;
  return { type: 'timeOut', error: { code: 'queue_timeout', message, fault: 'job' } };
}

/** Whether the assignment is old enough to be known after a restart, and is not written yet. */
export function isWorthWriting(job: ActiveJob, now: number): boolean {
  return !job.written && isHeld(job.life) && now - assignedAt(job, now) >= longAssignment;
}
