import { type Static, Type } from 'typebox';

/** Where a window was when it was last closed, in device-independent pixels. */
export const WindowPlace = Type.Object({
  x: Type.Integer(),
  y: Type.Integer(),
  width: Type.Integer({ minimum: 1 }),
  height: Type.Integer({ minimum: 1 }),
  maximized: Type.Boolean(),
});
export type WindowPlace = Static<typeof WindowPlace>;

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const leastSize = { width: 720, height: 480 };
const usualSize = { width: 1440, height: 900 };
/** So much of a window must lie on a display for a person to get hold of it. */
const leastSeen = 100;

/**
 * Where a window opens: where it was, no larger than its display; centred (no x and y) where it was never open or where its
 * display is not there any more. `displays` are the work areas of all of them.
 */
export function placeFor(
  before: WindowPlace | null,
  displays: readonly Area[],
): { x?: number; y?: number; width: number; height: number } {
  const home = before === null ? undefined : displays.find((display) => isReachable(before, display));
  const within = (size: { width: number; height: number }, area: Area | undefined) => ({
    width: Math.max(leastSize.width, Math.min(size.width, area?.width ?? size.width)),
    height: Math.max(leastSize.height, Math.min(size.height, area?.height ?? size.height)),
  });
  if (before === null || home === undefined) return within(before ?? usualSize, displays[0]);
  return { x: before.x, y: before.y, ...within(before, home) };
}

/** The strip that one drags a window by lies on the display. */
function isReachable({ x, y, width }: WindowPlace, display: Area): boolean {
  const seen = Math.min(x + width, display.x + display.width) - Math.max(x, display.x);
  return seen >= leastSeen && y >= display.y && y <= display.y + display.height - leastSeen;
}
