/** Where the jobs that are not finished are: in a line, waiting out a back-off, or held by a node. */
import type { Clock } from '../../shared/clock.ts';
import { chooseGpu } from '../../shared/room.ts';
import { hostNodeId } from '../host-executors/host-executor.ts';
import type { Roster } from '../nodes/roster.ts';
import type { QueueView, WorkspaceUse } from '../scheduler/snapshot.ts';
import { createUses } from '../scheduler/use.ts';
import type { AttemptTickets } from '../services.ts';
import type { Timers } from '../timers.ts';
import type { HostWork } from './host-work.ts';
import { createLines } from './line.ts';
import type { ActiveJob } from './record.ts';

/** Timers take 31 bits. */
const longestTimer = 2 ** 31 - 1;

export interface Holdings {
  find(jobId: string): ActiveJob | undefined;
  open(): Iterable<ActiveJob>;
  ofRun(runId: string): ActiveJob[];
  ofNode(nodeId: string): ActiveJob[];
  /** All jobs that nodes hold. */
  held(): ActiveJob[];
  readonly size: number;
  enter(job: ActiveJob): void;
  leave(job: ActiveJob): void;
  /** Now, or when its back-off is over. */
  standInLine(job: ActiveJob): void;
  leaveLine(job: ActiveJob): void;
  occupy(job: ActiveJob, nodeId: string): void;
  vacate(job: ActiveJob, nodeId: string): void;
  queues(): QueueView[];
  /** Lines of jobs that the host does itself; they are none of the scheduler's. */
  hostQueues(): QueueView[];
  use(): ReadonlyMap<string, WorkspaceUse>;
  stop(): void;
}

export function createHoldings(deps: {
  roster: Roster;
  clock: Clock;
  timers: Timers;
  tickets: AttemptTickets;
  host: HostWork;
  /** A job may be placed, or room became free. */
  onPlaceable: () => void;
  /** It has waited in line as long as it would (J5). */
  onImpatient: (job: ActiveJob, queueSeconds: number) => void;
}): Holdings {
  const { roster, clock, timers, tickets, host } = deps;
  const active = new Map<string, ActiveJob>();
  const byRun = new Map<string, Set<ActiveJob>>();
  const byNode = new Map<string, Set<ActiveJob>>();
  const use = createUses();
  const lines = createLines();
  const hostLines = createLines();
  const isHosts = ({ row }: ActiveJob) => host.kinds.has(row.kind);

  const enter = (job: ActiveJob) => {
    active.set(job.row.id, job);
    if (job.row.runId !== null) addTo(byRun, job.row.runId, job);
  };
  const leave = (job: ActiveJob) => {
    active.delete(job.row.id);
    if (job.row.runId !== null) deleteFrom(byRun, job.row.runId, job);
  };
  const standInLine = (job: ActiveJob) => {
    const wait = (job.life.notBefore ?? 0) - clock.now();
    if (wait > 0) {
      job.stopBackOff = timers.after(Math.min(wait, longestTimer), () => standInLine(job));
      return;
    }
    job.stopBackOff = null;
    job.inLine = true;
    losePatience(job);
    if (isHosts(job)) {
      hostLines.add(host.laneOf(job.row), job.need, job.waiting);
      host.wake();
      return;
    }
    lines.add(job.key, job.need, job.waiting);
    deps.onPlaceable();
  };
  const leaveLine = (job: ActiveJob) => {
    job.stopBackOff?.();
    job.stopBackOff = null;
    job.stopPatience?.();
    job.stopPatience = null;
    if (job.inLine && isHosts(job)) hostLines.remove(host.laneOf(job.row), job.waiting);
    else if (job.inLine) lines.remove(job.key, job.waiting);
    job.inLine = false;
  };
  /** J5: counted from when it came in line, also where that was before this start of the host. */
  const losePatience = (job: ActiveJob) => {
    const { queueSeconds } = job.row;
    if (queueSeconds === null) return;
    const left = lineSince(job) + queueSeconds * 1_000 - clock.now();
    job.stopPatience = timers.after(Math.max(0, left), () => deps.onImpatient(job, queueSeconds));
  };
  /** N6: a job that is adopted takes GPU memory as it did when it was placed; on which GPU is not known any more. */
  const gpuOf = ({ row: { requires } }: ActiveJob, nodeId: string): number | null => {
    if (requires.gpuMemoryMb === undefined) return null;
    const view = roster.get(nodeId)?.view;
    if (view === undefined || view.shared.gpus.length === 0) return null;
    return chooseGpu(requires.gpuMemoryMb, view.shared, view.taken) ?? 0;
  };
  const occupy = (job: ActiveJob, nodeId: string) => {
    addTo(byNode, nodeId, job);
    // What the host does itself takes nothing from contributors, and counts for nobody's share of them.
    if (nodeId === hostNodeId) return;
    job.gpu ??= gpuOf(job, nodeId);
    roster.reserve(nodeId, job.row.requires, job.gpu);
    const now = clock.now();
    use.occupy(job.row.workspaceId, job.row.submittedBy, job.row.requires.cores, now);
    lines.served(job.key, job.waiting, now);
  };
  const vacate = (job: ActiveJob, nodeId: string) => {
    deleteFrom(byNode, nodeId, job);
    const isOurs = nodeId === hostNodeId;
    if (!isOurs) giveBack(job, nodeId);
    if (job.ticket !== null) tickets.revoke(job.ticket);
    job.ticket = null;
    job.gpu = null;
    job.doubtedUntil = null;
    job.excused = 0;
    if (isOurs) host.wake();
    else deps.onPlaceable();
  };
  const giveBack = (job: ActiveJob, nodeId: string) => {
    roster.release(nodeId, job.row.requires, job.gpu);
    use.vacate(job.row.workspaceId, job.row.submittedBy, job.row.requires.cores, clock.now());
  };

  return {
    find: (jobId) => active.get(jobId),
    open: () => active.values(),
    ofRun: (runId) => [...(byRun.get(runId) ?? [])],
    ofNode: (nodeId) => [...(byNode.get(nodeId) ?? [])],
    held: () => [...byNode.values()].flatMap((jobs) => [...jobs]),
    get size() {
      return active.size;
    },
    enter,
    leave,
    standInLine,
    leaveLine,
    occupy,
    vacate,
    queues: () => lines.views(),
    hostQueues: () => hostLines.views(),
    use: use.view,
    stop() {
      for (const job of active.values()) {
        job.stopBackOff?.();
        job.stopPatience?.();
      }
    },
  };
}

/** Since when a job stands in line, also after a restart of the host. */
function lineSince({ row, life }: ActiveJob): number {
  const last = life.attempts.at(-1)?.finishedAt ?? row.createdAt;
  return Math.max(last, life.notBefore ?? 0, row.requeued?.at ?? 0);
}

function addTo<Key>(index: Map<Key, Set<ActiveJob>>, key: Key, job: ActiveJob): void {
  const jobs = index.get(key);
  if (jobs === undefined) index.set(key, new Set([job]));
  else jobs.add(job);
}

function deleteFrom<Key>(index: Map<Key, Set<ActiveJob>>, key: Key, job: ActiveJob): void {
  const jobs = index.get(key);
  jobs?.delete(job);
  if (jobs?.size === 0) index.delete(key);
}
