/**
 * Whether and when a service that ended is started again (pure).
 *
 *   delay = min(30 s, 0.5 s · 2ⁿ) · U(0.5, 1)      n: ends in a row, each after less than a minute of service
 */
export interface RestartLimits {
  /** Milliseconds. */
  firstDelay: number;
  maxDelay: number;
  /** Milliseconds of service after which earlier ends are forgotten. */
  healthyAfter: number;
  /** Ends in a row without once getting ready, after which it is given up. */
  maxFailedStarts: number;
}

export const defaultLimits: RestartLimits = {
  firstDelay: 500,
  maxDelay: 30_000,
  healthyAfter: 60_000,
  maxFailedStarts: 5,
};

/** What is remembered between ends. */
export interface RestartHistory {
  endsInARow: number;
  failedStarts: number;
}

export const noHistory: RestartHistory = { endsInARow: 0, failedStarts: 0 };

/** One life of the service: `readyFor` is how long it served, or null if it never got ready. */
export interface Life {
  readyFor: number | null;
  /** That it never got ready does not count: it said that the reason passes. */
  excused?: boolean;
}

export type RestartDecision =
  | { do: 'restart'; delay: number; history: RestartHistory }
  | { do: 'give-up'; history: RestartHistory };

/** Decides after an end that nobody asked for. `random` is in [0, 1). */
export function afterEnd(
  history: RestartHistory,
  life: Life,
  random: number,
  limits: RestartLimits = defaultLimits,
): RestartDecision {
  const next = remember(history, life, limits);
  if (next.failedStarts >= limits.maxFailedStarts) return { do: 'give-up', history: next };
  const ceiling = Math.min(limits.maxDelay, limits.firstDelay * 2 ** (next.endsInARow - 1));
  return { do: 'restart', delay: ceiling * (0.5 + random / 2), history: next };
}

function remember(history: RestartHistory, life: Life, limits: RestartLimits): RestartHistory {
  const healthy = life.readyFor !== null && life.readyFor >= limits.healthyAfter;
  return {
    endsInARow: healthy ? 1 : history.endsInARow + 1,
    failedStarts: life.readyFor !== null ? 0 : history.failedStarts + (life.excused === true ? 0 : 1),
  };
}
