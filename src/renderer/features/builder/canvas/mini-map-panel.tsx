import { MiniMap } from '@xyflow/react';
import { memo, useCallback } from 'react';
import { colourOf } from '../../../app/machines.ts';
import { useRun, useUi } from '../model/builder.ts';
import { useMachines } from '../model/machines-context.ts';
import type { Scene } from '../model/scene.ts';
import { blockColour, stepLook } from '../run/step-look.ts';
import type { CanvasNode } from './canvas-nodes.ts';
import { instanceOf } from './step-node.tsx';

/** In a comparison with a version: what came, what went, what is different. */
const changeColours = { added: 'var(--done)', removed: 'var(--fail-line)', changed: 'var(--warn-line)' } as const;

/** The whole flow in the small, in the colours of who did what. */
export const MiniMapPanel = memo(function MiniMapPanel({ scene }: { scene: Scene }) {
  const machines = useMachines();
  const overlay = useRun((run) => run.overlay);
  const diff = useUi((ui) => ui.diff);
  const hidden = useUi((ui) => ui.drag !== null);
  const colour = useCallback(
    (node: CanvasNode) => {
      if (node.type === 'note') return 'color-mix(in oklch, var(--warn-soft), var(--canvas) 45%)';
      if (node.type === 'frame') return 'color-mix(in oklch, var(--ink), transparent 93%)';
      // What stands in a Map is drawn by the Map.
      if (node.data.within !== null) return 'transparent';
      const change = diff?.steps.get(node.id);
      if (diff !== null) return change === undefined ? 'var(--line-2)' : changeColours[change];
      const instance = instanceOf(overlay, node.id, node.data.within);
      const look = stepLook({
        instance,
        map: undefined,
        waitsFor: 0,
        findings: node.data.findings,
        placement: '',
        now: 0,
      });
      const busiest = [...(overlay?.maps.get(node.id)?.doneBy ?? [])].toSorted((a, b) => b[1] - a[1])[0]?.[0];
      const nodeId = look.nodeId ?? busiest;
      return blockColour(look, nodeId === undefined || nodeId === '' ? null : colourOf(machines, nodeId));
    },
    [machines, overlay, diff],
  );
  if (hidden || scene.boxes.size < 2) return null;
  return (
    <MiniMap<CanvasNode>
      className="flow-mini"
      style={{ width: 168, height: 104 }}
      nodeColor={colour}
      nodeBorderRadius={14}
      nodeStrokeWidth={0}
      maskColor="transparent"
      maskStrokeColor="var(--ink-3)"
      maskStrokeWidth={1}
      bgColor="transparent"
      pannable
      zoomable
      ariaLabel="Small map of the flow"
    />
  );
});
