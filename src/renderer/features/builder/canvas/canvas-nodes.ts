/** The nodes and edges of the canvas from the scene. What did not change keeps its identity, so that React Flow leaves it alone. */
import { Position } from '@xyflow/react';
import type { FlowGraph } from '../../../../shared/flows/graph.ts';
import type { FlowEdge, FlowGroup, FlowNote } from '../../../../shared/model/flow.ts';
import { type FlowView, isEqual } from '../document/flow-view.ts';
import { drawnEnds, type Fold, type FoldedScene } from '../model/folding.ts';
import { innerPortPoint, measures, type Point, portPoint } from '../model/geometry.ts';
import { frameOf } from '../model/groups.ts';
import { typeLook } from '../model/port-look.ts';
import { levelOf, portTypeOf } from '../model/ports.ts';
import type { Placed } from '../model/scene.ts';
import type { CanvasEdge } from './flow-edge-line.tsx';
import type { FoldNodeType } from './fold-node.tsx';
import type { GroupNodeType } from './group-node.tsx';
import { foldedPort, handleId } from './handle-id.ts';
import type { NoteNodeType } from './note-node.tsx';
import type { StepData, StepNodeType } from './step-node.tsx';

export type CanvasNode = StepNodeType | NoteNodeType | GroupNodeType | FoldNodeType;

export interface NodeInputs {
  view: FlowView;
  graph: FlowGraph;
  scene: FoldedScene;
  findings: ReadonlyMap<string, readonly string[]>;
  selection: ReadonlySet<string>;
  /** Places of what is being dragged, relative to its parent. */
  moving: ReadonlyMap<string, Point>;
  readOnly: boolean;
}

const noFindings: readonly string[] = [];

export function nodesOf(inputs: NodeInputs, before: ReadonlyMap<string, CanvasNode>): CanvasNode[] {
  const { view, scene } = inputs;
  const nodes: CanvasNode[] = [];
  for (const placed of scene.placed.values())
    nodes.push(keep(stepNode(placed, inputs, before.get(placed.step.id)), before));
  for (const note of view.notes.values()) nodes.push(keep(noteNode(note, inputs), before));
  for (const group of view.file.groups) {
    const fold = scene.folds.get(group.id);
    const node = fold === undefined ? groupNode(group, inputs) : foldNode(fold, inputs, before.get(group.id));
    if (node !== null) nodes.push(keep(node, before));
  }
  return nodes;
}

function keep(node: CanvasNode, before: ReadonlyMap<string, CanvasNode>): CanvasNode {
  const known = before.get(node.id);
  if (known === undefined) return node;
  const same =
    known.data === node.data &&
    known.selected === node.selected &&
    known.position.x === node.position.x &&
    known.position.y === node.position.y &&
    known.width === node.width &&
    known.height === node.height &&
    known.draggable === node.draggable &&
    known.parentId === node.parentId;
  return same ? known : node;
}

function stepNode(placed: Placed, inputs: NodeInputs, before: CanvasNode | undefined): StepNodeType {
  const { step, size } = placed;
  const { graph, findings, selection, moving, readOnly } = inputs;
  const data = shareData(
    {
      step,
      ports: placed.ports,
      body: placed.body,
      layout: placed.layout,
      hasInner: placed.hasInner,
      within: placed.within,
      free: freePorts(graph, placed),
      findings: findings.get(step.id) ?? noFindings,
      after: [...new Set((graph.into.get(step.id) ?? []).map((edge) => edge.from.step))].filter(
        (id) => id !== step.parent,
      ),
    },
    before?.type === 'step' ? before.data : undefined,
  );
  return {
    id: step.id,
    type: 'step',
    data,
    position: moving.get(step.id) ?? placed.position,
    ...(step.parent === undefined ? {} : { parentId: step.parent }),
    width: size.width,
    height: size.height,
    measured: { width: size.width, height: size.height },
    handles: handlesOf(placed),
    selected: selection.has(step.id),
    draggable: !readOnly,
    zIndex: step.parent === undefined ? 0 : 2,
    ariaLabel: `Step ${step.name}`,
  };
}

/** The data of before where nothing in it changed. */
function shareData(data: StepData, before: StepData | undefined): StepData {
  if (before === undefined) return data;
  const body = isEqual(data.body, before.body) ? before.body : data.body;
  const layout = isEqual(data.layout, before.layout) ? before.layout : data.layout;
  const free = sameSet(data.free, before.free) ? before.free : data.free;
  const findings = isEqual(data.findings, before.findings) ? before.findings : data.findings;
  const after = isEqual(data.after, before.after) ? before.after : data.after;
  const next = { ...data, body, layout, free, findings, after };
  return Object.entries(next).every(([key, value]) => before[key] === value) ? before : next;
}

const sameSet = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  one.size === other.size && [...one].every((item) => other.has(item));

function freePorts(graph: FlowGraph, { step, ports }: Placed): ReadonlySet<string> {
  const used = new Set((graph.from.get(step.id) ?? []).map((edge) => edge.from.port));
  return new Set(
    [...ports.outputs, ...ports.innerOutputs]
      .filter((port) => !used.has(port.name))
      .map((port) => handleId('output', port.name)),
  );
}

const handleAt = (side: 'input' | 'output', name: string, at: Point) => ({
  id: handleId(side, name),
  type: side === 'output' ? ('source' as const) : ('target' as const),
  position: side === 'output' ? Position.Right : Position.Left,
  x: at.x - measures.handle / 2,
  y: at.y - measures.handle / 2,
  width: measures.handle,
  height: measures.handle,
});

