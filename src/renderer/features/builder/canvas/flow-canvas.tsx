import './canvas.css';
import {
  type Connection,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  type OnConnectStartParams,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
  useStoreApi,
} from '@xyflow/react';
import { type PointerEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { FlowView } from '../document/flow-view.ts';
import { connect, drop, dropAll } from '../model/actions.ts';
import { useBuilder, useFlow, useRun, useUi } from '../model/builder.ts';
import { useFindings } from '../model/findings.ts';
import { type Fold, type FoldedScene, foldScene } from '../model/folding.ts';
import { grid, type Point, type ZoomLevel, zoomLevel, zooms } from '../model/geometry.ts';
import { groupNamed, setFolded, topOf, withMembers } from '../model/groups.ts';
import { fitsOf, graphOf } from '../model/ports.ts';
import { sceneOf } from '../model/scene.ts';
import { type PortEnd, portKey, select } from '../model/ui-state.ts';
import { useDoing } from '../model/use-doing.ts';
import { drawingKey, drawingOf } from '../run/run-drawing.ts';
import { type CanvasNode, edgesOf, nodesOf } from './canvas-nodes.ts';
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
import { endOf } from './handle-id.ts';
import { MiniMapPanel } from './mini-map-panel.tsx';
import { NoteNode } from './note-node.tsx';
import { OthersLayer } from './others-layer.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { StepNode } from './step-node.tsx';
import { Toolbar, ZoomBar } from './toolbar.tsx';
import { useMotion } from './use-motion.ts';

const nodeTypes = { step: StepNode, note: NoteNode, frame: GroupNode, fold: FoldNode };
const edgeTypes = { flow: FlowEdgeLine };
const snapGrid: [number, number] = [grid, grid];
const noEdges: CanvasEdge[] = [];
/** Of a flow that is drawn from far away, more chosen steps than this are drawn too. */
const mostReal = 100;
/** A flow of more steps draws only those in sight, and far out only a drawing of them. */
const manySteps = 150;
const nobody: ReadonlyMap<string, Point> = new Map();

/** Where the flow is drawn. */
export function FlowCanvas() {
  const { ui, readOnly, flow } = useBuilder();
  const doing = useDoing();
  const tool = useUi((state) => state.tool);
  const canvas = useCanvas();
  const { nodes, edges, scene, graph } = canvas;
  const { screenToFlowPosition } = useReactFlow();
  const zoom = useZoomLevel();
  const drawn = zoom === 'far' && nodes.length > manySteps;
  const crowd = useUi((state) => drawn && state.selection.size > mostReal);
  const real = useRealNodes(nodes, drawn, crowd);
  useMotion();
  useChosenInSight(scene);

  const { sceneNow, nodesNow } = canvas;
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
      if (moved.length > 0) canvas.setMoving((before) => new Map([...before, ...moved]));
    },
    [ui, movedNow, canvas.setMoving],
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
    if (together) dropAll(doing, canvas.movingNow());
    const places = new Map(
      (together ? [] : dragged).map((node) => {
        const parent =
          node.parentId === undefined ? { x: 0, y: 0 } : (scene.placed.get(node.parentId)?.absolute ?? { x: 0, y: 0 });
        return [node.id, { x: parent.x + node.position.x, y: parent.y + node.position.y }] as const;
      }),
    );
    if (places.size > 0) drop(doing, places, target);
    ui.setState({ dropTarget: null });
    canvas.setMoving(nobody);
  };

  const onConnectStart = (_: unknown, { nodeId, handleId, handleType }: OnConnectStartParams) => {
    if (nodeId === null) return;
    const from = endOf(nodeId, handleId, handleType === 'source' ? 'output' : 'input');
    ui.setState({ drag: { from, fits: fitsOf(graphOf(flow.view.getState()), from) } });
  };

  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { drag } = ui.getState();
    ui.setState({ drag: null });
    if (drag === null || state.isValid === true || state.toHandle !== null) return;
    const screen = 'changedTouches' in event ? event.changedTouches[0] : event;
    if (screen === undefined) return;
    const fitting = state.toNode === null ? undefined : firstFit(drag.fits, state.toNode.id);
    if (fitting !== undefined)
      return drag.from.side === 'output' ? connect(doing, drag.from, fitting) : connect(doing, fitting, drag.from);
    if (state.toNode !== null && scene.folds.has(state.toNode.id)) return;
    if (state.toNode !== null && scene.placed.get(state.toNode.id)?.layout === null) return;
    const at = screenToFlowPosition({ x: screen.clientX, y: screen.clientY });
    const place = drag.from.side === 'output' ? { x: at.x + 8, y: at.y - 50 } : { x: at.x - 216, y: at.y - 50 };
    ui.setState({ adding: { at: place, screen: { x: screen.clientX, y: screen.clientY }, from: drag.from } });
  };

  const onConnect = ({ source, sourceHandle, target, targetHandle }: Connection) =>
    connect(doing, endOf(source, sourceHandle, 'output'), endOf(target, targetHandle, 'input'));

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
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDrag={(event, _node, dragged) => onDrag(event, dragged)}
        onNodeDragStop={(_event, _node, dragged) => onDragStop(dragged)}
        onSelectionDrag={(event, dragged) => onDrag(event, dragged)}
        onSelectionDragStop={(_event, dragged) => onDragStop(dragged)}
        onConnectStart={onConnectStart}
        onConnectEnd={onConnectEnd}
        onConnect={onConnect}
        isValidConnection={(edge) => isFit(ui.getState().drag, edge)}
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
        {crowd && <FarChosen scene={scene} moving={canvas.moving} />}
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

