import { useReactFlow, useStoreApi } from '@xyflow/react';
import type { Point } from '../model/geometry.ts';

/** The place in the middle of what is in sight, a little above, in canvas coordinates. */
export function useMiddle(): () => Point {
  const store = useStoreApi();
  const { screenToFlowPosition } = useReactFlow();
  return () => {
    const box = store.getState().domNode?.getBoundingClientRect();
    if (box === undefined) return { x: 0, y: 0 };
    const middle = screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
    return { x: middle.x - 104, y: middle.y - 60 };
  };
}
