/** What a node has earned with one kind of job (engine.md, Reputation). Pure. */
import type { Attempt } from '../../shared/model/job.ts';
import type { checkOutcomes, Reputation } from '../../shared/model/node.ts';
import { betaQuantile } from './beta.ts';

/** What happened counts half after 7 days. */
export const halfLife = 7 * 24 * 60 * 60_000;
const believedFrom = 0.05;
/** Attempts kept as evidence. */
export const maxRecent = 40;
/** A result that others did not get is worse than none at all. */
export const wrongResultWeight = 3;

export type CheckOutcome = (typeof checkOutcomes)[number];

/** One attempt as it is kept. `ms`: how long it took, null where it did not come to an end by itself. */
export interface StoredAttempt {
  readonly at: number;
  readonly outcome: 'succeeded' | 'failed' | 'lost' | 'cancelled' | 'checked';
  readonly ms: number | null;
  readonly counted: 'success' | 'fault' | null;
  readonly why: string | null;
  readonly check: CheckOutcome | null;
  readonly jobId: string;
  readonly workspaceId: string;
  readonly label: string;
}

/** `successes` and `faults` as they weighed at `at`; the latest of `recent` last. */
export interface Ledger {
  readonly successes: number;
  readonly faults: number;
  readonly at: number;
  readonly streak: number;
  /** Results in a row on which another node agreed. */
  readonly agreed: number;
  readonly recent: readonly StoredAttempt[];
}

export const emptyLedger: Ledger = { successes: 0, faults: 0, at: 0, streak: 0, agreed: 0, recent: [] };

/** Codes of attempts that ended because the machine's owner wanted so; that costs nothing. */
const ownersWill: ReadonlySet<string> = new Set(['node_left', 'drained', 'paused', 'limits_changed', 'cancelled']);

/** What an attempt does to the reputation of its node, and why not where it does nothing. */
export function countedAs({
  outcome,
  error,
}: Pick<Attempt, 'outcome' | 'error'>): Pick<StoredAttempt, 'counted' | 'why'> {
  switch (outcome) {
    case 'succeeded':
      return { counted: 'success', why: null };
    case 'failed':
    case 'lost':
      if (error === undefined || error.fault === 'job') return { counted: null, why: "The job's own fault" };
      if (ownersWill.has(error.code)) return { counted: null, why: 'Its owner kept the machine' };
      return { counted: 'fault', why: error.message };
    case 'cancelled':
      return { counted: null, why: 'Taken back by people' };
    case 'rejected':
    case 'running':
      return { counted: null, why: null };
    default:
      return outcome satisfies never;
  }
}

/** The ledger after these attempts, each noted at its time. Many at once cost much less than one by one. */
export function noted(ledger: Ledger, attempts: readonly StoredAttempt[]): Ledger {
  let { successes, faults, at, streak, agreed } = ledger;
  for (const attempt of attempts) {
    if (attempt.at > at) {
      ({ successes, faults } = weightsAt({ successes, faults, at }, attempt.at));
      at = attempt.at;
    }
    if (attempt.counted === 'success') successes += 1;
    if (attempt.counted === 'fault') faults += attempt.check === 'outvoted' ? wrongResultWeight : 1;
    if (attempt.counted !== null) streak = attempt.counted === 'fault' ? 0 : streak + 1;
    if (attempt.check === 'outvoted') agreed = 0;
    if (attempt.check === 'agreed') agreed += 1;
  }
  const recent = [...ledger.recent, ...attempts.slice(-maxRecent)].slice(-maxRecent);
  return { successes, faults, at, streak, agreed, recent };
}

/** A clock that was set back makes nothing weigh more. */
function weightsAt(
  { successes, faults, at }: Pick<Ledger, 'successes' | 'faults' | 'at'>,
  now: number,
): { successes: number; faults: number } {
  const weight = 0.5 ** (Math.max(0, now - at) / halfLife);
  return { successes: successes * weight, faults: faults * weight };
}

/** 0–1: the lower 5 % bound of Beta(1 + s, 1 + f). A new node has 0.05. */
export function scoreOf(ledger: Ledger, now: number): number {
  const { successes, faults } = weightsAt(ledger, now);
  return betaQuantile(believedFrom, 1 + successes, 1 + faults);
}

/**
 * 0–1, by which placement goes: half-way between the score and what one would expect, (1 + s) / (2 + s + f). The score
 * alone cannot tell a node that nobody knows from one that always fails.
 */
export function trustIn(ledger: Ledger, now: number): number {
  const { successes, faults } = weightsAt(ledger, now);
  return (scoreOf(ledger, now) + (1 + successes) / (2 + successes + faults)) / 2;
}

/** Of the successful attempts that are kept, in milliseconds; null where there is none. */
export function medianMs(ledger: Ledger): number | null {
  return median(ledger.recent.flatMap(({ counted, ms }) => (counted === 'success' && ms !== null ? [ms] : [])));
}

export function median(values: readonly number[]): number | null {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? null;
}

/** `typicalMs`: the median over all nodes; null where no other node is known. */
export function reputationOf(kind: string, ledger: Ledger, typicalMs: number | null, now: number): Reputation {
  const { successes, faults } = weightsAt(ledger, now);
  const own = medianMs(ledger);
  return {
    kind,
    score: Math.round(100 * scoreOf(ledger, now)),
    successes: Math.round(successes),
    faults: Math.round(faults),
    streak: ledger.streak,
    medianMs: own,
    speed: speedOf(own, typicalMs),
  };
}

export function speedOf(ownMs: number | null, typicalMs: number | null): number | null {
  return ownMs === null || typicalMs === null ? null : Math.max(1, typicalMs) / Math.max(1, ownMs);
}
