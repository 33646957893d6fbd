/**
 * Everything that can be done in the builder, once: keys, menus, the palette and the sheet of keys are made from this list.
 */
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  BoxSelect,
  CirclePlay,
  Copy,
  Group,
  Hand,
  History,
  Keyboard,
  LayoutDashboard,
  type LucideIcon,
  Maximize,
  Maximize2,
  Minimize2,
  MousePointer2,
  PanelRight,
  Pin,
  PinOff,
  Play,
  Plus,
  Redo2,
  RotateCw,
  Scan,
  Search,
  Spline,
  Square,
  StepForward,
  StickyNote,
  Trash2,
  Undo2,
  Ungroup,
  Upload,
  ZoomIn,
  ZoomOut,
} from 'lucide-react';
import { isRunOver } from '../../../../shared/model/run.ts';
import type { PinBoard } from '../run/pins.ts';
import type { RunSession } from '../run/run-session.ts';
import { tryAgain } from '../run/try-again.ts';
import type { Extent } from '../run/use-start-run.ts';
import { addNoteAt, nudge, removeChosen } from './actions.ts';
import { type Alignment, type Axis, aligned, rearrange, spread } from './align.ts';
import { duplicate } from './clipboard.ts';
import type { Doing } from './doing.ts';
import type { Point } from './geometry.ts';
import { chosenGroups, foldChosen, groupable, groupChosen, ungroupChosen } from './groups.ts';
import type { Direction } from './neighbours.ts';
import { select } from './ui-state.ts';

/** What the commands reach of the canvas. */
export interface CanvasHands {
  zoomIn(): void;
  zoomOut(): void;
  /** Moves what is in sight by a part of itself, a quarter for 1. */
  look(right: number, down: number): void;
  /** Everything, or only these, into sight. */
  fit(ids?: ReadonlySet<string>): void;
  /** The middle of what is in sight. */
  middle(): Point;
  /** Goes to the neighbour in a direction: chosen, focused, in sight. */
  go(direction: Direction): void;
  /** Into the inspector, to its first field. */
  openInspector(): void;
  arrange(): void;
  importFile(): void;
}

export interface CommandContext extends Doing {
  canvas: CanvasHands;
  session: RunSession;
  readOnly: boolean;
  run(extent?: Extent): void;
  pins: PinBoard;
  /** Pins what a step gave in the shown run, or takes its pin away. */
  togglePin(stepId: string): void;
}

export type CommandGroup = 'Add' | 'Move' | 'Choose' | 'Change' | 'Order' | 'Look' | 'Run';

export interface Command {
  id: string;
  group: CommandGroup;
  label: string;
  icon: LucideIcon;
  /** Chords (chords.ts); the first is shown in menus. */
  keys: readonly string[];
  /** Changes the flow or runs it: not for viewers. */
  edits?: true;
  /** Absent: always. */
  when?(context: CommandContext): boolean;
  run(context: CommandContext): void;
}

const someChosen = ({ ui }: CommandContext): boolean => ui.getState().selection.size > 0;
const severalChosen = ({ ui }: CommandContext): boolean => ui.getState().selection.size > 1;
const oneStep = ({ ui, flow }: CommandContext): boolean => chosenStep({ ui, flow }) !== null;
const anyChosen = (context: CommandContext): boolean =>
  someChosen(context) || context.ui.getState().selectedEdges.size > 0;

/** The step that is chosen alone; null otherwise. */
export function chosenStep({ ui, flow }: Pick<CommandContext, 'ui' | 'flow'>): string | null {
  const [only, ...more] = ui.getState().selection;
  return only !== undefined && more.length === 0 && flow.view.getState().steps.has(only) ? only : null;
}

/** The run that is shown; null where none is. */
const shownRun = ({ session }: CommandContext) => session.state.getState().overlay?.run ?? null;
const isRunning = (context: CommandContext): boolean => {
  const run = shownRun(context);
  return run !== null && !isRunOver(run.state);
};
/** A step at the top level that is chosen alone: only such a one can be run from, or pinned. */
function outerStep(context: CommandContext): string | null {
  const id = chosenStep(context);
  return id !== null && context.flow.view.getState().steps.get(id)?.parent === undefined ? id : null;
}
/** Whether a chosen group, or one around what is chosen, is folded, or is not. */
const groupsWith = ({ flow, ui }: CommandContext, folded: boolean): boolean =>
  chosenGroups(flow.view.getState(), ui.getState().selection).some((id) => ui.getState().folded.has(id) === folded);
