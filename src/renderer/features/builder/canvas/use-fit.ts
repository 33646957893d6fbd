import { getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react';
import { useCallback } from 'react';
import { useBuilder } from '../model/builder.ts';
import { foldScene } from '../model/folding.ts';
import { around } from '../model/geometry.ts';
import { withMembers } from '../model/groups.ts';
import { graphOf } from '../model/ports.ts';
import { sceneOf } from '../model/scene.ts';
import { drawingKey, drawingOf } from '../run/run-drawing.ts';

const margin = 0.12;
const largest = 1;

/** Shows these, or everything, as large as fits: from where things stand, for far out not all of them are real steps. */
export function useFit(): (ids?: Iterable<string>) => void {
  const { flow, run, ui } = useBuilder();
  const store = useStoreApi();
  const { setViewport } = useReactFlow();
  return useCallback(
    (ids) => {
      const view = flow.view.getState();
      const graph = graphOf(view);
      const whole = sceneOf(view, graph, drawingOf(drawingKey(run.state.getState())));
      const { boxes, standIn } = foldScene(whole, view, graph, ui.getState().folded);
      const wanted = ids === undefined ? boxes.keys() : withMembers(view, new Set(ids));
      const bounds = around([...wanted].flatMap((id) => boxes.get(standIn.get(id) ?? id) ?? []));
      const { width, height, minZoom } = store.getState();
      if (bounds === null || width === 0) return;
      void setViewport(getViewportForBounds(bounds, width, height, minZoom, largest, margin), { duration: 240 });
    },
    [flow, run, ui, store, setViewport],
  );
}
