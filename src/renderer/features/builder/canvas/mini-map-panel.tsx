import { Panel, useReactFlow, useStoreApi } from '@xyflow/react';
import { memo, type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { useFlow, useUi } from '../model/builder.ts';
import type { FoldedScene } from '../model/folding.ts';
import { around, type Box, type Point } from '../model/geometry.ts';
import { frameOf } from '../model/groups.ts';
import type { Scene } from '../model/scene.ts';
import { pathOf } from '../run/blocks.ts';
import { useBlocks } from './use-blocks.ts';

const size = { width: 166, height: 102 };
const margin = 0.06;
const still: ReadonlyMap<string, Point> = new Map();

/**
 * The whole flow in the small, in the colours of who did what. Drag in it to look elsewhere, turn the wheel to come nearer.
 * It is one drawing that stays as it is while the canvas moves: only the frame of what is in sight goes along.
 */
export const MiniMapPanel = memo(function MiniMapPanel({ scene }: { scene: FoldedScene }) {
  const hidden = useUi((ui) => ui.drag !== null);
  const whole = useMemo(() => wholeOf(scene), [scene]);
  if (hidden || whole === null || scene.boxes.size < 2) return null;
  return (
    <Panel position="bottom-right" className="flow-mini" style={{ margin: 14 }}>
      <Small scene={scene} whole={whole} />
    </Panel>
  );
});

function Small({ scene, whole }: { scene: FoldedScene; whole: Box }) {
  const { maps, steps } = useBlocks(scene, false);
  const view = useFlow((state) => state);
  const box = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { setCenter, getZoom } = useReactFlow();
  useFrameOfSight(frame, whole);
  useWheelZoom(box);
  const scale = size.width / whole.width;
  const look = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const at = { x: whole.x + (event.clientX - left) / scale, y: whole.y + (event.clientY - top) / scale };
    void setCenter(at.x, at.y, { zoom: getZoom() });
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    look(event);
  };
  const notes = [...view.notes.values()].map((note) => pathOf(scene.boxes.get(note.id))).join('');
  const groups = view.file.groups.map((group) => pathOf(frameOf(group, scene, still) ?? undefined)).join('');
  return (
    <div ref={box} className="flow-mini-ground" style={size} onPointerDown={onPointerDown} onPointerMove={look}>
      <svg
        role="img"
        aria-label="Small map of the flow"
        width={size.width}
        height={size.height}
        viewBox={`${whole.x} ${whole.y} ${whole.width} ${whole.height}`}
      >
        <path d={groups} data-kind="group" />
        <path d={notes} data-kind="note" />
        {[...maps, ...steps].map(({ colour, path }, index) => (
          <path key={`${index < maps.length ? 'map' : 'step'} ${colour}`} d={path} style={{ fill: colour }} />
        ))}
      </svg>
      <div ref={frame} className="flow-mini-frame" />
    </div>
  );
}

/** What there is, with a margin, in the shape of the panel. */
function wholeOf(scene: Scene): Box | null {
  const all = around([...scene.boxes.values()]);
  if (all === null) return null;
  const width = Math.max(all.width * (1 + 2 * margin), (all.height * (1 + 2 * margin) * size.width) / size.height, 1);
  const height = (width * size.height) / size.width;
  return { x: all.x - (width - all.width) / 2, y: all.y - (height - all.height) / 2, width, height };
}

/** Moves the frame without drawing anything anew. */
function useFrameOfSight(frame: { current: HTMLDivElement | null }, whole: Box): void {
  const store = useStoreApi();
  useEffect(() => {
    const scale = size.width / whole.width;
    const place = () => {
      const { transform, width, height } = store.getState();
      const [x, y, zoom] = transform;
      const element = frame.current;
      if (element === null) return;
      const left = Math.max(0, (-x / zoom - whole.x) * scale);
      const top = Math.max(0, (-y / zoom - whole.y) * scale);
      const right = Math.min(size.width, ((width - x) / zoom - whole.x) * scale);
      const bottom = Math.min(size.height, ((height - y) / zoom - whole.y) * scale);
      element.style.transform = `translate(${left}px, ${top}px)`;
      element.style.width = `${Math.max(0, right - left)}px`;
      element.style.height = `${Math.max(0, bottom - top)}px`;
    };
    place();
    return store.subscribe(place);
  }, [store, frame, whole]);
}

/** React listens to wheels without being able to keep them; a zoom must not become one of the whole window. */
function useWheelZoom(box: { current: HTMLDivElement | null }): void {
  const { zoomTo, getZoom } = useReactFlow();
  useEffect(() => {
    const element = box.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      event.stopPropagation();
      void zoomTo(getZoom() * 2 ** (-event.deltaY * 0.004));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [box, zoomTo, getZoom]);
}
