import { getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react';
import { useCallback } from 'react';
import { useBuilder } from '../model/builder.ts';
import { around } from '../model/geometry.ts';
import { graphOf } from '../model/ports.ts';
import { sceneOf } from '../model/scene.ts';
import { drawingKey, drawingOf } from '../run/run-drawing.ts';

const margin = 0.12;
const largest = 1;

/** Shows these, or everything, as large as fits: from where things stand, for far out not all of them are real steps. */
export function useFit(): (ids?: Iterable<string>) => void {
  const { flow, run } = useBuilder();
  const store = useStoreApi();
  const { setViewport } = useReactFlow();
  return useCallback(
    (ids) => {
      const view = flow.view.getState();
      const { boxes } = sceneOf(view, graphOf(view), drawingOf(drawingKey(run.state.getState())));
      const bounds = around(ids === undefined ? [...boxes.values()] : [...ids].flatMap((id) => boxes.get(id) ?? []));
      const { width, height, minZoom } = store.getState();
      if (bounds === null || width === 0) return;
      void setViewport(getViewportForBounds(bounds, width, height, minZoom, largest, margin), { duration: 240 });
    },
    [flow, run, store, setViewport],
  );
}
