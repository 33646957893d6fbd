/** What nodes say about jobs (N6, N7, N9, N10), turned into events of those jobs. */
import type { Clock } from '../../shared/clock.ts';
import type { Attempt, JobError } from '../../shared/model/job.ts';
import { isBlobRef } from '../../shared/model/values.ts';
import type { HostMessageOf, NodeMessageOf, NodeTimings, RunningJob } from '../../shared/protocol/node.ts';
import type { EventHub } from '../live/hub.ts';
import type { Roster } from '../nodes/roster.ts';
import type { AttemptTickets } from '../services.ts';
import type { Store } from '../store/store.ts';
import { jobEvents, jobs as jobsTable } from '../store/tables.ts';
import type { EngineLog } from './engine.ts';
import { nodeFault } from './faults.ts';
import { jobEvent, maxJobEvents, type NoteJob } from './happenings.ts';
import type { Holdings } from './holdings.ts';
import { openedBlobs } from './payload.ts';
import { type ActiveJob, isHeld, isOver, lifeChange, outputOf } from './record.ts';
import type { JobEffect, JobEvent } from './transition.ts';

type Chunk = NodeMessageOf<'chunk'>;
type Answer = (status: 'accepted' | 'stale') => void;

export interface NodeReports {
  acknowledged(nodeId: string, message: NodeMessageOf<'job_ack'>): void;
  rejected(nodeId: string, message: NodeMessageOf<'job_reject'>): void;
  /** The sequence number to acknowledge, or null when the attempt does not hold any more; the chunks are of one attempt. */
  wrote(nodeId: string, chunks: readonly [Chunk, ...Chunk[]]): number | null;
  /** `answer` is called after the commit (N10, N11). */
  ended(nodeId: string, message: NodeMessageOf<'job_done'> | NodeMessageOf<'job_failed'>, answer: Answer): void;
  /** N6: what of the jobs that a node says it runs is kept. */
  presented(nodeId: string, running: readonly RunningJob[]): HostMessageOf<'registered'>['jobs'];
}

