/** Sets of small numbers as bits, so that what two sets have in common is found 32 at a time. */
export type Bits = Uint32Array;

export const bitsFor = (count: number): Bits => new Uint32Array((count + 31) >> 5);

export function setBit(set: Bits, index: number): void {
  set[index >> 5] = (set[index >> 5] ?? 0) | (1 << (index & 31));
}
export function clearBit(set: Bits, index: number): void {
  set[index >> 5] = (set[index >> 5] ?? 0) & ~(1 << (index & 31));
}

/** The least number that is in both sets and that `accepts`; −1 for none. `accepts` may clear what it is asked about. */
export function firstInBoth(left: Bits, right: Bits, accepts: (index: number) => boolean): number {
  for (let word = 0; word < left.length; word += 1) {
    for (let bits = (left[word] ?? 0) & (right[word] ?? 0); bits !== 0; bits &= bits - 1) {
      const index = (word << 5) + (31 - Math.clz32(bits & -bits));
      if (accepts(index)) return index;
    }
  }
  return -1;
}

/** Items that stand in levels, 0 the best; each level a set. */
export interface Levels {
  place(item: number, level: number): void;
  /** The sets from this level on, the best first; those that were never used are undefined. */
  readonly sets: readonly (Bits | undefined)[];
  /** How many items stand in a level. */
  count(level: number): number;
}

export function createLevels(items: number): Levels {
  const levelOf = new Int16Array(items).fill(-1);
  const sets: (Bits | undefined)[] = [];
  const counts: number[] = [];
  return {
    sets,
    count: (level) => counts[level] ?? 0,
    place(item, level) {
      const last = levelOf[item] ?? -1;
      if (last === level) return;
      const before = sets[last];
      if (before !== undefined) {
        clearBit(before, item);
        counts[last] = (counts[last] ?? 0) - 1;
      }
      counts[level] = (counts[level] ?? 0) + 1;
      levelOf[item] = level;
      let set = sets[level];
      if (set === undefined) {
        set = bitsFor(items);
        sets[level] = set;
      }
      setBit(set, item);
    },
  };
}
