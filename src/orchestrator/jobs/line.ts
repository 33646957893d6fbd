/** Jobs that may be placed now: one line for each need and member, in the order in which they are served. */
import type { Requirements } from '../../shared/model/job.ts';
import { inLine, type Need, type QueueView, type WaitingJob } from '../scheduler/snapshot.ts';

export interface Lines {
  add(key: string, need: Need, job: WaitingJob): void;
  remove(key: string, job: WaitingJob): void;
  /** A job of its line was placed. */
  served(key: string, job: WaitingJob, now: number): void;
  views(): QueueView[];
  readonly size: number;
}

interface Line {
  readonly key: string;
  readonly member: string | null;
  readonly need: Need;
  servedAt: number;
  /** Sorted; those before `head` are gone, and so are those in `gone`. */
  jobs: WaitingJob[];
  head: number;
  readonly gone: Set<string>;
}

/** Jobs of one member whose needs have the same key stand in the same line. */
export function needKey(workspaceId: string, kind: string, requires: Requirements): string {
  const { cores, ramMb, gpuMemoryMb = '', tags, nodeId = '' } = requires;
  const named = tags === undefined ? '' : tags.toSorted().join('\u0001');
  const rest = isPlain(requires) ? '' : rarelyNeeded(requires);
  return `${workspaceId}\u0000${kind}\u0000${cores}\u0000${ramMb}\u0000${gpuMemoryMb}\u0000${nodeId}\u0000${named}${rest}`;
}

const isPlain = ({ model, storageMb, notNodeIds }: Requirements) =>
  model === undefined && storageMb === undefined && notNodeIds === undefined;
const rarelyNeeded = ({ model = '', storageMb, notNodeIds = [] }: Requirements) =>
  `\u0000${model}\u0000${storageMb ?? ''}\u0000${notNodeIds.toSorted().join('\u0001')}`;

export function createLines(): Lines {
  const lines = new Map<string, Map<string | null, Line>>();
  let size = 0;
  const newLine = (key: string, need: Need, member: string | null): Line => {
    const line = { key, member, need, servedAt: 0, jobs: [], head: 0, gone: new Set<string>() };
    const others = lines.get(key);
    if (others === undefined) lines.set(key, new Map([[member, line]]));
    else others.set(member, line);
    return line;
  };
  return {
    get size() {
      return size;
    },
    add(key, need, job) {
      insert(lines.get(key)?.get(job.member) ?? newLine(key, need, job.member), job);
      size += 1;
    },
    remove(key, job) {
      const members = lines.get(key);
      const line = members?.get(job.member);
      if (members === undefined || line === undefined) return;
      line.gone.add(job.id);
      size -= 1;
      advance(line);
      if (line.head !== line.jobs.length) return;
      members.delete(job.member);
      if (members.size === 0) lines.delete(key);
    },
    served(key, job, now) {
      const line = lines.get(key)?.get(job.member);
      if (line !== undefined) line.servedAt = now;
    },
    views() {
      const views: QueueView[] = [];
      for (const members of lines.values()) for (const line of members.values()) views.push(viewOf(line));
      return views;
    },
  };
}

function insert(line: Line, job: WaitingJob): void {
  // One that was taken out and comes back (a retry) must not be taken for gone.
  if (line.gone.delete(job.id)) line.jobs = line.jobs.filter(({ id }, index) => index < line.head || id !== job.id);
  const last = line.jobs.at(-1);
  if (last === undefined || inLine(last, job) <= 0) {
    line.jobs.push(job);
    return;
  }
  let low = line.head;
  let high = line.jobs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = line.jobs[middle];
    if (other !== undefined && inLine(other, job) <= 0) low = middle + 1;
    else high = middle;
  }
  line.jobs.splice(low, 0, job);
}

function advance(line: Line): void {
  for (let first = line.jobs[line.head]; first !== undefined && line.gone.has(first.id); first = line.jobs[line.head]) {
    line.gone.delete(first.id);
    line.head += 1;
  }
  if (line.head < 1_024 || line.head * 2 < line.jobs.length) return;
  line.jobs = line.jobs.slice(line.head);
  line.head = 0;
}

const viewOf = (line: Line): QueueView => ({
  key: line.key,
  member: line.member,
  need: line.need,
  jobs: waiting(line),
  servedAt: line.servedAt,
});

/** Iterates while the line is not changed. */
function waiting(line: Line): Iterable<WaitingJob> {
  return {
    *[Symbol.iterator]() {
      for (let index = line.head; index < line.jobs.length; index += 1) {
        const job = line.jobs[index];
        if (job !== undefined && !line.gone.has(job.id)) yield job;
      }
    },
  };
}
