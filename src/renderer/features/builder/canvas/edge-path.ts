/** Shapes of edges. All figures in pixels of the canvas. */

const leastHandle = 26;
const mostHandle = 140;

/** How far the handles of a bezier reach: half the way, at least 26; further when the target lies behind the source. */
export function handleLength(dx: number): number {
  const reach = dx >= 0 ? dx / 2 : 40 - dx / 4;
  return Math.min(mostHandle, Math.max(leastHandle, reach));
}

/** A bezier from an output at the right of a step to an input at the left of another. */
export function edgePath(fromX: number, fromY: number, toX: number, toY: number): string {
  const reach = handleLength(toX - fromX);
  return `M${fromX} ${fromY}C${fromX + reach} ${fromY} ${toX - reach} ${toY} ${toX} ${toY}`;
}

/** The middle of that bezier, where its count stands: t = ½ of the cubic. */
export function edgeMiddle(fromX: number, fromY: number, toX: number, toY: number): { x: number; y: number } {
  return { x: (fromX + toX) / 2, y: (fromY + toY) / 2 };
}