function handlesOf({ ports, size, layout }: Placed): NonNullable<StepNodeType['handles']> {
  const handle = handleAt;
  return [
    ...ports.inputs.map((port, row) => handle('input', port.name, portPoint('input', row, size.width))),
    ...ports.outputs.map((port, row) => handle('output', port.name, portPoint('output', row, size.width))),
    ...(layout === null
      ? []
      : [
          ...ports.innerOutputs.map((port, row) => handle('output', port.name, innerPortPoint('output', row, layout))),
          ...ports.innerInputs.map((port, row) => handle('input', port.name, innerPortPoint('input', row, layout))),
        ]),
  ];
}

function noteNode(note: FlowNote, { selection, moving, readOnly }: NodeInputs): NoteNodeType {
  return {
    id: note.id,
    type: 'note',
    data: noteData(note),
    position: moving.get(note.id) ?? note.position,
    width: note.size.width,
    height: note.size.height,
    measured: { ...note.size },
    selected: selection.has(note.id),
    draggable: !readOnly,
    zIndex: -1,
    ariaLabel: 'Note',
  };
}

/** The frame of a group: only its name can be grasped, so that one can draw a selection inside it. */
function groupNode(group: FlowGroup, { scene, moving, selection, readOnly }: NodeInputs): GroupNodeType | null {
  const box = frameOf(group, scene, moving);
  if (box === null) return null;
  return {
    id: group.id,
    type: 'frame',
    data: groupData(group),
    position: { x: box.x, y: box.y },
    width: box.width,
    height: box.height,
    measured: { width: box.width, height: box.height },
    selected: selection.has(group.id),
    selectable: false,
    draggable: !readOnly,
    dragHandle: '.flow-group-name',
    style: noPointer,
    // Inside a Map it lies on the well, below its steps.
    zIndex: group.steps.some((id) => scene.placed.get(id)?.within != null) ? 1 : -2,
    ariaLabel: `Group ${group.name}`,
  };
}

function foldNode(fold: Fold, inputs: NodeInputs, before: CanvasNode | undefined): FoldNodeType {
  const { selection, moving, readOnly } = inputs;
  const { group, size, parent, position, inputs: into, outputs } = fold;
  const known = before?.type === 'fold' && isEqual(before.data.fold, fold) ? before.data : { fold };
  const handles = (['input', 'output'] as const).flatMap((side) =>
    (side === 'input' ? into : outputs).map(({ end }, row) =>
      handleAt(side, foldedPort(end.step, end.port), portPoint(side, row, size.width)),
    ),
  );
  return {
    id: group.id,
    type: 'fold',
    data: known,
    position: moving.get(group.id) ?? position,
    ...(parent === undefined ? {} : { parentId: parent }),
    width: size.width,
    height: size.height,
    measured: { width: size.width, height: size.height },
    handles,
    selected: selection.has(group.id),
    draggable: !readOnly,
    zIndex: parent === undefined ? 0 : 2,
    ariaLabel: `Group ${group.name}, folded`,
  };
}

const noPointer = { pointerEvents: 'none' } as const;
const groups = new WeakMap<FlowGroup, { group: FlowGroup }>();

function groupData(group: FlowGroup): { group: FlowGroup } {
  const known = groups.get(group) ?? { group };
  groups.set(group, known);
  return known;
}

const notes = new WeakMap<FlowNote, { note: FlowNote }>();

function noteData(note: FlowNote): { note: FlowNote } {
  const known = notes.get(note) ?? { note };
  notes.set(note, known);
  return known;
}

export function edgesOf(
  view: FlowView,
  graph: FlowGraph,
  standIn: FoldedScene['standIn'],
  selected: ReadonlySet<string>,
  before: ReadonlyMap<string, CanvasEdge>,
): CanvasEdge[] {
  return [...view.edges.values()].flatMap((edge) => {
    const ends = drawnEnds(edge, standIn);
    if (ends === null) return [];
    const next = canvasEdge(edge, graph, ends, selected.has(edge.id));
    const known = before.get(edge.id);
    const same =
      known !== undefined &&
      known.selected === next.selected &&
      known.source === next.source &&
      known.target === next.target &&
      isEqual(known.data, next.data);
    return same ? known : next;
  });
}

interface DrawnEnds {
  /** The block of a folded group that stands for the step. */
  source: string | undefined;
  target: string | undefined;
}

function canvasEdge(
  { id, from, to }: FlowEdge,
  graph: FlowGraph,
  { source, target }: DrawnEnds,
  selected: boolean,
): CanvasEdge {
  const end = { ...from, side: 'output' as const };
  const within = levelOf(graph, end);
  return {
    id,
    type: 'flow',
    source: source ?? from.step,
    sourceHandle: handleId('output', source === undefined ? from.port : foldedPort(from.step, from.port)),
    target: target ?? to.step,
    targetHandle: handleId('input', target === undefined ? to.port : foldedPort(to.step, to.port)),
    selected,
    data: { type: typeLook(portTypeOf(graph, end)).base, within, from: from.step, to: to.step },
    zIndex: within === null ? 0 : 1,
    ariaLabel: `Edge from ${graph.steps.get(from.step)?.step.name ?? from.step} to ${graph.steps.get(to.step)?.step.name ?? to.step}`,
  };
}
