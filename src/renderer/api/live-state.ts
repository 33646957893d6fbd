/**
 * Pure core of the live connection.
 *
 *   idle ──► connecting ──open──► live ──close──► lost ──(back-off)──► connecting …
 *
 * `lost` keeps since when nothing was heard, because the title bar says how old the data is.
 */
export type LiveState =
  | { kind: 'idle' }
  | { kind: 'connecting'; tries: number; since: number }
  | { kind: 'live' }
  | { kind: 'lost'; tries: number; since: number; nextTryAt: number }
  | { kind: 'signed-out' };

export type LiveInput =
  | { kind: 'opened' }
  | { kind: 'closed'; at: number; random: number; signedOut: boolean }
  | { kind: 'trying'; at: number };

/** Milliseconds before try number `tries` (from 0): `min(30 s, 0.5 s · 2ⁿ) · U(0.5, 1)`. `random` is in [0, 1). */
export const backOff = (tries: number, random: number): number =>
  Math.min(30_000, 500 * 2 ** Math.min(tries, 10)) * (0.5 + random / 2);

export function nextLiveState(state: LiveState, input: LiveInput): LiveState {
  switch (input.kind) {
    case 'opened':
      return { kind: 'live' };
    case 'trying':
      if (state.kind === 'idle') return { kind: 'connecting', tries: 0, since: input.at };
      if (state.kind === 'lost') return { kind: 'connecting', tries: state.tries, since: state.since };
      return state.kind === 'signed-out' ? { kind: 'connecting', tries: 0, since: input.at } : state;
    case 'closed': {
      if (input.signedOut) return { kind: 'signed-out' };
      const tries = state.kind === 'connecting' || state.kind === 'lost' ? state.tries + 1 : 0;
      const since = state.kind === 'connecting' || state.kind === 'lost' ? state.since : input.at;
      return { kind: 'lost', tries, since, nextTryAt: input.at + backOff(tries, input.random) };
    }
  }
}
