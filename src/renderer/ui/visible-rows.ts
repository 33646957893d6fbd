/** Which rows of a long list are in sight: pure. Heights and places in pixels, from the top of the list. */
export interface RowRange {
  from: number;
  /** After the last one. */
  to: number;
  /** Room that the rows before and after take. */
  before: number;
  after: number;
}

/** Rows that touch the stretch from `top` to `bottom`, with some more on either side, so that focus and scrolling find them. */
export function visibleRows(heights: readonly number[], top: number, bottom: number, spare = 12): RowRange {
  let first = heights.length;
  let last = 0;
  let at = 0;
  for (const [index, height] of heights.entries()) {
    if (at + height >= top && at <= bottom) {
      first = Math.min(first, index);
      last = index + 1;
    }
    at += height;
  }
  if (first === heights.length) [first, last] = bottom < 0 ? [0, 0] : [heights.length, heights.length];
  const from = Math.max(0, first - spare);
  const to = Math.min(heights.length, last + spare);
  return { from, to, before: sum(heights, 0, from), after: sum(heights, to, heights.length) };
}

function sum(heights: readonly number[], from: number, to: number): number {
  let total = 0;
  for (let index = from; index < to; index += 1) total += heights[index] ?? 0;
  return total;
}