const gaveSomething = (context: CommandContext, stepId: string): boolean =>
  context.session.state.getState().overlay?.steps.get(stepId)?.state === 'succeeded';

const moves: readonly (readonly [Direction, string, string, LucideIcon, number, number])[] = [
  ['left', 'ArrowLeft', 'to the left', ArrowLeft, -1, 0],
  ['right', 'ArrowRight', 'to the right', ArrowRight, 1, 0],
  ['up', 'ArrowUp', 'above', ArrowUp, 0, -1],
  ['down', 'ArrowDown', 'below', ArrowDown, 0, 1],
];

const goTo: Command[] = moves.map(([direction, key, words, icon]) => ({
  id: `go-${direction}`,
  group: 'Choose',
  label: `Step ${words}`,
  icon,
  keys: [`Alt+${key}`],
  run: ({ canvas }) => canvas.go(direction),
}));

const nudges: Command[] = moves.flatMap(([direction, key, , icon, dx, dy]) =>
  [1, 4].map(
    (far): Command => ({
      id: `nudge-${direction}-${far}`,
      group: 'Move',
      label: `Move ${direction}${far > 1 ? ' by four' : ''}`,
      icon,
      keys: [far > 1 ? `Shift+${key}` : key],
      edits: true,
      when: someChosen,
      run: (context) => nudge(context, dx * far, dy * far),
    }),
  ),
);

const looks: Command[] = moves.map(([direction, key, words, icon, dx, dy]) => ({
  id: `look-${direction}`,
  group: 'Look',
  label: `Look ${words}`,
  icon,
  keys: [`Ctrl+${key}`],
  run: ({ canvas }) => canvas.look(dx, dy),
}));

const align = (to: Alignment, key: string, label: string, icon: LucideIcon): Command => ({
  id: `align-${to}`,
  group: 'Order',
  label,
  icon,
  keys: [`Alt+${key}`],
  edits: true,
  when: severalChosen,
  run: (context) => rearrange(context, (boxes) => aligned(boxes, to)),
});

const distribute = (axis: Axis, key: string, label: string, icon: LucideIcon): Command => ({
  id: `spread-${axis}`,
  group: 'Order',
  label,
  icon,
  keys: [`Alt+Shift+${key}`],
  edits: true,
  when: ({ ui }) => ui.getState().selection.size > 2,
  run: (context) => rearrange(context, (boxes) => spread(boxes, axis)),
});

