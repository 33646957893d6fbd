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
  const listOf = (key: string): number[] => {
    const known = sorts.get(key);
    if (known !== undefined) return known;
    const made: number[] = [];
    sorts.set(key, made);
    const [oldest] = sorts.keys();
    if (sorts.size > mostSorts && oldest !== undefined) sorts.delete(oldest);
    return made;
  };
  /** Jobs come in bulk: those of the same sort as the one before need no texts and no search. */
  let last: { workspaceId: string; kind: string; narrow: string; lists: readonly number[][] } | null = null;
  const listsOf = (sort: Sort): readonly number[][] => {
    const { workspaceId, kind } = sort;
    const narrow = narrowOf(sort);
    if (last?.workspaceId === workspaceId && last.kind === kind && last.narrow === narrow) return last.lists;
    last = { workspaceId, kind, narrow, lists: keysOf(sort).map(listOf) };
    return last.lists;
  };
  return {
    note(sort, ms) {
      for (const known of listsOf(sort)) {
        known.push(ms);
        if (known.length > kept) known.shift();
      }
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

const narrowOf = ({ label = '', origin = null }: Sort) => origin?.stepId ?? label;

function keysOf(sort: Sort): string[] {
  const { workspaceId, kind } = sort;
  const whole = `${workspaceId}\u0000${kind}`;
  const narrow = narrowOf(sort);
  return narrow === '' ? [whole, kind] : [`${whole}\u0000${narrow}`, whole, kind];
}