export function createNodeReports(deps: {
  holdings: Holdings;
  apply: (job: ActiveJob, event: JobEvent) => readonly JobEffect[];
  note: NoteJob;
  store: Store;
  roster: Roster;
  hub: EventHub;
  tickets: AttemptTickets;
  clock: Clock;
  timings: NodeTimings;
  epoch: number;
  log: EngineLog;
}): NodeReports {
  const { holdings, apply, note, store, roster, hub, tickets, clock } = deps;

  /** A node speaks only for jobs of workspaces that it serves, and for an attempt only if it is its own. */
  const heardFrom = (nodeId: string, jobId: string): ActiveJob | null => {
    const job = holdings.find(jobId);
    if (job === undefined) return null;
    if (job.life.nodeId !== null) return job.life.nodeId === nodeId ? job : null;
    return roster.get(nodeId)?.workspaces.get(job.row.workspaceId) === 'serves' ? job : null;
  };

  /** A node may name only content that it delivered with this attempt's ticket: a hash alone opens nothing. */
  const undelivered = (job: ActiveJob, result: unknown): JobError | null => {
    if (!isBlobRef(result) || tickets.check(job.ticket ?? '')?.delivered.has(result.$blob) === true) return null;
    return nodeFault('result_undelivered', 'The node named a result that it did not deliver');
  };

  /** What a node began and neither runs nor holds a result of ended with it; what it never began may just reach it now. */
  const notPresented = (job: ActiveJob) => {
    if (job.life.state === 'running') {
      apply(job, { type: 'lost', error: nodeFault('node_restarted', 'The node came back without it') });
    } else job.doubtedUntil = clock.now() + deps.timings.assignAck;
  };

  /** A result for a job that is finished: accepted if it is the very one that finished it and only the answer got lost. */
  const answerFromStore = async (nodeId: string, jobId: string, fence: string, answer: Answer): Promise<void> => {
    try {
      const row = await store.get(jobsTable, { id: jobId });
      const accepted = row !== null && row.fence === fence && row.state !== 'cancelled' && row.finishedAt !== null;
      if (!accepted && row !== null && isAttemptOf(row.attempts, nodeId, fence)) await noteLate(nodeId, jobId, fence);
      answer(accepted ? 'accepted' : 'stale');
    } catch (error) {
      deps.log.warn({ err: error, jobId }, 'A late result could not be looked up; the node will repeat it');
    }
  };
  const noteLate = async (nodeId: string, jobId: string, fence: string) => {
    if ((await store.count(jobEvents, { jobId })) >= maxJobEvents) return;
    await store.commit([jobEvent(jobId, 'stale', clock.now(), { nodeId, detail: fence })]);
  };

  return {
    acknowledged(nodeId, { job_id, fence }) {
      const job = heardFrom(nodeId, job_id);
      const effects = job === null ? [{ type: 'stale' as const }] : apply(job, { type: 'acknowledge', fence });
      // It was not presented (N6) because it still waited for room on the node.
      if (job !== null && isHeld(job.life) && job.life.fence === fence) job.doubtedUntil = null;
      // It works on something that is not its own any more.
      if (effects.some(({ type }) => type === 'stale') && job?.life.fence !== fence) {
        roster.send(nodeId, { type: 'job_cancel', job_id, fence, reason: 'stale' });
      }
    },
    rejected(nodeId, { job_id, fence, reason, message }) {
      const job = heardFrom(nodeId, job_id);
      if (job !== null)
        apply(job, { type: 'reject', fence, error: nodeFault(reason, message ?? 'The node did not take it') });
    },
    wrote(nodeId, written) {
      const [{ job_id, fence }] = written;
      const job = heardFrom(nodeId, job_id);
      const attempt = job?.life.attempts.at(-1);
      if (job === null || job.life.fence !== fence || attempt === undefined) return null;
      const at = clock.now();
      const output = outputOf(job);
      job.progressAt = at;
      const fresh = output.add({ fence, attempt: attempt.number }, written, at);
      const topic = `job:${job_id}`;
      if (fresh.length > 0 && hub.hears(topic)) {
        const chunks = fresh.map(({ seq, stream, text }) => ({ attempt: attempt.number, seq, stream, text, at }));
        hub.publish(job.row.workspaceId, topic, { kind: 'job.output', jobId: job_id, chunks });
      }
      return output.lastSeq(fence);
    },
    ended(nodeId, message, answer) {
      const { job_id: jobId, fence } = message;
      const job = heardFrom(nodeId, jobId);
      if (job === null) {
        void answerFromStore(nodeId, jobId, fence, answer);
        return;
      }
      const event = { fence, nodeId, earlier: epochOf(fence) < deps.epoch };
      const before = job.result;
      if (message.type === 'job_done' && !isOver(job.life)) job.result = message.result ?? null;
      const error = message.type === 'job_failed' ? message.error : undelivered(job, message.result);
      const effects = apply(job, error === null ? { type: 'done', ...event } : { type: 'failed', ...event, error });
      if (effects.some(({ type }) => type === 'stale')) job.result = before;
      const known = effects.every(({ type }) => type !== 'stale') || (isOver(job.life) && job.life.fence === fence);
      if (!known) {
        if (isAttemptOf(job.life.attempts, nodeId, fence)) note(job, 'stale', { nodeId, detail: fence });
        answer('stale');
      } else if (job.end === null)
        void store.commit([lifeChange(job)]).then(
          () => answer('accepted'),
          () => undefined,
        );
      else {
        const before = job.whenEnded;
        job.whenEnded = () => {
          before?.();
          answer('accepted');
        };
      }
    },
    presented(nodeId, running) {
      const verdicts = running.map(({ job_id, fence, acked_seq }) => {
        const job = heardFrom(nodeId, job_id);
        const mine = job !== null && ownAttempt(job, nodeId, fence, deps.epoch);
        const { life: before = null, doubtedUntil: doubted = null } = job ?? {};
        const keep = mine && apply(job, { type: 'adopt', fence, nodeId }).every(({ type }) => type !== 'stale');
        if (!keep || job === null) return { job_id, fence, verdict: 'revoke' as const, acked_seq };
        if (doubted !== null || before?.state === 'queued') note(job, 'adopted', { nodeId, detail: fence });
        job.doubtedUntil = null;
        job.progressAt = clock.now();
        // An older host's ticket went with it, and a result may wait for one to be delivered with.
        job.ticket ??= tickets.issue({ jobId: job_id, fence, blobs: openedBlobs(job.row.input) });
        return {
          job_id,
          fence,
          verdict: 'keep' as const,
          acked_seq: Math.max(acked_seq, job.output?.lastSeq(fence) ?? -1),
          ticket: job.ticket,
        };
      });
      const kept = new Set(verdicts.filter(({ verdict }) => verdict === 'keep').map(({ job_id }) => job_id));
      for (const job of holdings.ofNode(nodeId)) if (!kept.has(job.row.id)) notPresented(job);
      return verdicts;
    },
  };
}

const epochOf = (fence: string) => Number(fence.slice(0, fence.indexOf('.')));

/** Whether that assignment was this node's: on record as such, or made before this start of the host and not on record. */
function ownAttempt(job: ActiveJob, nodeId: string, fence: string, epoch: number): boolean {
  const known = job.life.attempts.find((attempt) => attempt.fence === fence);
  return known === undefined ? epochOf(fence) < epoch : known.nodeId === nodeId;
}

const isAttemptOf = (attempts: readonly Attempt[], nodeId: string, fence: string) =>
  attempts.some((attempt) => attempt.fence === fence && attempt.nodeId === nodeId);
