/** Random numbers from a seed, so that a run that failed can be had again. */
export interface Draw {
  /** In [0, 1). */
  number(): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  one<Value>(of: readonly Value[]): Value;
}

/** Mulberry32: a 32-bit generator of which the same seed gives the same numbers everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const number = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number) => from + Math.floor(number() * (to - from + 1));
  return {
    number,
    whole,
    one(of) {
      const found = of[whole(0, of.length - 1)];
      if (found === undefined) throw new Error('There is nothing to choose from');
      return found;
    },
  };
}
