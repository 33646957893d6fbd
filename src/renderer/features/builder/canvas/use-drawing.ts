import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import { useBuilder, useFlow, useRun, useUi } from '../model/builder.ts';
import { useFindings } from '../model/findings.ts';
import { type FoldedScene, foldScene } from '../model/folding.ts';
import type { Point } from '../model/geometry.ts';
import { graphOf } from '../model/ports.ts';
import { sceneOf } from '../model/scene.ts';
import { drawingKey, drawingOf } from '../run/run-drawing.ts';
import { type CanvasNode, edgesOf, nodesOf } from './canvas-nodes.ts';
import type { CanvasEdge } from './flow-edge-line.tsx';

/** What is drawn, and as it is at the moment for those who handle events. */
export interface Drawing {
  nodes: CanvasNode[];
  edges: CanvasEdge[];
  scene: FoldedScene;
  graph: FlowGraph;
  /** Where things are that are being dragged; nobody else sees it yet. */
  moving: Moving;
  setMoving(change: Moving | ((before: Moving) => Moving)): void;
  movingNow(): Moving;
  nodesNow(): ReadonlyMap<string, CanvasNode>;
  sceneNow(): FoldedScene;
}
export type Moving = ReadonlyMap<string, Point>;
export const nobodyMoves: Moving = new Map();

/** The nodes and edges of what is seen; made again only as far as something changed. */
export function useDrawing(): Drawing {
  const { readOnly } = useBuilder();
  const view = useFlow((state) => state);
  const graph = graphOf(view);
  const key = useRun(drawingKey);
  const selection = useUi((state) => state.selection);
  const selectedEdges = useUi((state) => state.selectedEdges);
  const [moving, setMoving] = useState(nobodyMoves);
  const findings = useFindings();
  const knownNodes = useRef<ReadonlyMap<string, CanvasNode>>(new Map());
  const knownEdges = useRef<ReadonlyMap<string, CanvasEdge>>(new Map());
  const folded = useUi((state) => state.folded);
  const whole = useMemo(() => sceneOf(view, graph, drawingOf(key)), [view, graph, key]);
  const scene = useMemo(() => foldScene(whole, view, graph, folded), [whole, view, graph, folded]);
  const nodes = useMemo(
    () => nodesOf({ view, graph, scene, findings, selection, moving, readOnly }, knownNodes.current),
    [view, graph, scene, findings, selection, moving, readOnly],
  );
  const { standIn } = scene;
  const edges = useMemo(
    () => edgesOf(view, graph, standIn, selectedEdges, knownEdges.current),
    [view, graph, standIn, selectedEdges],
  );
  useEffect(() => {
    knownNodes.current = new Map(nodes.map((node) => [node.id, node]));
  }, [nodes]);
  useEffect(() => {
    knownEdges.current = new Map(edges.map((edge) => [edge.id, edge]));
  }, [edges]);
  const movingNow = useLatest(moving);
  const nodesNow = useCallback(() => knownNodes.current, []);
  const sceneNow = useLatest(scene);
  return { nodes, edges, scene, graph, moving, setMoving, movingNow, nodesNow, sceneNow };
}

function useLatest<Value>(value: Value): () => Value {
  const latest = useRef(value);
  latest.current = value;
  return useCallback(() => latest.current, []);
}
