/** How long jobs of a sort take, from those that succeeded lately; in memory, bounded. */
import type { JobOrigin } from '../../shared/model/job.ts';

/** Durations kept of each sort, and sorts kept; the one that came first goes first. */
const kept = 15;
const mostSorts = 2_000;

/** What a duration goes by: a step of a flow, else the label, else all jobs of the kind in the workspace. */
export interface Sort {
  readonly workspaceId: string;
  readonly kind: string;
  readonly label?: string;
  readonly origin?: JobOrigin | null;
}

export interface Durations {
  note(sort: Sort, ms: number): void;
  /** The median of the narrowest sort that is known, in milliseconds; null where nothing is. */
  typical(sort: Sort): number | null;
}

export function createDurations(): Durations {
  const sorts = new Map<string, number[]>();
  const add = (key: string, ms: number) => {
    const known = sorts.get(key);
    if (known === undefined) {
      sorts.set(key, [ms]);
      const [oldest] = sorts.keys();
      if (sorts.size > mostSorts && oldest !== undefined) sorts.delete(oldest);
      return;
    }
    known.push(ms);
    if (known.length > kept) known.shift();
  };
  return {
    note(sort, ms) {
      for (const key of keysOf(sort)) add(key, ms);
    },
    typical(sort) {
      for (const key of keysOf(sort)) {
        const known = sorts.get(key);
        if (known !== undefined) return known.toSorted((left, right) => left - right)[known.length >> 1] ?? null;
      }
      return null;
    },
  };
}

function keysOf({ workspaceId, kind, label = '', origin = null }: Sort): string[] {
  const whole = `${workspaceId}\u0000${kind}`;
  const narrow = origin?.stepId ?? label;
  return narrow === '' ? [whole, kind] : [`${whole}\u0000${narrow}`, whole, kind];
}
