import { ViewportPortal } from '@xyflow/react';
import { useMemo } from 'react';
import { useFlow, useUi } from '../model/builder.ts';
import type { FoldedScene } from '../model/folding.ts';
import type { Point } from '../model/geometry.ts';
import { withMembers } from '../model/groups.ts';
import { pathOf } from '../run/blocks.ts';

interface FarChosenProps {
  scene: FoldedScene;
  /** Places of what is being dragged, relative to its parent. */
  moving: ReadonlyMap<string, Point>;
}

/** Hundreds of chosen steps, far out: one outline around each, and all of them along while one is dragged. */
export function FarChosen({ scene, moving }: FarChosenProps) {
  const selection = useUi((ui) => ui.selection);
  const view = useFlow((state) => state);
  const path = useMemo(
    () => [...withMembers(view, selection)].map((id) => pathOf(scene.boxes.get(scene.standIn.get(id) ?? id))).join(''),
    [view, selection, scene],
  );
  const { x, y } = shiftOf(scene, moving);
  return (
    <ViewportPortal>
      <svg className="flow-far-chosen" aria-hidden="true">
        <path d={path} transform={`translate(${x} ${y})`} />
      </svg>
    </ViewportPortal>
  );
}

/** How far what is dragged is from where it stands. */
function shiftOf({ whole }: FoldedScene, moving: ReadonlyMap<string, Point>): Point {
  for (const [id, to] of moving) {
    const from = whole.placed.get(id)?.position;
    if (from !== undefined) return { x: to.x - from.x, y: to.y - from.y };
  }
  return { x: 0, y: 0 };
}
