/** How many jobs the host does at once, by kind and by lane, and whose turn it is. */
import type { QueueView } from '../scheduler/snapshot.ts';

interface Bounds {
  readonly atOnce: number;
  readonly atOncePerLane: number;
}

export interface Room {
  /** The jobs to begin now: one of each line in turn, so that a long line holds up nobody else's. */
  choose(queues: readonly QueueView[]): string[];
  enter(kind: string, lane: string): void;
  leave(kind: string, lane: string): void;
}

export function createRoom(bounds: ReadonlyMap<string, Bounds>): Room {
  const byKind = new Map<string, number>();
  const byLane = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string, by: 1 | -1) => {
    const now = (counts.get(key) ?? 0) + by;
    if (now > 0) counts.set(key, now);
    else counts.delete(key);
  };
  /** The line after which the next pass begins. */
  let last = '';

  return {
    choose(queues) {
      const kinds = new Map(byKind);
      const lanes = new Map(byLane);
      const lines = inTurn(queues, last).map(({ key, need, jobs }) => ({
        key,
        kind: need.kind,
        jobs: jobs[Symbol.iterator](),
      }));
      const chosen: string[] = [];
      while (lines.length > 0) {
        for (const line of [...lines]) {
          const bound = bounds.get(line.kind);
          const isFull =
            bound === undefined ||
            (kinds.get(line.kind) ?? 0) >= bound.atOnce ||
            (lanes.get(line.key) ?? 0) >= bound.atOncePerLane;
          const next = isFull ? undefined : line.jobs.next();
          if (next === undefined || next.done === true) {
            lines.splice(lines.indexOf(line), 1);
            continue;
          }
          count(kinds, line.kind, 1);
          count(lanes, line.key, 1);
          chosen.push(next.value.id);
          last = line.key;
        }
      }
      return chosen;
    },
    enter(kind, lane) {
      count(byKind, kind, 1);
      count(byLane, lane, 1);
    },
    leave(kind, lane) {
      count(byKind, kind, -1);
      count(byLane, lane, -1);
    },
  };
}

function inTurn(queues: readonly QueueView[], last: string): QueueView[] {
  const next = queues.findIndex(({ key }) => key === last) + 1;
  return [...queues.slice(next), ...queues.slice(0, next)];
}
