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

/** The first pair that no other node has; with more than 64 nodes pairs repeat. */
export function nextAppearance(taken: Iterable<Appearance>): Appearance {
  const used = new Set<string>();
  let count = 0;
  for (const { colour, mark } of taken) {
    used.add(`${colour}/${mark}`);
    count += 1;
  }
  for (let index = 0; index < kinds * kinds; index += 1) {
    const { colour, mark } = pair(index);
    if (!used.has(`${colour}/${mark}`)) return { colour, mark };
  }
  return pair(count % (kinds * kinds));
}