export const commands: readonly Command[] = [
  {
    id: 'add-step',
    group: 'Add',
    label: 'Add step',
    icon: Plus,
    keys: ['A'],
    edits: true,
    run: ({ ui }) => ui.setState({ adding: { at: null, screen: null, from: null } }),
  },
  {
    id: 'add-note',
    group: 'Add',
    label: 'Add a note',
    icon: StickyNote,
    keys: ['N'],
    edits: true,
    run: (context) => addNoteAt(context, context.canvas.middle()),
  },
  {
    id: 'connect',
    group: 'Add',
    label: 'Connect the step',
    icon: Spline,
    keys: ['C'],
    edits: true,
    when: oneStep,
    run: (context) => context.ui.setState({ connecting: chosenStep(context) }),
  },
  {
    id: 'import',
    group: 'Add',
    label: 'Put a flow file in here',
    icon: Upload,
    keys: [],
    edits: true,
    run: ({ canvas }) => canvas.importFile(),
  },
  ...goTo,
  {
    id: 'open',
    group: 'Choose',
    label: 'Into the settings of the step',
    icon: PanelRight,
    keys: ['Enter'],
    when: oneStep,
    run: ({ canvas }) => canvas.openInspector(),
  },
  {
    id: 'choose-all',
    group: 'Choose',
    label: 'Choose everything',
    icon: BoxSelect,
    keys: ['Ctrl+A'],
    run: ({ flow, ui }) => select(ui, [...flow.view.getState().steps.keys(), ...flow.view.getState().notes.keys()]),
  },
  {
    id: 'find',
    group: 'Choose',
    label: 'Find in this flow',
    icon: Search,
    keys: ['Ctrl+F', '/'],
    run: ({ ui }) => ui.setState({ finding: true }),
  },
  {
    id: 'let-go',
    group: 'Choose',
    label: 'Choose nothing',
    icon: BoxSelect,
    keys: ['Escape'],
    when: anyChosen,
    run: ({ ui }) => select(ui, []),
  },
  ...nudges,
  {
    id: 'duplicate',
    group: 'Change',
    label: 'Duplicate',
    icon: Copy,
    keys: ['Ctrl+D'],
    edits: true,
    when: someChosen,
    run: duplicate,
  },
  {
    id: 'delete',
    group: 'Change',
    label: 'Delete',
    icon: Trash2,
    keys: ['Delete', 'Backspace'],
    edits: true,
    when: anyChosen,
    run: removeChosen,
  },
  {
    id: 'group',
    group: 'Change',
    label: 'Group',
    icon: Group,
    keys: ['Ctrl+G'],
    edits: true,
    when: ({ flow, ui }) => groupable(flow.view.getState(), ui.getState().selection).length > 0,
    run: groupChosen,
  },
  {
    id: 'ungroup',
    group: 'Change',
    label: 'Take the group apart',
    icon: Ungroup,
    keys: ['Ctrl+Shift+G'],
    edits: true,
    when: ({ flow, ui }) => chosenGroups(flow.view.getState(), ui.getState().selection).length > 0,
    run: ungroupChosen,
  },
  {
    id: 'fold',
    group: 'Look',
    label: 'Fold the group',
    icon: Minimize2,
    keys: ['G'],
    when: (context) => groupsWith(context, false),
    run: (context) => foldChosen(context, true),
  },
  {
    id: 'unfold',
    group: 'Look',
    label: 'Unfold the group',
    icon: Maximize2,
    keys: ['G'],
    when: (context) => groupsWith(context, true),
    run: (context) => foldChosen(context, false),
  },
  {
    id: 'undo',
    group: 'Change',
    label: 'Undo',
    icon: Undo2,
    keys: ['Ctrl+Z'],
    edits: true,
    run: ({ flow }) => flow.undo(),
  },
  {
    id: 'redo',
    group: 'Change',
    label: 'Redo',
    icon: Redo2,
    keys: ['Ctrl+Shift+Z', 'Ctrl+Y'],
    edits: true,
    run: ({ flow }) => flow.redo(),
  },
  {
    id: 'arrange',
    group: 'Order',
    label: 'Arrange the steps',
    icon: LayoutDashboard,
    keys: ['Shift+A'],
    edits: true,
    run: ({ canvas }) => canvas.arrange(),
  },
  align('left', 'A', 'Align left', AlignStartVertical),
  align('center', 'H', 'Align centres', AlignCenterVertical),
  align('right', 'D', 'Align right', AlignEndVertical),
  align('top', 'W', 'Align top', AlignStartHorizontal),
  align('middle', 'V', 'Align middles', AlignCenterHorizontal),
  align('bottom', 'S', 'Align bottom', AlignEndHorizontal),
  distribute('across', 'H', 'Same gaps across', AlignHorizontalDistributeCenter),
  distribute('down', 'V', 'Same gaps down', AlignVerticalDistributeCenter),
  {
    id: 'pointer',
    group: 'Look',
    label: 'Choose and move',
    icon: MousePointer2,
    keys: ['V'],
    run: ({ ui }) => ui.setState({ tool: 'pointer' }),
  },
  {
    id: 'hand',
    group: 'Look',
    label: 'Move the canvas',
    icon: Hand,
    keys: ['H'],
    run: ({ ui }) => ui.setState({ tool: 'hand' }),
  },
  {
    id: 'nearer',
    group: 'Look',
    label: 'Nearer',
    icon: ZoomIn,
    keys: ['+', '='],
    run: ({ canvas }) => canvas.zoomIn(),
  },
  {
    id: 'further',
    group: 'Look',
    label: 'Further away',
    icon: ZoomOut,
    keys: ['-'],
    run: ({ canvas }) => canvas.zoomOut(),
  },
  ...looks,
  {
    id: 'fit',
    group: 'Look',
    label: 'Fit to window',
    icon: Maximize,
    keys: ['1', 'F'],
    run: ({ canvas }) => canvas.fit(),
  },
  {
    id: 'fit-chosen',
    group: 'Look',
    label: 'Fit what is chosen',
    icon: Scan,
    keys: ['2'],
    when: someChosen,
    run: ({ canvas, ui }) => canvas.fit(ui.getState().selection),
  },
  {
    id: 'versions',
    group: 'Look',
    label: 'Versions',
    icon: History,
    keys: ['Shift+V'],
    run: ({ ui }) => ui.setState(({ mode }) => ({ mode: mode === 'versions' ? 'build' : 'versions' })),
  },
  {
    id: 'keys',
    group: 'Look',
    label: 'All keys',
    icon: Keyboard,
    keys: ['?'],
    run: ({ ui }) => ui.setState({ sheet: true }),
  },
  {
    id: 'run',
    group: 'Run',
    label: 'Run the flow',
    icon: Play,
    keys: ['Ctrl+Enter'],
    edits: true,
    when: (context) => !isRunning(context),
    run: ({ run }) => run(),
  },
  {
    id: 'run-from',
    group: 'Run',
    label: 'Run from here',
    icon: StepForward,
    keys: ['R'],
    edits: true,
    when: (context) => outerStep(context) !== null && shownRun(context) !== null && !isRunning(context),
    run: (context) => context.run({ kind: 'from', step: outerStep(context) ?? '' }),
  },
  {
    id: 'run-only',
    group: 'Run',
    label: 'Run this step alone',
    icon: CirclePlay,
    keys: ['Shift+R'],
    edits: true,
    when: (context) => outerStep(context) !== null && !isRunning(context),
    run: (context) => context.run({ kind: 'only', steps: [outerStep(context) ?? ''] }),
  },
  {
    id: 'pin',
    group: 'Run',
    label: 'Pin its output',
    icon: Pin,
    keys: ['P'],
    edits: true,
    when: (context) => {
      const id = outerStep(context);
      return id !== null && gaveSomething(context, id) && context.pins.state.getState()[id] === undefined;
    },
    run: (context) => context.togglePin(outerStep(context) ?? ''),
  },
  {
    id: 'unpin',
    group: 'Run',
    label: 'Take the pin away',
    icon: PinOff,
    keys: ['P'],
    edits: true,
    when: (context) => context.pins.state.getState()[outerStep(context) ?? ''] !== undefined,
    run: (context) => context.togglePin(outerStep(context) ?? ''),
  },
  {
    id: 'try-again',
    group: 'Run',
    label: 'Go on from where it failed',
    icon: RotateCw,
    keys: ['Ctrl+Shift+Enter'],
    edits: true,
    when: (context) => ['failed', 'cancelled'].includes(shownRun(context)?.state ?? ''),
    run: ({ session }) => void tryAgain(session),
  },
  {
    id: 'stop',
    group: 'Run',
    label: 'Stop the run',
    icon: Square,
    keys: ['Ctrl+.'],
    edits: true,
    when: isRunning,
    run: ({ session }) => void session.stop(),
  },
];

/** Whether a command can be given now. */
export const isOpen = (command: Command, context: CommandContext): boolean =>
  !(command.edits === true && context.readOnly) && (command.when?.(context) ?? true);

const byChord = Map.groupBy(
  commands.flatMap((command) => command.keys.map((chord) => ({ chord, command }))),
  ({ chord }) => chord,
);

/** The command of a chord that can be given now; null where there is none. */
export const commandOf = (chord: string, context: CommandContext): Command | null =>
  byChord.get(chord)?.find(({ command }) => isOpen(command, context))?.command ?? null;

export function commandNamed(id: string): Command {
  const found = commands.find((command) => command.id === id);
  if (found === undefined) throw new Error(`There is no command ${id}`);
  return found;
}
