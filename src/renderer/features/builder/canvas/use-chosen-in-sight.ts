import { useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import { useBuilder, useUi } from '../model/builder.ts';
import type { FoldedScene } from '../model/folding.ts';
import { setFolded } from '../model/groups.ts';

const sightMargin = 28;

/** What is chosen alone comes into sight, by as little as that takes: the inspector that opens may cover it. */
export function useChosenInSight(scene: FoldedScene): void {
  const { ui } = useBuilder();
  const { getViewport, setViewport } = useReactFlow();
  const chosen = useUi((state) => (state.selection.size === 1 ? [...state.selection][0] : undefined));
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const block = chosen === undefined ? undefined : scene.standIn.get(chosen);
  useEffect(() => {
    // A step that is chosen alone is to be seen: by search, by a link, by keyboard.
    if (block !== undefined) setFolded(ui, [block], false);
  }, [block, ui]);
  const boxes = useRef(scene.boxes);
  boxes.current = scene.boxes;
  useEffect(() => {
    const box = chosen === undefined ? undefined : boxes.current.get(chosen);
    if (box === undefined || width === 0 || ui.getState().drag !== null) return;
    const { x, y, zoom } = getViewport();
    const floats = innerWidth < 1100 ? ui.getState().inspectorWidth : 0;
    const dx = shiftInto(box.x * zoom + x, box.width * zoom, width - floats);
    const dy = shiftInto(box.y * zoom + y, box.height * zoom, height);
    if (dx !== 0 || dy !== 0) void setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 200 });
  }, [chosen, width, height, ui, getViewport, setViewport]);
}

/** How far something from `start`, so long, has to move to be within a room; where it is longer, its beginning counts. */
function shiftInto(start: number, length: number, room: number): number {
  const over = start + length + sightMargin - room;
  const shift = over > 0 ? -over : 0;
  return start + shift < sightMargin ? sightMargin - start : shift;
}
