/** How much of what an owner lends was in use lately: fairness to contributors. */

/** How far back "lately" reaches. */
const memory = 60 * 60_000;

export interface Given {
  /** A job had so many cores for so long. */
  add(owner: string, cores: number, ms: number, now: number): void;
  /** Share (0–1) of the cores that this owner lends that was in use lately. */
  share(owner: string, lentCores: number, now: number): number;
}

/** Exponentially weighted: what was given an hour ago weighs 1/e. */
export function createGiven(): Given {
  const byOwner = new Map<string, { coreMs: number; at: number }>();
  const weighed = (owner: string, now: number) => {
    const account = byOwner.get(owner);
    if (account === undefined) return 0;
    return now <= account.at ? account.coreMs : account.coreMs * Math.exp((account.at - now) / memory);
  };
  return {
    add(owner, cores, ms, now) {
      const coreMs = weighed(owner, now) + cores * ms;
      const account = byOwner.get(owner);
      if (account === undefined) byOwner.set(owner, { coreMs, at: now });
      else {
        account.coreMs = coreMs;
        account.at = now;
      }
    },
    share: (owner, lentCores, now) => (lentCores > 0 ? Math.min(1, weighed(owner, now) / (lentCores * memory)) : 0),
  };
}
