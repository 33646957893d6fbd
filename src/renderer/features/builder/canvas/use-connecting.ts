import { type Connection, type FinalConnectionState, type OnConnectStartParams, useReactFlow } from '@xyflow/react';
import { connect } from '../model/actions.ts';
import { useBuilder } from '../model/builder.ts';
import type { FoldedScene } from '../model/folding.ts';
import { fitsOf, graphOf } from '../model/ports.ts';
import { type PortEnd, portKey } from '../model/ui-state.ts';
import { useDoing } from '../model/use-doing.ts';
import { endOf } from './handle-id.ts';

/** From the port where an edge is begun to the one it ends at, or to the step that is added for it. */
export function useConnecting(scene: FoldedScene) {
  const { flow, ui } = useBuilder();
  const doing = useDoing();
  const { screenToFlowPosition } = useReactFlow();

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

  return {
    onConnectStart,
    onConnectEnd,
    onConnect: ({ source, sourceHandle, target, targetHandle }: Connection) =>
      connect(doing, endOf(source, sourceHandle, 'output'), endOf(target, targetHandle, 'input')),
    isValidConnection: (edge: Ends) => isFit(ui.getState().drag, edge),
  };
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
