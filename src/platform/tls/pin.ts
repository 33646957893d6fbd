/** Which certificate of a host is taken (S4). Pure; those who ask and look are elsewhere. */
import type { ShownCertificate } from './look-at-host.ts';

export type PinDecision =
  /** `pin` null: an authority vouches for it, as for any site. `keep`: it was not known so far. */
  | { verdict: 'connect'; pin: string | null; keep: boolean }
  | { verdict: 'ask'; fingerprint: string }
  | { verdict: 'refuse'; expected: string; shown: string };

export interface WhatIsKnown {
  /** From an invite link or `--fingerprint`: the last word. */
  given: string | null;
  /** By which this machine knew the host so far. */
  known: string | null;
  /** What the host shows now; null where it could not be asked. */
  shown: ShownCertificate | null;
}

/** Null: nothing is known and the host does not answer, so nothing can be decided. */
export function decidePin({ given, known, shown }: WhatIsKnown): PinDecision | null {
  const expected = given ?? known;
  if (expected !== null) {
    if (shown !== null && shown.fingerprint !== expected) {
      return { verdict: 'refuse', expected, shown: shown.fingerprint };
    }
    return { verdict: 'connect', pin: expected, keep: expected !== known };
  }
  if (shown === null) return null;
  return shown.trusted
    ? { verdict: 'connect', pin: null, keep: false }
    : { verdict: 'ask', fingerprint: shown.fingerprint };
}
