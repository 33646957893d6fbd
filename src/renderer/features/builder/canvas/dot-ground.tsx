import { Background, BackgroundVariant, useStore } from '@xyflow/react';
import { grid } from '../model/geometry.ts';

/** The grid that steps snap to; further out it would only be grey. */
export function DotGround() {
  const far = useStore((state) => state.transform[2] < 0.45);
  return far ? null : (
    <Background variant={BackgroundVariant.Dots} gap={grid} size={1.6} color="var(--dot)" bgColor="transparent" />
  );
}
