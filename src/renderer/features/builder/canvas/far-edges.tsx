import { ViewportPortal } from '@xyflow/react';
import { memo } from 'react';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { drawnEnds, type FoldedScene } from '../model/folding.ts';
import { measures, type Point } from '../model/geometry.ts';

/** Far out all edges are one drawing, straight and grey: thousands cost no more than one. */
export const FarEdges = memo(function FarEdges({ graph, scene }: { graph: FlowGraph; scene: FoldedScene }) {
  return (
    <ViewportPortal>
      <svg className="flow-far-edges" aria-hidden="true">
        <path d={linesOf(graph, scene)} />
      </svg>
    </ViewportPortal>
  );
});

/** A line from the right of each source to the left of its target, at the height of their heads. */
export function linesOf(graph: FlowGraph, scene: FoldedScene): string {
  const lines: string[] = [];
  for (const edges of graph.into.values()) {
    for (const edge of edges) {
      const { from, to } = edge;
      const ends = drawnEnds(edge, scene.standIn);
      if (ends === null) continue;
      const [source, target] = [scene.boxes.get(ends.source ?? from.step), scene.boxes.get(ends.target ?? to.step)];
      if (source === undefined || target === undefined || contains(scene, from.step, to.step)) continue;
      const [start, end] = [at(source, source.width), at(target, 0)];
      lines.push(`M${start.x} ${start.y}L${end.x} ${end.y}`);
    }
  }
  return lines.join('');
}

const at = (box: Point, dx: number): Point => ({ x: box.x + dx, y: box.y + measures.head + measures.portRow / 2 });

/** Edges between a Map and what stands in it would only scratch its block. */
function contains(scene: FoldedScene, one: string, other: string): boolean {
  return scene.placed.get(one)?.step.parent === other || scene.placed.get(other)?.step.parent === one;
}
