/** Jobs that may be placed now: one line for each need, in the order in which they are served. */
import type { Requirements } from '../../shared/model/job.ts';
import { inLine, type Need, type QueueView, type WaitingJob } from '../scheduler/snapshot.ts';

export interface Lines {
  add(key: string, need: Need, job: WaitingJob): void;
  remove(key: string, job: WaitingJob): void;
  views(): QueueView[];
  readonly size: number;
}

interface Line {
  readonly key: string;
  readonly need: Need;
  /** Sorted; those before `head` are gone, and so are those in `gone`. */
  jobs: WaitingJob[];
  head: number;
  readonly gone: Set<string>;
}

/** Jobs whose needs have the same key stand in the same line. */
export function needKey(workspaceId: string, kind: string, requires: Requirements): string {
  const { cores, ramMb, gpuMemoryMb = '', tags, nodeId = '' } = requires;
  const named = tags === undefined ? '' : tags.toSorted().join('\u0001');
  return `${workspaceId}\u0000${kind}\u0000${cores}\u0000${ramMb}\u0000${gpuMemoryMb}\u0000${nodeId}\u0000${named}`;
}

export function createLines(): Lines {
  const lines = new Map<string, Line>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(key, need, job) {
      const line = lines.get(key) ?? { key, need, jobs: [], head: 0, gone: new Set<string>() };
      lines.set(key, line);
      insert(line, job);
      size += 1;
    },
    remove(key, job) {
      const line = lines.get(key);
      if (line === undefined) return;
      line.gone.add(job.id);
      size -= 1;
      advance(line);
      if (line.head === line.jobs.length) lines.delete(key);
    },
    views: () => Array.from(lines.values(), (line) => ({ key: line.key, need: line.need, jobs: waiting(line) })),
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
