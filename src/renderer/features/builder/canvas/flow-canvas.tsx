import './canvas.css';
import { ReactFlow, SelectionMode, useReactFlow, useStoreApi } from '@xyflow/react';
import { type PointerEvent, useEffect, useMemo, useRef } from 'react';
import { useBuilder, useUi } from '../model/builder.ts';
import { grid, type ZoomLevel, zoomLevel, zooms } from '../model/geometry.ts';
import type { CanvasNode } from './canvas-nodes.ts';
import { ConnectionLine } from './connection-line.tsx';
import { DotGround } from './dot-ground.tsx';
import { DragReason } from './drag-reason.tsx';
import { FarChosen } from './far-chosen.tsx';
import { FarEdges } from './far-edges.tsx';
import { FarSteps } from './far-steps.tsx';
import { type CanvasEdge, FlowEdgeLine } from './flow-edge-line.tsx';
import { FoldNode } from './fold-node.tsx';
import { Following } from './following.tsx';
import { GroupNode } from './group-node.tsx';
import { MiniMapPanel } from './mini-map-panel.tsx';
import { NoteNode } from './note-node.tsx';
import { OthersLayer } from './others-layer.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { StepNode } from './step-node.tsx';
import { Toolbar, ZoomBar } from './toolbar.tsx';
import { useChosenInSight } from './use-chosen-in-sight.ts';
import { useConnecting } from './use-connecting.ts';
import { useDragging } from './use-dragging.ts';
import { useDrawing } from './use-drawing.ts';
import { useMotion } from './use-motion.ts';

const nodeTypes = { step: StepNode, note: NoteNode, frame: GroupNode, fold: FoldNode };
const edgeTypes = { flow: FlowEdgeLine };
const snapGrid: [number, number] = [grid, grid];
const noEdges: CanvasEdge[] = [];
/** Of a flow that is drawn from far away, more chosen steps than this are drawn too. */
const mostReal = 100;
/** A flow of more steps draws only those in sight, and far out only a drawing of them. */
const manySteps = 150;

/** Where the flow is drawn. */
export function FlowCanvas() {
  const { readOnly, flow } = useBuilder();
  const tool = useUi((state) => state.tool);
  const drawing = useDrawing();
  const { nodes, edges, scene, graph } = drawing;
  const { screenToFlowPosition } = useReactFlow();
  const zoom = useZoomLevel();
  const drawn = zoom === 'far' && nodes.length > manySteps;
  const crowd = useUi((state) => drawn && state.selection.size > mostReal);
  const real = useRealNodes(nodes, drawn, crowd);
  const dragging = useDragging(drawing, crowd);
  const connecting = useConnecting(scene);
  useMotion();
  useChosenInSight(scene);

  const onPointerMove = (event: PointerEvent) =>
    flow.present({ cursor: screenToFlowPosition({ x: event.clientX, y: event.clientY }) });
  const onPointerMoveNow = useThrottled(onPointerMove, 60);

  return (
    <div
      className="flow-canvas"
      data-zoom={zoom}
      data-tool={tool}
      onPointerMove={onPointerMoveNow}
      onPointerLeave={() => flow.present({ cursor: null })}
    >
      <ReactFlow<CanvasNode, CanvasEdge>
        nodes={real}
        edges={zoom === 'far' ? noEdges : edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        {...dragging}
        {...connecting}
        connectionLineComponent={ConnectionLine}
        connectionRadius={24}
        snapToGrid
        snapGrid={snapGrid}
        minZoom={nodes.length > manySteps ? zooms.least : zooms.leastOfFew}
        maxZoom={zooms.most}
        fitView
        fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
        onlyRenderVisibleElements={nodes.length > manySteps && !drawn}
        panOnScroll
        panOnDrag={tool === 'hand' ? true : [1]}
        selectionOnDrag={tool === 'pointer'}
        selectionMode={SelectionMode.Partial}
        nodesDraggable={!readOnly && tool === 'pointer'}
        nodesConnectable={!readOnly}
        elevateNodesOnSelect={false}
        elevateEdgesOnSelect
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
        proOptions={{ hideAttribution: true }}
        aria-label="Canvas of the flow"
      >
        <DotGround />
        {zoom === 'far' && <FarEdges graph={graph} scene={scene} />}
        {drawn && <FarSteps scene={scene} />}
        {crowd && <FarChosen scene={scene} moving={drawing.moving} />}
        <OthersLayer scene={scene} />
        <Following />
        <SelectionBar />
        <Toolbar />
        <ZoomBar />
        <MiniMapPanel scene={scene} />
      </ReactFlow>
      <DragReason />
    </div>
  );
}

/** How near one is; steps learn it in the same moment as React Flow moves, so that they are drawn once. */
function useZoomLevel(): ZoomLevel {
  const { ui } = useBuilder();
  const store = useStoreApi();
  useEffect(() => {
    const follow = () => {
      const zoom = zoomLevel(store.getState().transform[2]);
      if (zoom !== ui.getState().zoom) ui.setState({ zoom });
    };
    follow();
    return store.subscribe(follow);
  }, [store, ui]);
  return useUi((state) => state.zoom);
}

/** Of a large flow that is drawn from far away only what one has to do with: what is chosen, and what the pointer is over. */
function useRealNodes(nodes: CanvasNode[], drawn: boolean, crowd: boolean): CanvasNode[] {
  const { flow } = useBuilder();
  const under = useUi((state) => (drawn ? state.under : null));
  return useMemo(() => {
    if (!drawn) return nodes;
    const { steps } = flow.view.getState();
    const wanted = new Set<string>();
    for (const node of nodes) {
      const chosen = node.selected === true && !crowd;
      if (!chosen && node.id !== under && node.type === 'step') continue;
      for (let id: string | undefined = node.id; id !== undefined; id = steps.get(id)?.parent) wanted.add(id);
    }
    return nodes.filter((node) => wanted.has(node.id));
  }, [nodes, drawn, crowd, under, flow]);
}

/** Calls at most once in so many milliseconds, with the latest. */
function useThrottled<Event>(call: (event: Event) => void, every: number): (event: Event) => void {
  const last = useRef(0);
  return (event) => {
    const now = performance.now();
    if (now - last.current < every) return;
    last.current = now;
    call(event);
  };
}
