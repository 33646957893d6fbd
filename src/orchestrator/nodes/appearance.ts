/** The colours and marks of machines (DESIGN.md, Machines): the ninth node starts again with the marks shifted by one. */
const kinds = 8;

export interface Appearance {
  readonly colour: number;
  readonly mark: number;
}

const pair = (index: number): Appearance => ({
  colour: (index % kinds) + 1,
  mark: (((index % kinds) + Math.floor(index / kinds)) % kinds) + 1,
});

/** Names a pair. */
export const appearanceKey = ({ colour, mark }: Appearance): number => colour * 10 + mark;

/** The first pair that none of `count` nodes has, by its key; with more than 64 nodes pairs repeat. */
export function nextAppearance(isTaken: (key: number) => boolean, count: number): Appearance {
  for (let index = 0; index < kinds * kinds; index += 1) {
    const free = pair(index);
    if (!isTaken(appearanceKey(free))) return free;
  }
  return pair(count % (kinds * kinds));
}