/** The nodes and edges of what is seen; made again only as far as something changed. */
function useCanvas() {
  const { readOnly } = useBuilder();
  const view = useFlow((state) => state);
  const graph = graphOf(view);
  const key = useRun(drawingKey);
  const selection = useUi((state) => state.selection);
  const selectedEdges = useUi((state) => state.selectedEdges);
  const [moving, setMoving] = useState<ReadonlyMap<string, Point>>(nobody);
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

/** The frame of a group, or its block where it is folded. */
const isGroup = ({ type }: CanvasNode): boolean => type === 'frame' || type === 'fold';

/** Where something goes that is dragged; a group takes its members along, which are not drawn where it is folded. */
function movedWith(
  view: FlowView,
  scene: FoldedScene,
  nodes: ReadonlyMap<string, CanvasNode>,
  id: string,
  to: Point,
): [string, Point][] {
  const group = groupNamed(view, id);
  const from = nodes.get(id)?.position;
  if (group === undefined || from === undefined) return [[id, to]];
  const by = { x: to.x - from.x, y: to.y - from.y };
  const members = group.steps.flatMap((member): [string, Point][] => {
    const at = nodes.get(member)?.position;
    return at === undefined ? [] : [[member, { x: at.x + by.x, y: at.y + by.y }]];
  });
  const fold = scene.folds.get(id);
  return fold === undefined ? members : [[id, to], ...foldedMembers(fold, scene, to)];
}

/** Where everything goes that is chosen when one of it is dragged, and the rest of it is only a drawing. */
function allMoved(
  view: FlowView,
  { whole }: FoldedScene,
  selection: ReadonlySet<string>,
  id: string,
  to: Point,
): [string, Point][] {
  const from = whole.placed.get(id)?.position;
  if (from === undefined) return [[id, to]];
  return topOf(view, withMembers(view, selection)).flatMap((one): [string, Point][] => {
    const at = whole.placed.get(one)?.position ?? view.notes.get(one)?.position;
    return at === undefined ? [] : [[one, { x: at.x + to.x - from.x, y: at.y + to.y - from.y }]];
  });
}

/** Places of the members of a folded group that is dragged: by as much as its block is from where it stands. */
function foldedMembers({ members, position }: Fold, { whole }: FoldedScene, to: Point): [string, Point][] {
  return members.flatMap((member): [string, Point][] => {
    const at = whole.placed.get(member)?.position;
    return at === undefined ? [] : [[member, { x: at.x + to.x - position.x, y: at.y + to.y - position.y }]];
  });
}

type Drag = { from: PortEnd; fits: ReadonlyMap<string, string | null> } | null;
interface Ends {
  source: string;
  target: string;
  sourceHandle?: string | null;
  targetHandle?: string | null;
}

/** Whether the edge that is being drawn fits where it points. */
function isFit(drag: Drag, { source, target, sourceHandle, targetHandle }: Ends): boolean {
  if (drag === null) return false;
  const end: PortEnd =
    drag.from.side === 'output' ? endOf(target, targetHandle, 'input') : endOf(source, sourceHandle, 'output');
  return drag.fits.get(portKey(end)) === null;
}

/** The first port of a step that would take the edge, for an edge that is dropped on the step itself. */
function firstFit(fits: ReadonlyMap<string, string | null>, stepId: string): PortEnd | undefined {
  for (const [key, reason] of fits) {
    const [step = '', side, port = ''] = key.split('|');
    if (reason === null && step === stepId) return { step, port, side: side === 'output' ? 'output' : 'input' };
  }
  return undefined;
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

const sightMargin = 28;

/** What is chosen alone comes into sight, by as little as that takes: the inspector that opens may cover it. */
function useChosenInSight(scene: FoldedScene): void {
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
export function shiftInto(start: number, length: number, room: number): number {
  const over = start + length + sightMargin - room;
  const shift = over > 0 ? -over : 0;
  return start + shift < sightMargin ? sightMargin - start : shift;
}
