import { useStoreApi, ViewportPortal } from '@xyflow/react';
import { memo, useEffect } from 'react';
import { formatPlural } from '../../../ui/numbers.ts';
import { useBuilder } from '../model/builder.ts';
import type { FoldedScene } from '../model/folding.ts';
import type { Scene } from '../model/scene.ts';
import { select } from '../model/ui-state.ts';
import { stepAt, stepsIn } from '../run/blocks.ts';
import { useBlocks } from './use-blocks.ts';

/**
 * Far out the steps of a large flow are one drawing. What is chosen, and what the pointer is over, are real steps above it
 * (flow-canvas.tsx), so that they can be moved, opened and reached by keyboard as ever.
 */
export const FarSteps = memo(function FarSteps({ scene }: { scene: FoldedScene }) {
  const { maps, steps } = useBlocks(scene, true);
  usePointerOver(scene);
  useDrawnSelection(scene);
  return (
    <ViewportPortal>
      <svg
        className="flow-far-steps"
        role="img"
        aria-label={`${formatPlural(scene.placed.size, 'step')}, from far away`}
      >
        {maps.map(({ colour, path }) => (
          <path key={colour} d={path} style={{ fill: `color-mix(in oklch, ${colour}, var(--canvas) 55%)` }} />
        ))}
        {steps.map(({ colour, path }) => (
          <path key={colour} d={path} style={{ fill: colour }} />
        ))}
      </svg>
    </ViewportPortal>
  );
});

/** The step under the pointer becomes a real one; by touch, which comes from nowhere, a tap chooses it. */
function usePointerOver(scene: Scene): void {
  const { ui } = useBuilder();
  const store = useStoreApi();
  useEffect(() => {
    const { domNode } = store.getState();
    if (domNode === null) return;
    const at = ({ clientX, clientY }: MouseEvent) => {
      const { transform } = store.getState();
      const [x, y, zoom] = transform;
      const box = domNode.getBoundingClientRect();
      return stepAt(scene, { x: (clientX - box.left - x) / zoom, y: (clientY - box.top - y) / zoom });
    };
    const onMove = (event: PointerEvent) => {
      const under = event.buttons === 0 ? at(event) : ui.getState().under;
      if (under !== ui.getState().under) ui.setState({ under });
    };
    const onClick = (event: MouseEvent) => {
      const touched = event.target instanceof Element && event.target.classList.contains('react-flow__pane');
      const id = touched ? at(event) : null;
      if (id !== null) queueMicrotask(() => select(ui, [id]));
    };
    domNode.addEventListener('pointermove', onMove);
    domNode.addEventListener('click', onClick);
    return () => {
      domNode.removeEventListener('pointermove', onMove);
      domNode.removeEventListener('click', onClick);
      ui.setState({ under: null });
    };
  }, [scene, ui, store]);
}

/** React Flow knows only real steps: what a drawn rectangle touches is found here once it is finished. */
function useDrawnSelection(scene: Scene): void {
  const { ui } = useBuilder();
  const store = useStoreApi();
  useEffect(
    () =>
      store.subscribe(({ userSelectionActive, transform }, before) => {
        const rectangle = before.userSelectionRect;
        if (userSelectionActive || !before.userSelectionActive || rectangle === null) return;
        const [x, y, zoom] = transform;
        const area = {
          x: (rectangle.x - x) / zoom,
          y: (rectangle.y - y) / zoom,
          width: rectangle.width / zoom,
          height: rectangle.height / zoom,
        };
        queueMicrotask(() => select(ui, stepsIn(scene, area)));
      }),
    [scene, ui, store],
  );
}
