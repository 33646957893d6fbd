import { type EdgeChange, type NodeChange, useReactFlow } from '@xyflow/react';
import { useCallback } from 'react';
import { drop, dropAll } from '../model/actions.ts';
import { useBuilder } from '../model/builder.ts';
import type { Point } from '../model/geometry.ts';
import { select } from '../model/ui-state.ts';
import { useDoing } from '../model/use-doing.ts';
import type { CanvasNode } from './canvas-nodes.ts';
import type { CanvasEdge } from './flow-edge-line.tsx';
import { allMoved, isGroup, movedWith } from './moved.ts';
import { type Drawing, nobodyMoves } from './use-drawing.ts';

/** Choosing and dragging. `crowd`: so much is chosen, far out, that most of it is only a drawing. */
export function useDragging({ scene, setMoving, movingNow, nodesNow, sceneNow }: Drawing, crowd: boolean) {
  const { flow, ui } = useBuilder();
  const doing = useDoing();
  const { screenToFlowPosition } = useReactFlow();

  const movedNow = useCallback(
    (id: string, to: Point) => {
      const view = flow.view.getState();
      const { selection } = ui.getState();
      return crowd && selection.has(id)
        ? allMoved(view, sceneNow(), selection, id, to)
        : movedWith(view, sceneNow(), nodesNow(), id, to);
    },
    [flow, ui, crowd, sceneNow, nodesNow],
  );

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      const { selection } = ui.getState();
      const next = new Set(selection);
      const moved: [string, Point][] = [];
      for (const change of changes) {
        if (change.type === 'select' && change.selected) next.add(change.id);
        else if (change.type === 'select') next.delete(change.id);
        else if (change.type === 'position' && change.dragging === true && change.position !== undefined)
          moved.push(...movedNow(change.id, change.position));
      }
      if (changes.some((change) => change.type === 'select')) select(ui, next, ui.getState().selectedEdges);
      if (moved.length > 0) setMoving((before) => new Map([...before, ...moved]));
    },
    [ui, movedNow, setMoving],
  );

  const onEdgesChange = useCallback(
    (changes: EdgeChange<CanvasEdge>[]) => {
      const next = new Set(ui.getState().selectedEdges);
      for (const change of changes) if (change.type === 'select') next[change.selected ? 'add' : 'delete'](change.id);
      ui.setState({ selectedEdges: next });
    },
    [ui],
  );

  const onDrag = (event: { clientX: number; clientY: number } | object, dragged: readonly CanvasNode[]) => {
    if (!('clientX' in event) || dragged.every((node) => node.type !== 'step')) return;
    if (crowd || dragged.some(isGroup)) return;
    const target = scene.mapAt(
      screenToFlowPosition({ x: event.clientX, y: event.clientY }),
      new Set(dragged.map((node) => node.id)),
    );
    ui.setState({ dropTarget: target?.id ?? null });
  };

  const onDragStop = (dragged: readonly CanvasNode[]) => {
    const target = ui.getState().dropTarget;
    const together = crowd || dragged.some(isGroup);
    if (together) dropAll(doing, movingNow());
    const places = new Map(
      (together ? [] : dragged).map((node) => {
        const parent =
          node.parentId === undefined ? { x: 0, y: 0 } : (scene.placed.get(node.parentId)?.absolute ?? { x: 0, y: 0 });
        return [node.id, { x: parent.x + node.position.x, y: parent.y + node.position.y }] as const;
      }),
    );
    if (places.size > 0) drop(doing, places, target);
    ui.setState({ dropTarget: null });
    setMoving(nobodyMoves);
  };

  return {
    onNodesChange,
    onEdgesChange,
    onNodeDrag: (event: object, _node: CanvasNode, dragged: CanvasNode[]) => onDrag(event, dragged),
    onNodeDragStop: (_event: object, _node: CanvasNode, dragged: CanvasNode[]) => onDragStop(dragged),
    onSelectionDrag: (event: object, dragged: CanvasNode[]) => onDrag(event, dragged),
    onSelectionDragStop: (_event: object, dragged: CanvasNode[]) => onDragStop(dragged),
  };
}
