/** What one person does in the builder: never part of the flow, never sent, except what awareness says of it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Extent } from '../run/use-start-run.ts';
import type { FlowDiff } from '../versions/flow-diff.ts';
import type { ZoomLevel } from './geometry.ts';

export type Tool = 'pointer' | 'hand';
export type InspectorTab = 'settings' | 'where' | 'input' | 'output' | 'log';

/** An end of an edge while it is drawn. `output`: it starts at an output. */
export interface PortEnd {
  step: string;
  port: string;
  side: 'output' | 'input';
}

/** The step list that is open, where a step will go, and what it will be connected to. */
export interface Adding {
  /** Canvas coordinates; null puts it in the middle of what is in sight. */
  at: { x: number; y: number } | null;
  /** Where the list opens, in pixels of the window; null under the toolbar's button. */
  screen: { x: number; y: number } | null;
  from: PortEnd | null;
}

export interface BuilderUi {
  tool: Tool;
  /** How near one is (geometry.ts). */
  zoom: ZoomLevel;
  /** The canvas is being moved, or was a moment ago. */
  inMotion: boolean;
  /** Steps and notes by id. */
  selection: ReadonlySet<string>;
  selectedEdges: ReadonlySet<string>;
  tab: InspectorTab;
  /** Which item of a Map the inspector looks at, as an item path; '' for the step itself. */
  item: string;
  /** The step under the pointer, far out in a large flow. */
  under: string | null;
  inspectorClosed: boolean;
  inspectorWidth: number;
  adding: Adding | null;
  /** While an edge is drawn: why each port does not fit, null where it does. Ports that are not named do not take part. */
  drag: { from: PortEnd; fits: ReadonlyMap<string, string | null> } | null;
  /** The step whose connections are chosen by menu. */
  connecting: string | null;
  editingNote: string | null;
  /** The Map that the dragged steps would go into. */
  dropTarget: string | null;
  /** Asks for the inputs of a run of this extent. */
  asking: Extent | null;
  /** Groups that this person has folded into a block each. */
  folded: ReadonlySet<string>;
  /** The group whose name is typed. */
  naming: string | null;
  /** The search in the flow is open. */
  finding: boolean;
  /** The sheet of keys is open. */
  sheet: boolean;
  /** The client whose view this person's view follows. */
  following: number | null;
  mode: 'build' | 'versions';
  /** What is shown of a comparison with a version. */
  diff: FlowDiff | null;
}

export const inspectorWidths = { least: 300, first: 344, most: 520 } as const;

export function createUiState(): StoreApi<BuilderUi> {
  return createStore<BuilderUi>(() => ({
    tool: 'pointer',
    zoom: 'near',
    inMotion: false,
    selection: new Set(),
    selectedEdges: new Set(),
    tab: 'settings',
    item: '',
    under: null,
    inspectorClosed: false,
    inspectorWidth: inspectorWidths.first,
    adding: null,
    drag: null,
    connecting: null,
    editingNote: null,
    dropTarget: null,
    asking: null,
    folded: new Set(),
    naming: null,
    finding: false,
    sheet: false,
    following: null,
    mode: 'build',
    diff: null,
  }));
}

/** Names a port among all ports of a flow. */
export const portKey = (end: PortEnd): string => `${end.step}|${end.side}|${end.port}`;

/** Chooses exactly these; the inspector opens for a single step. */
export function select(ui: StoreApi<BuilderUi>, ids: Iterable<string>, edges: Iterable<string> = []): void {
  const selection = new Set(ids);
  const before = ui.getState().selection;
  const same = selection.size === before.size && [...selection].every((id) => before.has(id));
  ui.setState({
    selectedEdges: new Set(edges),
    ...(same ? {} : { selection, item: '', inspectorClosed: false }),
  });
}
