import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useMemo } from 'react';
import { errorWords } from '../../../api/error-words.ts';
import { toast } from '../../../ui/toasts.tsx';
import { useBuilder } from '../model/builder.ts';
import { paste } from '../model/clipboard.ts';
import type { CanvasHands } from '../model/commands.ts';
import { foldGraph, foldScene } from '../model/folding.ts';
import { arrange } from '../model/layout.ts';
import { firstOf, neighbour } from '../model/neighbours.ts';
import { graphOf } from '../model/ports.ts';
import { sceneOf } from '../model/scene.ts';
import { select } from '../model/ui-state.ts';
import { useDoing } from '../model/use-doing.ts';
import { pasteText } from './paste-text.ts';
import { useFit } from './use-fit.ts';
import { useMiddle } from './use-middle.ts';

/** Frames that a step may take to appear where it comes into sight. */
const mostFrames = 40;

/** The node of a step on the canvas, where it is drawn. */
export const stepElement = (id: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);

/** Gives the focus to a step as soon as it is drawn: one that was out of sight appears a moment later. */
export function focusStep(id: string, frames = mostFrames): void {
  const element = stepElement(id);
  if (element !== null) element.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusStep(id, frames - 1));
}

/** What commands do with the canvas. */
export function useCanvasHands(): CanvasHands {
  const { flow, ui } = useBuilder();
  const doing = useDoing();
  const { zoomIn, zoomOut, getViewport, setViewport } = useReactFlow();
  const store = useStoreApi();
  const fit = useFit();
  const middle = useMiddle();
  return useMemo(
    (): CanvasHands => ({
      zoomIn: () => void zoomIn({ duration: 150 }),
      zoomOut: () => void zoomOut({ duration: 150 }),
      look(right, down) {
        const { x, y, zoom } = getViewport();
        const { width, height } = store.getState();
        void setViewport({ x: x - (right * width) / 4, y: y - (down * height) / 4, zoom }, { duration: 150 });
      },
      fit,
      middle,
      go(direction) {
        const view = flow.view.getState();
        const graph = graphOf(view);
        const { boxes, standIn } = foldScene(sceneOf(view, graph, null), view, graph, ui.getState().folded);
        const focused = document.activeElement?.closest<HTMLElement>('.react-flow__node')?.dataset['id'];
        const from = [...ui.getState().selection].find((id) => boxes.has(id)) ?? focused;
        const to = from === undefined ? firstOf(boxes) : neighbour(boxes, foldGraph(graph, standIn), from, direction);
        if (to === null) return;
        select(ui, [to]);
        focusStep(to);
      },
      openInspector() {
        ui.setState({ inspectorClosed: false });
        requestAnimationFrame(() => focusFirstField());
      },
      arrange() {
        const engine = import('../model/layout-engine.ts');
        void engine
          .then(({ layOut }) => arrange(doing, layOut))
          .catch((error: unknown) =>
            toast({ sign: 'failed', text: `The steps could not be arranged. ${errorWords(error).next}` }),
          );
      },
      importFile: () => chooseFile((text) => pasteText(text, (clip) => paste(doing, clip, middle()))),
    }),
    [flow, ui, doing, zoomIn, zoomOut, getViewport, setViewport, store, fit, middle],
  );
}

function focusFirstField(): void {
  const inspector = document.querySelector('.flow-inspector');
  const field = inspector?.querySelector<HTMLElement>(
    '.flow-inspector-body:not([data-state="inactive"]) :is(input, textarea, select, button, [contenteditable="true"])',
  );
  (field ?? inspector?.querySelector<HTMLElement>('input'))?.focus();
}

/** Asks for a file and reads it as text. */
function chooseFile(take: (text: string) => void): void {
  const input = Object.assign(document.createElement('input'), { type: 'file', accept: '.json,application/json' });
  input.addEventListener('change', () => void input.files?.[0]?.text().then(take));
  input.click();
}
